import re
import time
import uuid
from collections.abc import Callable
from smtplib import SMTPException
from socket import gaierror

import structlog
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from redis.exceptions import RedisError

log = structlog.get_logger("portal.request")
# RedisError from the counters; the others from sending mail while the reader waits.
PARTS_DOWN = (RedisError, SMTPException, ConnectionError, TimeoutError, gaierror)
KNOWN_ID = re.compile(r"^[A-Za-z0-9-]{8,36}$")


class RequestLogMiddleware:
    """Gives each request an id, binds it to the logs and writes one line a request, without personal data."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get("X-Request-ID", "")
        request.request_id = given if KNOWN_ID.match(given) else uuid.uuid4().hex  # type: ignore[attr-defined]
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request.request_id)  # type: ignore[attr-defined]
        began = time.monotonic()
        response = self.get_response(request)
        match = request.resolver_match
        log.info(
            "request",
            method=request.method,
            # The route, not the address: an address may carry a number or a token.
            route=match.route if match else "",
            status=response.status_code,
            ms=round((time.monotonic() - began) * 1000),
        )
        response["X-Request-ID"] = request.request_id  # type: ignore[attr-defined]
        return response


class UnavailableMiddleware:
    """Turns the absence of Redis or of the mail server into an honest 503.

    Attempts to sign in are counted in Redis; while nobody counts, nobody is let in. A page that says a letter
    was sent must not come when it was not.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        if not isinstance(exception, PARTS_DOWN):
            return None
        log.error("part_down", error=type(exception).__name__)
        response = render(request, "503.html", status=503)
        response["Retry-After"] = "60"
        return response
