"""How a stored file leaves the portal: as a download, as a picture drawn anew, or in the browser's PDF viewer."""

from typing import TypeVar

from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase

from appeals import preview
from appeals.models import Attachment

R = TypeVar("R", bound=HttpResponseBase)
_NOTHING = "default-src 'none'; sandbox"
# A sandbox would shut the browser's viewer itself. Scripts stay forbidden, and no page may frame the document.
_VIEWER = (
    "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'"
)


def as_download(found: Attachment) -> FileResponse:
    """Raises Http404 where the store has lost the file. Whether the reader may have it is the caller's matter."""
    return _guarded(_stored(found, as_attachment=True), _NOTHING)


def as_shown(found: Attachment) -> HttpResponseBase:
    """A picture drawn anew or a PDF for the viewer. Raises Http404 for what cannot be shown; else as above."""
    if found.content_type == preview.DOCUMENT:
        return _guarded(_stored(found, as_attachment=False), _VIEWER)
    try:
        return as_picture(preview.picture_of(found))
    except preview.NoPreview:
        raise Http404("This file cannot be shown") from None


def as_picture(content: bytes) -> HttpResponse:
    return _guarded(HttpResponse(content, content_type="image/jpeg"), _NOTHING)


def _stored(found: Attachment, *, as_attachment: bool) -> FileResponse:
    try:
        stored = found.file.open("rb")
    except FileNotFoundError:
        raise Http404("The file is lost") from None
    return FileResponse(
        stored, as_attachment=as_attachment, filename=found.name, content_type=found.content_type
    )


def _guarded(response: R, policy: str) -> R:
    """Whatever is inside, a browser made to show it must not run it in our name or keep it."""
    response["Content-Security-Policy"] = policy
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
