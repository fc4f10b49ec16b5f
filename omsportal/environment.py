"""Reads the environment. A missing variable names itself and says what to do."""

from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

from django.core.exceptions import ImproperlyConfigured

# What production cannot guess, with the remedy that the error shows.
REQUIRED: Mapping[str, str] = {
    "SECRET_KEY": "a random string of 50 characters or more, kept secret and the same on every machine",
    "DATABASE_URL": "postgres://user:password@host:5432/name",
    "REDIS_URL": "redis://host:6379/0",
    "EMAIL_URL": "smtp+tls://user:password@host:587",
    "ALLOWED_HOSTS": "the public host names, divided by commas",
    "PORTAL_URL": "the public address of the portal, https://…",
    "FILES_URL": "s3://bucket?endpoint=https://… or file:///path for uploads and letters",
    "SMS_GATEWAY_URL": "the address of the SMS gateway, https://…",
    "SMS_GATEWAY_TOKEN": "the token the SMS gateway gave to this portal",
    "SMS_RECEIPT_SECRET": "the secret that signs delivery receipts of the SMS gateway",
}
MODES = ("production", "demo", "test")


def check_mode(mode: str) -> str:
    if mode not in MODES:
        raise ImproperlyConfigured(f"PORTAL_MODE is {mode!r}: set it to one of {', '.join(MODES)}")
    return mode


def require(environment: Mapping[str, str]) -> None:
    """Raises ImproperlyConfigured that lists every missing variable with its remedy."""
    missing = [name for name in REQUIRED if not environment.get(name)]
    if missing:
        lines = [f"  {name} is not set: give {REQUIRED[name]}" for name in missing]
        raise ImproperlyConfigured("The portal is not configured.\n" + "\n".join(lines))


def files_storage(url: str) -> dict[str, object]:
    """Django storage settings for `file:///path` or `s3://bucket?endpoint=https://host`.

    Errors: ImproperlyConfigured for any other scheme.
    """
    parts = urlsplit(url)
    if parts.scheme == "file":
        return {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            # No base_url: private files are served by a view that checks who asks, never by address.
            "OPTIONS": {"location": parts.path, "base_url": None, "file_permissions_mode": 0o600},
        }
    if parts.scheme == "s3":
        options: dict[str, object] = {"bucket_name": parts.netloc, "default_acl": "private"}
        options["file_overwrite"] = False
        endpoint = parse_qs(parts.query).get("endpoint")
        if endpoint:
            options["endpoint_url"] = endpoint[0]
        return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}
    raise ImproperlyConfigured(f"FILES_URL is {url!r}: use file:///path or s3://bucket?endpoint=https://…")


def scanner(url: str, without: str) -> tuple[str, str]:
    """Where ClamAV's daemon answers, and what happens to files where it does not: `hold` or `publish`.

    Errors: ImproperlyConfigured for any other value.
    """
    parts = urlsplit(url)
    known = (parts.scheme == "tcp" and parts.hostname) or (parts.scheme == "unix" and parts.path)
    if url and not known:
        raise ImproperlyConfigured(
            f"CLAMD_URL is {url!r}: use tcp://host:3310 or unix:///path, or leave it empty"
        )
    if without not in ("hold", "publish"):
        raise ImproperlyConfigured(f"FILES_WITHOUT_SCANNER is {without!r}: set it to hold or publish")
    return url, without


def state_login(environment: Mapping[str, str]) -> dict[str, object]:
    """allauth's settings of the state login (ESIA) as an OpenID Connect provider; empty when not configured.

    Errors: ImproperlyConfigured when only some of its variables are given.
    """
    names = ("ESIA_SERVER_URL", "ESIA_CLIENT_ID", "ESIA_CLIENT_SECRET")
    missing = [name for name in names if not environment.get(name)]
    if len(missing) == len(names):
        return {}
    if missing:
        raise ImproperlyConfigured(
            f"The state login needs {', '.join(missing)} too, or none of {', '.join(names)}"
        )
    app = {
        "provider_id": "esia",
        "name": "Госуслуги",
        "client_id": environment["ESIA_CLIENT_ID"],
        "secret": environment["ESIA_CLIENT_SECRET"],
        "settings": {"server_url": environment["ESIA_SERVER_URL"], "oauth_pkce_enabled": True},
    }
    return {"openid_connect": {"APPS": [app]}}


def state_login_origins(environment: Mapping[str, str]) -> list[str]:
    """Where the button of the state login may lead the browser: `scheme://host[:port]`, or nowhere."""
    parts = urlsplit(environment.get("ESIA_SERVER_URL", ""))
    return [f"{parts.scheme}://{parts.netloc}"] if parts.netloc else []
