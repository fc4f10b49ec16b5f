"""What the applicant may still do: withdraw, have the answer reconsidered, go to the fund."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appeals import services
from appeals.citizen.acts import AGAIN, may_withdraw, reopen_until, ways
from appeals.citizen.fields import StoryField
from appeals.citizen.holding import Holder
from appeals.errors import AppealError
from appeals.services.objecting import is_late

REASON_LIMIT = 5_000


class WithdrawForm(forms.Form):
    reason = StoryField(
        label=gettext_lazy("Why do you withdraw it?"),
        help_text=gettext_lazy("You need not explain. A word from you helps us: was it solved?"),
        limit=REASON_LIMIT,
        rows=3,
        counter="reason-left",
        required=False,
    )


class ObjectForm(forms.Form):
    way = forms.ChoiceField(
        label=gettext_lazy("What shall we do?"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose what we shall do")},
    )
    reason = StoryField(
        label=gettext_lazy("What do you not agree with?"),
        help_text=gettext_lazy("For example: the clinic has not called me, or the question is not answered."),
        limit=REASON_LIMIT,
        rows=6,
        counter="reason-left",
        error_messages={"required": gettext_lazy("Write what you do not agree with, one sentence is enough")},
    )

    def __init__(self, *args: Any, ways: list[tuple[str, Any]], late: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["way"].choices = ways  # type: ignore[attr-defined]
        if len(ways) == 1:
            self.fields["way"].initial = ways[0][0]
        if late:
            self.fields["reason"].label = _("What do you want to say about it?")
            self.fields["reason"].help_text = _("One sentence is enough, for example: nobody has called me.")
            self.fields["reason"].error_messages["required"] = _("Write one sentence about the delay")


def withdraw(request: HttpRequest, holder: Holder) -> HttpResponseBase:
    """Asks once more, then ends the appeal at the applicant's word."""
    if not may_withdraw(holder.appeal):
        return HttpResponseRedirect(holder.home)
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        statement = form.cleaned_data["reason"] or _("The applicant withdrew the appeal without a reason.")
        try:
            services.withdraw(
                appeal_id=holder.appeal.pk, statement=statement, actor=holder.actor, now=timezone.now()
            )
        except AppealError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("The appeal is withdrawn. Nobody works on it any more."))
        return HttpResponseRedirect(holder.home)
    return _show(request, "appeals/citizen/withdraw.html", holder, form, _("Withdraw the appeal?"))


def disagree(request: HttpRequest, holder: Holder) -> HttpResponseBase:
    """Opens the appeal again, or files a complaint with the fund."""
    now = timezone.now()
    offered = ways(holder.appeal, reopen_until(holder.appeal), now)
    if not offered:
        raise Http404
    late = is_late(holder.appeal, now)
    form = ObjectForm(request.POST if request.method == "POST" else None, ways=offered, late=late)
    if form.is_valid():
        try:
            return _object(request, holder, form.cleaned_data, now)
        except AppealError as error:
            form.add_error(None, str(error))
    heading = _("There is no answer in time") if late else _("You do not agree with the answer")
    return _show(request, "appeals/citizen/disagree.html", holder, form, heading, late=late)


def _object(request: HttpRequest, holder: Holder, given: dict[str, Any], now: datetime) -> HttpResponseBase:
    if given["way"] == AGAIN:
        services.reopen(appeal_id=holder.appeal.pk, reason=given["reason"], actor=holder.actor, now=now)
        messages.success(request, _("The appeal is being considered again, with a new term."))
        return HttpResponseRedirect(holder.home)
    filed = services.complain_to_fund(
        appeal_id=holder.appeal.pk, reason=given["reason"], actor=holder.actor, now=now
    )
    context = {"appeal": filed.appeal, "code": filed.access_code, "back_url": holder.home}
    return render(request, "appeals/citizen/passed_on.html", context)


def _show(
    request: HttpRequest, template: str, holder: Holder, form: forms.Form, heading: str, *, late: bool = False
) -> HttpResponse:
    context = {
        "form": form,
        "heading": heading,
        "back_url": holder.home,
        "appeal": holder.appeal,
        "late": late,
    }
    return render(request, template, context, status=422 if form.errors else 200)
