"""How a stored file leaves the portal: as a download, never shown in our name."""

from django.http import FileResponse, Http404

from appeals.models import Attachment


def as_download(found: Attachment) -> FileResponse:
    """Raises Http404 where the store has lost the file. Whether the reader may have it is the caller's matter."""
    try:
        stored = found.file.open("rb")
    except FileNotFoundError:
        raise Http404("The file is lost") from None
    response = FileResponse(stored, as_attachment=True, filename=found.name, content_type=found.content_type)
    # Whatever is inside, a browser made to show it must not run it in our name or keep it.
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
