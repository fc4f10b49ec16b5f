"""Playing a voice message: to those alone who may see the call, and each listening is logged."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from appeals.calls.sounds import byte_range
from appeals.desk.access import desk_roles
from appeals.models import Recording, ScanVerdict
from registry.audit import record_read
from registry.middleware import ScopedRequest
from registry.subjects import Subject


@desk_roles
@require_safe
def sound(request: ScopedRequest, call_back_key: UUID) -> HttpResponse:
    """The sound, or the part of it that the player asks for when somebody jumps ahead."""
    heard = Recording.objects.visible_to(request.scope).filter(verdict=ScanVerdict.CLEAN)
    found = heard.select_related("call_back").filter(call_back__key=call_back_key).first()
    if found is None:
        raise Http404("No such recording, or not for this reader, or not checked yet")
    part = byte_range(request.headers.get("Range", ""), found.size)
    try:
        with found.file.open("rb") as stored:
            stored.seek(part[0] if part else 0)
            body = stored.read(part[1] - part[0] + 1 if part else -1)
    except FileNotFoundError:
        raise Http404("The recording is lost") from None
    if part is None or part[0] == 0:
        record_read(
            scope=request.scope,
            subject=Subject.VOICE_MESSAGE,
            key=str(call_back_key),
            page=request.path,
            now=timezone.now(),
            region_id=found.call_back.region_id,
            request_id=request.request_id,
        )
    response = HttpResponse(body, content_type=found.content_type, status=206 if part else 200)
    if part is not None:
        response["Content-Range"] = f"bytes {part[0]}-{part[1]}/{found.size}"
    response["Accept-Ranges"] = "bytes"
    response["Content-Disposition"] = "inline"
    # Whatever is inside, a browser must neither run it in our name nor keep it.
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
