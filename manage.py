#!/usr/bin/env python
"""Django's command line. Without any configuration it works on the embedded servers of `make demo`."""

import os
import sys
from pathlib import Path


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "omsportal.settings")
    configured = "DATABASE_URL" in os.environ or "PORTAL_MODE" in os.environ
    if not configured and (Path(__file__).parent / "omsportal" / "demo").is_dir():
        from omsportal.demo.local import prepare_local_environment

        prepare_local_environment()
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
