from pathlib import Path
from typing import Any

import pytest

from dispensary.load import load_reference
from tests.cast import Cast


@pytest.fixture(autouse=True)
def _store(settings: Any, tmp_path: Path) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path / "store")},
        },
    }


@pytest.fixture
def place(cast: Cast) -> Cast:
    """The cast with the reference data that files are checked against."""
    load_reference()
    return cast
