"""The part of `make check` that runs management commands: `python -m tests.checks`."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Values that only have to look like production; nothing is opened with them.
PRODUCTION = {
    "PORTAL_MODE": "production",
    "SECRET_KEY": "check-" + "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOP",
    "DATABASE_URL": "postgres://portal:secret@db.invalid/portal",
    "REDIS_URL": "redis://redis.invalid/0",
    "EMAIL_URL": "smtp+tls://portal:secret@mail.invalid:587",
    "ALLOWED_HOSTS": "portal.invalid",
    "PORTAL_URL": "https://portal.invalid",
    "FILES_URL": "s3://portal-files",
    "CLAMD_URL": "tcp://clamd.invalid:3310",
    "SMS_GATEWAY_URL": "https://sms.invalid/sms",
    "SMS_GATEWAY_TOKEN": "secret",
    "SMS_RECEIPT_SECRET": "secret",
}
CHECKS = [
    ("migrations", {"PORTAL_MODE": "test"}, ["makemigrations", "--check", "--dry-run", "--skip-checks"]),
    ("translations", {"PORTAL_MODE": "test"}, ["check_translations"]),
    ("deploy", PRODUCTION, ["check", "--deploy", "--fail-level", "WARNING"]),
    (
        "API document",
        {"PORTAL_MODE": "test"},
        ["spectacular", "--validate", "--fail-on-warn", "--file", os.devnull],
    ),
]


def main() -> int:
    failed = []
    for name, environment, command in CHECKS:
        # makemigrations asks the database for its history; without one it warns, and the check stays true.
        run = [sys.executable, "-W", "ignore::RuntimeWarning", "manage.py", *command]
        result = subprocess.run(
            run, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, check=False
        )
        print(f"{name}: {'ok' if result.returncode == 0 else 'FAILED'}")
        if result.returncode:
            failed.append(name)
            print(result.stdout + result.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
