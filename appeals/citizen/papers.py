"""Files of an appeal in the making: several at once, each judged by its content, the good ones kept."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import TooManyFilesSent
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from appeals import services
from appeals.citizen import steps
from appeals.citizen.drafts import door, keep, remember
from appeals.citizen.wizard import url_of, wrong_turn
from appeals.errors import FileRefused
from appeals.filetypes import MAX_BYTES, MAX_FILES
from appeals.models import AppealDraft, ScanVerdict
from appeals.services import files as rules
from appeals.uploads import CappedUploadHandler
from registry.access import by_secret
from registry.models import User


@dataclass(slots=True)
class Problem:
    """A form in the eyes of the page: one field, its messages."""

    messages: list[str]

    @property
    def errors(self) -> list[str]:
        return self.messages


@by_secret
@csrf_exempt  # only until the handler is in place: reading the token reads the whole body
@never_cache
@require_http_methods(["GET", "POST"])
def files(request: HttpRequest) -> HttpResponseBase:
    handler = CappedUploadHandler(request)
    if request.method == "POST":
        request.upload_handlers.insert(0, handler)
        try:
            request.POST  # noqa: B018 - parses the body through the handler
        except TooManyFilesSent:
            return _refuse_all(request)
    return _files(request, handler)


def _refuse_all(request: HttpRequest) -> HttpResponseBase:
    """So many files at once that none was read; nothing changes, so no token is needed."""
    opened = door(request, now=timezone.now())
    moved = wrong_turn(steps.FILES, opened)
    if moved is not None or opened.draft is None:
        return moved or HttpResponseRedirect(reverse("appeal_new"))
    return _show(request, opened.draft, [str(rules.too_many())])


@csrf_protect
def _files(request: HttpRequest, handler: CappedUploadHandler) -> HttpResponseBase:
    now = timezone.now()
    opened = door(request, now=now, lock=request.method == "POST")
    moved = wrong_turn(steps.FILES, opened)
    if moved is not None or opened.draft is None:
        return moved or HttpResponseRedirect(reverse("appeal_new"))
    draft = opened.draft
    if request.method == "GET":
        return _show(request, draft, [])
    if key := request.POST.get("remove", ""):
        if _is_uuid(key):
            services.detach(draft=draft, key=key)
        return HttpResponseRedirect(url_of(steps.FILES))
    problems = [str(rules.too_large(name)) for name in handler.too_large]
    problems += _take(draft, request.FILES.getlist("files"), request)
    if not problems and "upload" not in request.POST:
        # Said here, where it can be put right, and not only when the appeal is sent.
        refused = draft.attachments.filter(verdict=ScanVerdict.REJECTED).order_by("pk")
        problems = [str(rules.rejected(paper.name)) for paper in refused]
    if problems:
        return _show(request, draft, problems)
    if "upload" in request.POST:
        response = HttpResponseRedirect(url_of(steps.FILES))
    else:
        keep(draft, steps.FILES, {}, request=request, now=now)
        response = HttpResponseRedirect(url_of(steps.after(steps.FILES, draft.data)))
    remember(response, draft)
    return response


def _take(draft: AppealDraft, uploads: Iterable["UploadedFile[Any]"], request: HttpRequest) -> list[str]:
    """Keeps the files that can be kept; says of each other one what is wrong with it."""
    problems = []
    user_id = request.user.pk if isinstance(request.user, User) else None
    for upload in uploads:
        try:
            services.attach(owner=draft, upload=upload, now=timezone.now(), user_id=user_id)
        except FileRefused as error:
            problems.append(str(error))
            if error.code == "too_many":
                break
    return problems


def _is_uuid(text: str) -> bool:
    return len(text) == 36 and all(char in "0123456789abcdef-" for char in text)


def _show(request: HttpRequest, draft: AppealDraft, problems: list[str]) -> HttpResponse:
    number, total = steps.place(steps.FILES, draft.data)
    context = {
        # The page frame asks a form for its errors; a list of messages answers as well.
        "form": Problem(problems) if problems else None,
        "problems": problems,
        "papers": list(draft.attachments.order_by("pk")),
        "limit": MAX_FILES,
        "megabytes": MAX_BYTES // 1024 // 1024,
        "heading": _("Do you have documents or photos?"),
        "step": number,
        "steps_total": total,
        "back_url": url_of(steps.before(steps.FILES, draft.data) or steps.WHAT),
        "steps_saved": steps.FILES in draft.data,
    }
    return render(request, "appeals/citizen/files.html", context)
