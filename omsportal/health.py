"""`/healthz`: this process answers. `/readyz`: PostgreSQL, Redis and a Celery worker answer too."""

from collections.abc import Callable

import redis
import structlog
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.views.decorators.cache import never_cache

from omsportal.celery import app

log = structlog.get_logger(__name__)


class HealthMiddleware:
    """Answers both addresses before anything else of the portal: a scope, a session or a redirect to https would
    make the answer depend on parts that the question is about."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        view = {"/healthz": healthz, "/readyz": readyz}.get(request.path)
        return view(request) if view else self.get_response(request)


@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


def postgres_answers() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def redis_answers() -> None:
    with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1) as client:
        client.ping()


def worker_answers() -> None:
    if not app.control.ping(timeout=1, limit=1):
        raise ConnectionError("no worker answered")


CHECKS: dict[str, Callable[[], None]] = {
    "postgresql": postgres_answers,
    "redis": redis_answers,
    "worker": worker_answers,
}


@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when all parts answer, else 503 that names the ones that do not."""
    found = {}
    for name, check in CHECKS.items():
        try:
            check()
            found[name] = "ok"
        except Exception as error:
            log.warning("not ready", part=name, error=type(error).__name__)
            found[name] = "does not answer"
    ready = all(state == "ok" for state in found.values())
    return JsonResponse({"status": "ok" if ready else "not ready", **found}, status=200 if ready else 503)
