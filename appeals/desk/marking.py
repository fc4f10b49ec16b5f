"""Who may open a file of a case: marked by whoever reads it, kept in the story of the case."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from appeals import services
from appeals.actors import Actor
from appeals.desk.access import desk_roles
from appeals.desk.forms_links import MEDICAL, OPEN, SEALED, MarkForm
from appeals.errors import AppealError, AppealNotFound, InvalidInput
from appeals.models import Attachment
from appeals.selectors import working_scope
from registry.middleware import ScopedRequest


@desk_roles
@require_http_methods(["GET", "POST"])
def mark(request: ScopedRequest, key: UUID) -> HttpResponseBase:
    visible = Attachment.objects.visible_to(working_scope(request.scope)).select_related("appeal")
    found = visible.filter(key=key, appeal__isnull=False).first()
    if found is None or found.appeal is None:
        raise Http404("No such file, or not for this reader")
    now_open = SEALED if found.sealed else MEDICAL if found.medical else OPEN
    if request.method == "GET":
        return _show(request, found, MarkForm(initial={"version": found.appeal.version, "secrecy": now_open}))
    form = MarkForm(request.POST)
    if not form.is_valid():
        return _show(request, found, form, status=422)
    secrecy = form.cleaned_data["secrecy"]
    try:
        services.mark_paper(
            appeal_id=found.appeal.pk,
            paper_id=found.pk,
            medical=secrecy != OPEN,
            sealed=secrecy == SEALED,
            actor=Actor.of(request.scope),
            now=timezone.now(),
            expected_version=form.cleaned_data["version"],
        )
    except AppealNotFound:
        raise Http404("The file left this reader's sight meanwhile") from None
    except InvalidInput as error:
        form.add_error("secrecy", " ".join(str(text) for text in error.fields.values()))
        return _show(request, found, form, status=422)
    except AppealError as error:
        found.appeal.refresh_from_db()
        data = request.POST.copy()
        data["version"] = str(found.appeal.version)
        form = MarkForm(data)
        form.add_error(None, str(error))
        return _show(request, found, form, status=409)
    messages.success(request, gettext("It is noted who may open the file."))
    return HttpResponseRedirect(reverse("staff_case", args=[found.appeal.number]))


def _show(request: ScopedRequest, found: Attachment, form: MarkForm, *, status: int = 200) -> HttpResponse:
    assert found.appeal is not None  # noqa: S101 - filtered by the caller
    back = reverse("staff_case", args=[found.appeal.number])
    context = {"paper": found, "form": form, "back_url": back}
    return render(request, "appeals/desk/paper_mark.html", context, status=status)
