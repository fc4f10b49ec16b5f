"""The rules of the field stay free of the frame: no Django, no database, no clock."""

import ast
from pathlib import Path

import pytest

import appeals

PURE = [
    "deadlines",
    "escalation",
    "facts",
    "lifecycle",
    "numbering",
    "reference",
    "routing",
    "routing_rules",
    "terms",
]
CLOCKS = {"now", "today", "utcnow", "localdate", "localtime"}


@pytest.mark.parametrize("module", PURE)
def test_a_module_of_rules_needs_only_the_language_and_its_kind(module: str) -> None:
    tree = ast.parse((Path(appeals.__path__[0]) / f"{module}.py").read_text(encoding="utf-8"))
    imported = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    imported |= {
        alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names
    }
    own = {name for name in imported if name.startswith("appeals")}
    assert own <= {f"appeals.{name}" for name in PURE}
    assert not {name.partition(".")[0] for name in imported - own} & {"django", "registry", "representatives"}
    called = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert not called & CLOCKS
