"""Letting a relative follow along: a code of their own, told to both, ended with one click."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appeals import services
from appeals.citizen.consent import caller
from appeals.citizen.fields import LineField, PhoneField
from appeals.citizen.holding import Holder
from appeals.errors import AppealError
from appeals.services.following import Relative
from appeals.tracking import MAX_FOLLOWERS


class RelativeForm(forms.Form):
    name = LineField(
        label=gettext_lazy("How do you call this person?"),
        help_text=gettext_lazy("For example: my daughter Anna"),
        max_length=100,
        error_messages={"required": gettext_lazy("Write a name, so that you can tell people apart")},
    )
    email = forms.EmailField(
        label=gettext_lazy("Their e-mail"),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "off", "inputmode": "email", "class": "w-medium"}),
        error_messages={
            "invalid": gettext_lazy("This does not look like an e-mail address. Example: name@mail.ru")
        },
    )
    phone = PhoneField(
        label=gettext_lazy("Or their phone, for an SMS"),
        required=False,
    )
    agree = forms.BooleanField(
        label=gettext_lazy("I allow this person to read how my appeal goes and the answer to it"),
        error_messages={"required": gettext_lazy("Without your agreement we show the appeal to nobody")},
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not (cleaned.get("email") or cleaned.get("phone") or {"email", "phone"} & self.errors.keys()):
            self.add_error(
                "email",
                forms.ValidationError(
                    _("Write an e-mail address or a phone number: the code goes there"), code="required"
                ),
            )
        return cleaned


def relatives(request: HttpRequest, holder: Holder) -> HttpResponseBase:
    appeal, now = holder.appeal, timezone.now()
    if request.method == "POST" and request.POST.get("revoke", "").isdecimal():
        services.revoke_follower(
            appeal_id=appeal.pk, follower_id=int(request.POST["revoke"]), actor=holder.actor, now=now
        )
        messages.success(request, _("The access has ended. We told both of you."))
        return HttpResponseRedirect(holder.url("relatives"))
    form = RelativeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        given = form.cleaned_data
        relative = Relative(name=given["name"], email=given["email"].lower(), phone=given["phone"])
        try:
            services.allow_follower(
                appeal_id=appeal.pk, relative=relative, address=caller(request), actor=holder.actor, now=now
            )
        except AppealError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The code has been sent. This person can follow the appeal now."))
            return HttpResponseRedirect(holder.url("relatives"))
    followers = list(appeal.followers.filter(revoked_at__isnull=True).order_by("pk"))
    context = {
        "form": form,
        "followers": followers,
        "room": len(followers) < MAX_FOLLOWERS,
        "heading": _("Who else may follow the appeal"),
        "back_url": holder.home,
    }
    return render(request, "appeals/citizen/relatives.html", context, status=422 if form.errors else 200)
