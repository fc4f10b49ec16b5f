"""The insurer's office: letters to print, batches, and mail that came back."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from notifications import prints
from notifications.models import InvitationBatch, PrintedLetter, PrintState
from notifications.models.prints import PRINTERS, ReturnReason
from registry.access import roles
from registry.audit import record_read
from registry.middleware import ScopedRequest
from registry.models import Organization, User
from registry.subjects import Subject

KINDS = {PrintState.OPEN: "warn", PrintState.PRINTED: "info", PrintState.POSTED: "ok"}
STEPS = {PrintState.OPEN: PrintState.PRINTED, PrintState.PRINTED: PrintState.POSTED}
BUTTONS = {PrintState.PRINTED: _("Printed"), PrintState.POSTED: _("Taken to the post")}
REFUSED = {
    "known": _("This letter has been noted already."),
    "not_posted": _("This letter has not been posted yet: first mark its batch as taken to the post."),
}


class ReturnForm(forms.Form):
    """The reason stays chosen for the next letter of the pile."""

    number = forms.CharField(
        label=_("Number in the window of the envelope"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autofocus": True, "autocomplete": "off", "inputmode": "numeric", "class": "form-control"}
        ),
    )
    reason = forms.ChoiceField(
        label=_("What the post has marked"),
        choices=ReturnReason.choices,
        widget=forms.Select(attrs={"class": "form-select"}),
    )


def _actor(request: ScopedRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 - the access rule has let only signed-in staff in
    return request.user


@require_GET
@roles(*PRINTERS)
def batch_list(request: ScopedRequest) -> HttpResponse:
    before = request.GET.get("before", "")
    page, following = prints.batches(
        request.scope, before=int(before) if before.isdecimal() and len(before) < 18 else None
    )
    context: dict[str, Any] = {
        "waiting": prints.waiting(request.scope),
        "rows": [(batch, KINDS[PrintState(batch.state)]) for batch in page],
        "next_url": f"?before={following}" if following else "",
    }
    return render(request, "notifications/prints.html", context)


@require_POST
@roles(*PRINTERS)
def batch_collect(request: ScopedRequest) -> HttpResponseRedirect:
    given = request.POST.get("insurer", "")
    own = Organization.objects.filter(pk__in=request.scope.organizations(*PRINTERS))
    insurer = get_object_or_404(own, pk=int(given) if given.isdecimal() and len(given) < 18 else -1)
    batch = prints.collect(insurer=insurer, actor=_actor(request), scope=request.scope, now=timezone.now())
    if batch is None:
        messages.warning(request, _("No letter waits to be printed: a colleague may have been quicker."))
        return redirect("notifications:prints")
    return redirect("notifications:print-batch", batch.pk)


@require_GET
@roles(*PRINTERS)
def batch_page(request: ScopedRequest, batch_id: int) -> HttpResponse:
    batch = _batch(request, batch_id)
    sheets = list(batch.sheets.select_related("message").order_by("envelope", "sheet"))
    _log(request, batch)
    following = STEPS.get(PrintState(batch.state))
    context = {
        "batch": batch,
        "kind": KINDS[PrintState(batch.state)],
        "sheets": [(sheet, prints.number_of(sheet.pk)) for sheet in sheets],
        "step": following,
        "button": BUTTONS[following] if following else "",
    }
    return render(request, "notifications/print_batch.html", context)


@require_GET
@roles(*PRINTERS)
def batch_pdf(request: ScopedRequest, batch_id: int) -> HttpResponse:
    batch = _batch(request, batch_id)
    _log(request, batch)
    response = HttpResponse(prints.pdf_of(batch), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="letters-{batch.pk}.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response


@require_POST
@roles(*PRINTERS)
def batch_step(request: ScopedRequest, batch_id: int) -> HttpResponseRedirect:
    to = request.POST.get("to", "")
    if to not in BUTTONS:
        raise Http404("No step of a batch is called so")
    try:
        prints.step(
            batch_id=batch_id,
            to=PrintState(to),
            actor=_actor(request),
            scope=request.scope,
            now=timezone.now(),
        )
    except InvitationBatch.DoesNotExist as error:
        raise Http404 from error
    except prints.PrintRefusedError:
        messages.warning(request, _("The batch is further already: look at its state."))
    return redirect("notifications:print-batch", batch_id)


@require_http_methods(["GET", "POST"])
@roles(*PRINTERS)
def returns(request: ScopedRequest) -> HttpResponse:
    """Made for a scanner: it types the number and Enter, and the next letter can follow."""
    form = ReturnForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _note(request, form):
        form = ReturnForm(initial={"reason": form.cleaned_data["reason"]})
    letters = prints.returned(request.scope)
    if letters:
        record_read(
            scope=request.scope,
            subject=Subject.PRINTED_LETTERS,
            rows=len(letters),
            page=request.path,
            now=timezone.now(),
            request_id=request.request_id,
        )
    context = {"form": form, "letters": [(letter, prints.number_of(letter.pk)) for letter in letters]}
    return render(request, "notifications/returns.html", context)


def _note(request: ScopedRequest, form: ReturnForm) -> bool:
    try:
        letter = prints.note_return(
            number=form.cleaned_data["number"],
            reason=form.cleaned_data["reason"],
            actor=_actor(request),
            scope=request.scope,
            now=timezone.now(),
        )
    except PrintedLetter.DoesNotExist:
        form.add_error("number", _("There is no such letter: compare the number with the window."))
        return False
    except prints.PrintRefusedError as error:
        form.add_error("number", REFUSED[str(error)])
        return False
    said = _("Letter %(number)s is noted. The person will be invited by another way, if one is left.")
    messages.success(request, said % {"number": prints.number_of(letter.pk)})
    return True


def _batch(request: ScopedRequest, batch_id: int) -> InvitationBatch:
    visible = InvitationBatch.objects.visible_to(request.scope)
    return get_object_or_404(
        visible.select_related("insurer", "made_by", "printed_by", "posted_by"), pk=batch_id
    )


def _log(request: ScopedRequest, batch: InvitationBatch) -> None:
    record_read(
        scope=request.scope,
        subject=Subject.PRINTED_LETTERS,
        key=str(batch.pk),
        rows=batch.letters,
        page=request.path,
        now=timezone.now(),
        region_id=batch.insurer.region_id or "",
        request_id=request.request_id,
    )
