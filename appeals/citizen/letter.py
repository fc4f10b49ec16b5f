"""The answer as a letter, and the page where anybody who holds a letter has it verified."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from appeals import services
from appeals.actors import Actor
from appeals.citizen.fields import StoryField
from appeals.citizen.holding import Holder
from appeals.citizen.receipt import pdf_response
from appeals.errors import AppealError, TooLate
from appeals.letter_sheet import render as render_sheets
from appeals.lifecycle import State
from appeals.models import TO_APPLICANT, AppealLetter, LetterKind
from registry.access import by_secret

REASON_LIMIT = 2_000
READ, DISPUTE = "read", "dispute"


def answer_letter(request: HttpRequest, holder: Holder) -> HttpResponseBase:
    """The answer as a tagged PDF with its square code."""
    appeal = holder.appeal
    if appeal.answered_at is None:
        raise Http404
    letter = services.issue_answer_letter(appeal=appeal, now=timezone.now())
    return pdf_response(render_sheets([letter]), f"answer-{appeal.number}.pdf")


def letter_to_me(request: HttpRequest, holder: Holder, letter: int) -> HttpResponseBase:
    """Any letter written to the applicant, as a tagged PDF; what goes between offices is not there."""
    rows = holder.appeal.letters.filter(kind__in=sorted(TO_APPLICANT)).select_related("appeal")
    found = rows.filter(pk=letter).first()
    if found is None:
        raise Http404
    return pdf_response(render_sheets([found]), f"letter-{found.number.replace('/', '-')}.pdf")


class DisputeForm(forms.Form):
    reason = StoryField(
        label=gettext_lazy("What do you not agree with?"),
        help_text=gettext_lazy("For example: the clinic has not called me, or the question is not answered."),
        limit=REASON_LIMIT,
        rows=5,
        counter="reason-left",
        error_messages={"required": gettext_lazy("Write what you do not agree with, one sentence is enough")},
    )


@by_secret
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest, secret: str) -> HttpResponseBase:
    """Says that a letter is genuine, and takes the outcome. Names nobody and nothing of the matter."""
    letter = AppealLetter.objects.select_related("appeal__region").filter(secret=secret.lower()).first()
    if letter is None:
        return render(
            request, "appeals/citizen/verify.html", {"letter": None, "heading": _NOT_OURS}, status=404
        )
    form = DisputeForm(request.POST if request.POST.get("outcome") == DISPUTE else None)
    if request.method == "POST":
        if request.POST.get("outcome") == READ:
            services.letter_read(letter_id=letter.pk, now=timezone.now())
            return HttpResponseRedirect(request.path)
        if form.is_valid():
            return _disputed(request, letter, form.cleaned_data["reason"])
    return _page(request, letter, form)


_NOT_OURS = gettext_lazy("We did not send such a letter")


def _disputed(request: HttpRequest, letter: AppealLetter, reason: str) -> HttpResponse:
    """Writes the disagreement down and opens the appeal again where the rules allow it."""
    now, refusal = timezone.now(), ""
    services.letter_disputed(letter_id=letter.pk, now=now)
    try:
        if letter.kind != LetterKind.ANSWER or not _in_force(letter):
            # An earlier letter: its holder must not undo the answer that came after it.
            raise TooLate(_NOT_OURS)
        appeal = services.reopen(
            appeal_id=letter.appeal_id, reason=reason, actor=Actor.holder(letter.appeal_id), now=now
        )
    except AppealError:
        refusal = _(
            "The answer can no longer be objected to here. File a new appeal, or write to the insurance fund."
        )
        appeal = letter.appeal
    context = {"letter": letter, "appeal": appeal, "refusal": refusal, "heading": _("We have noted that")}
    return render(request, "appeals/citizen/verify_done.html", context)


def _in_force(letter: AppealLetter) -> bool:
    """Only an answer is replaced by a later one; a notice stays what it was."""
    return letter.kind != LetterKind.ANSWER or letter.appeal.answered_at == letter.issued_at


def _page(request: HttpRequest, letter: AppealLetter, form: DisputeForm) -> HttpResponse:
    appeal, is_answer = letter.appeal, letter.kind == LetterKind.ANSWER
    context: dict[str, Any] = {
        "letter": letter,
        "form": form,
        # A letter that a later answer replaced is genuine all the same.
        "replaced": not _in_force(letter),
        "may_dispute": is_answer and appeal.state == State.ANSWERED and _in_force(letter),
        "is_answer": is_answer,
        "heading": _("The letter is genuine"),
    }
    return render(request, "appeals/citizen/verify.html", context, status=422 if form.errors else 200)
