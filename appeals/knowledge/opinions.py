"""Which answers this browser has already judged: a signed cookie of their numbers, so that each counts once."""

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase

COOKIE = "helped"
_SALT = "appeals.knowledge.opinions"
_YEAR = 365 * 24 * 3600
# A cookie has room for about 4,000 characters; who judged more answers than this begins to forget the oldest.
_MOST = 200


def judged(request: HttpRequest) -> list[int]:
    try:
        known = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT)
    except signing.BadSignature:
        return []
    return [one for one in known if isinstance(one, int)] if isinstance(known, list) else []


def remember(response: HttpResponseBase, request: HttpRequest, article_id: int) -> None:
    known = [*judged(request), article_id][-_MOST:]
    response.set_cookie(
        COOKIE,
        signing.dumps(known, salt=_SALT, compress=True),
        max_age=_YEAR,
        path="/help/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
