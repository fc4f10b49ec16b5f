"""Files on a form: capped while they arrive, several in one field, judged by their content by the services."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import TooManyFilesSent
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile, StopUpload
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from appeals.filetypes import MAX_BYTES, MAX_FILES
from appeals.services import files as rules
from appeals.typed import clean_file_name

MAX_REQUEST = MAX_FILES * MAX_BYTES + 1024 * 1024
ACCEPT = ".pdf,.jpg,.jpeg,.png,application/pdf,image/jpeg,image/png"


class CappedUploadHandler(FileUploadHandler):
    """Drops a file that grows over the limit while it arrives, so that 30 MB or 30 GB cost neither disk nor memory."""

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self.too_large: list[str] = []
        self.total = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.size = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.size += len(raw_data)
        self.total += len(raw_data)
        if self.size > MAX_BYTES:
            self.too_large.append(clean_file_name(self.file_name or "") or "?")
            raise SkipFile
        if self.total > MAX_REQUEST:
            raise StopUpload(connection_reset=False)
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None


def takes_files(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """For a view whose form has files. The token is checked once the handler is in place: reading it reads the
    whole body. The view finds what was dropped with `dropped(request)`."""
    protected = csrf_protect(view)

    @csrf_exempt
    @wraps(view)
    def capped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "POST":
            handler = CappedUploadHandler(request)
            request.upload_handlers.insert(0, handler)
            request.capped = handler  # type: ignore[attr-defined]
            try:
                request.POST  # noqa: B018 - parses the body through the handler
            except TooManyFilesSent:
                # So many at once that nothing was read, the token neither.
                messages.error(request, str(rules.too_many()))
                return HttpResponseRedirect(request.path)
        return protected(request, *args, **kwargs)

    return capped


def dropped(request: HttpRequest) -> list[str]:
    """What was wrong with files that never arrived whole, in words."""
    handler = getattr(request, "capped", None)
    return [str(rules.too_large(name)) for name in handler.too_large] if handler else []


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files, or none; `clean` gives a list."""

    def __init__(self, **kwargs: Any) -> None:
        limits = {"limit": MAX_FILES, "megabytes": MAX_BYTES // 1024 // 1024}
        text = _("PDF, or photos in JPG or PNG. Up to %(limit)s files of %(megabytes)s MB each.")
        values: dict[str, Any] = {
            "label": _("Files"),
            "help_text": text % limits,
            "required": False,
            "widget": FilesInput(attrs={"accept": ACCEPT, "multiple": True}),
            **kwargs,
        }
        super().__init__(**values)

    def clean(self, data: Any, initial: Any = None) -> list["UploadedFile[Any]"]:
        uploads = data if isinstance(data, (list, tuple)) else [data] if data else []
        return [upload for upload in uploads if upload]
