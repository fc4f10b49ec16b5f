"""Asking for a report by e-mail, and ending it: on the dashboard, or by the link in the mail."""

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from appeals.models import ReportMail
from appeals.models.report_mails import Every
from appeals.reports.query import Owner
from appeals.reports.reading import place_of
from omsportal.reports.asking import READERS
from omsportal.reports.mailing import ask_for_mail, end_mail
from registry.access import by_secret, roles
from registry.middleware import ScopedRequest
from registry.models import User


class MailForm(forms.Form):
    owner = forms.CharField(max_length=20)
    every = forms.ChoiceField(choices=Every.choices)


@require_POST
@roles(*READERS)
def mail_wish(request: ScopedRequest) -> HttpResponse:
    """Errors: Http404 for a place the reader may not ask about."""
    form = MailForm(request.POST)
    owner = Owner.read(form.cleaned_data["owner"]) if form.is_valid() else None
    place = place_of(request.scope, owner) if owner else None
    if place is None or not isinstance(request.user, User):
        raise Http404("Not found and not allowed look alike")
    ask_for_mail(user=request.user, place=place, every=form.cleaned_data["every"], now=timezone.now())
    messages.success(
        request, _("The report will come by e-mail to %(email)s.") % {"email": request.user.email}
    )
    return redirect(f"{reverse('dashboard')}?owner={place.owner}")


@require_http_methods(["GET", "POST"])
@by_secret
def mail_stop(request: ScopedRequest, secret: str) -> HttpResponse:
    """A link opened by a mail scanner must end nothing: the button does. Errors: Http404 for an unknown link."""
    mail = ReportMail.objects.filter(secret=secret).first()
    if mail is None:
        raise Http404("No mail has this link")
    if request.method == "POST":
        end_mail(secret=secret, now=timezone.now())
        mail.refresh_from_db()
    return render(request, "reports/mail_stop.html", {"mail": mail, "done": mail.ended_at is not None})
