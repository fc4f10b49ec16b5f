"""What somebody typed into the search box, kept in that browser alone for half an hour.

The address of the results holds only words of the knowledge base. The whole text waits here, to stand in the box
again and to begin an appeal with; it is in no address, log or table.
"""

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase

from appeals.knowledge.asking import LONGEST

COOKIE = "asked"
KEPT = 30 * 60
_SALT = "appeals.knowledge.typed"


def remember(response: HttpResponseBase, text: str) -> None:
    response.set_cookie(
        COOKIE,
        signing.dumps(text[:LONGEST], salt=_SALT, compress=True),
        max_age=KEPT,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def recall(request: HttpRequest) -> str:
    """The text, or nothing when the cookie is missing, old or not ours."""
    try:
        text = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=KEPT)
    except signing.BadSignature:
        return ""
    return text if isinstance(text, str) else ""
