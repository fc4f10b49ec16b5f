"""What the person agreed to, each with its text and date, and ended with one click."""

from django.contrib import messages
from django.http import Http404, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from appeals.citizen.consent import caller, text_of
from notifications.services import end_consent, give_consent
from registry.access import signed_in
from registry.middleware import ScopedRequest
from registry.models import Consent, ConsentText, InsuredPerson, User
from registry.models.people import ConsentPurpose, ContactChannel


@signed_in
@never_cache
@require_http_methods(["GET", "POST"])
def consents(request: ScopedRequest) -> HttpResponseBase:
    """Only the own ones: a ward's consents are the ward's insurer's business with the parent, on paper."""
    person = _person(request)
    if request.method == "POST":
        return _changed(request, person)
    rows = list(Consent.objects.filter(person=person).select_related("text").order_by("-given_at", "-pk"))
    active = [row for row in rows if row.withdrawn_at is None]
    reminders = {row.channel for row in active if row.purpose == ConsentPurpose.INFORMATION_SUPPORT}
    text = _text()
    missing = (
        []
        if text is None or "" in reminders
        else [one for one in ContactChannel if one.value not in reminders]
    )
    context = {
        "active": active,
        "ended": [row for row in rows if row.withdrawn_at is not None][:20],
        "missing": missing,
        "text": text,
        "channels": ContactChannel,
        "preferred": person.preferred_channel,
        "heading": _("My consents and reminders"),
        "back_url": reverse("cabinet"),
    }
    return render(request, "cabinet/consents.html", context)


def _changed(request: ScopedRequest, person: InsuredPerson) -> HttpResponseBase:
    now, given = timezone.now(), request.POST
    if given.get("end", "").isdecimal():
        end_consent(consent_id=int(given["end"]), person_id=person.pk, now=now)
        messages.success(request, _("The consent has ended at this moment."))
    elif given.get("allow") in ContactChannel.values:
        text = _text()
        if text is None or given.get("text_id") != str(text.pk):
            # A new version came out while the page stood open: nobody agrees to what was not shown.
            messages.warning(request, _("The text of the consent has changed. Please read it again"))
        else:
            give_consent(
                person_id=person.pk, channel=given["allow"], text=text, address=caller(request), now=now
            )
            messages.success(request, _("Thank you. You can end it here at any time."))
    elif given.get("preferred") in ContactChannel.values:
        person.preferred_channel = given["preferred"]
        person.save(update_fields=["preferred_channel"])
        messages.success(request, _("Saved."))
    return HttpResponseRedirect(reverse("cabinet_consents"))


def _text() -> ConsentText | None:
    """Without a text in force nothing can be agreed to; ending a consent needs none."""
    try:
        return text_of(ConsentPurpose.INFORMATION_SUPPORT)
    except ConsentText.DoesNotExist:
        return None


def _person(request: ScopedRequest) -> InsuredPerson:
    user = request.user
    people = InsuredPerson.objects.visible_to(request.scope)
    person = people.filter(pk=user.person_id).first() if isinstance(user, User) and user.person_id else None
    if person is None:
        raise Http404("No policy is linked to this account")
    return person
