#!/usr/bin/env python
"""Django's command line. Without any configuration it works on the embedded servers of `make demo`."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

# Commands that read no database: starting one for them would only cost time.
WITHOUT_DATABASE = {
    "check_identifier",
    "compile_translations",
    "merge_translations",
    "check_translations",
    "help",
}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "omsportal.settings")
    configured = "DATABASE_URL" in os.environ or "PORTAL_MODE" in os.environ
    if configured or not (Path(__file__).parent / "omsportal" / "demo").is_dir():
        run()
    else:
        run_locally()


def run() -> None:
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


def run_locally() -> None:
    """Join the demo's database, or start it for the time of the command."""
    from omsportal.demo.local import ensure_database, prepare_local_environment
    from omsportal.demo.places import DemoError

    stop: Callable[[], None] | None = None
    try:
        prepare_local_environment()
        if len(sys.argv) > 1 and sys.argv[1] not in WITHOUT_DATABASE:
            stop = ensure_database()
    except DemoError as error:
        sys.exit(str(error))
    try:
        run()
    finally:
        if stop:
            stop()


if __name__ == "__main__":
    main()
