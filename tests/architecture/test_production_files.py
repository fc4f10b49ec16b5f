"""The files that production starts from name what the portal asks for, and nothing that does not exist."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import load_command_class

from omsportal.environment import REQUIRED

ROOT = Path(__file__).resolve().parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
EXAMPLE = re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)


def test_the_example_lists_every_variable_without_which_nothing_starts():
    assert set(REQUIRED) <= set(EXAMPLE)
    assert len(EXAMPLE) == len(set(EXAMPLE))


def test_the_example_lists_what_compose_itself_asks_for():
    asked = set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text()))
    assert asked
    assert asked <= set(EXAMPLE)


def test_every_part_of_the_portal_is_there():
    assert {"web", "worker", "beat", "postgres", "redis", "proxy"} <= set(SERVICES)
    assert SERVICES["postgres"]["image"] == "postgres:18"
    named = {volume.split(":")[0] for one in SERVICES.values() for volume in one.get("volumes", ())}
    assert {name for name in named if not name.startswith((".", "/"))} == set(COMPOSE["volumes"])
    for one in SERVICES.values():
        assert set(one.get("depends_on", ())) <= set(SERVICES)


@pytest.mark.parametrize("service", sorted(SERVICES))
def test_commands_that_services_run_exist(service):
    for app, name in re.findall(
        r"(omsportal|django)?.*?manage\.py (\w+)", str(SERVICES[service].get("command", ""))
    ):
        module = "django.core" if name == "migrate" else "omsportal"
        assert load_command_class(module, name), app


def test_the_image_leaves_the_demo_and_the_tests_behind():
    ignored = (ROOT / ".dockerignore").read_text().split()
    assert {"omsportal/demo", "tests"} <= {line.strip("/") for line in ignored}
