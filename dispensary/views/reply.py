"""The page behind the square code of a letter and the link of a mail: "I went", "I will come", "I will not come".

Its address is the secret. It shows no name and no clinic: a letter may lie in a stranger's hands.
"""

import re

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from dispensary import outcomes
from dispensary.models import Invitation, ReasonKind
from dispensary.reference import reasons_on
from dispensary.reply_forms import ReplyForm
from notifications import reply_links
from notifications.models import Message
from registry.access import by_secret

_KEY = re.compile(r"exam:(\d+):(\d+):(\d+):\w+")


@by_secret
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reply_page(request: HttpRequest, token: str) -> HttpResponse:
    """GET asks and changes nothing, because scanners of mail follow links."""
    found = _invitation(token)
    if found is None:
        return render(request, "dispensary/reply.html", {"broken": True}, status=404)
    invitation, channel = found
    now = timezone.now()
    today = timezone.localdate(now, invitation.region.zone)
    reasons = [row for kind in ReasonKind for row in reasons_on(today, kind)]
    given = request.POST if request.method == "POST" else None
    form = ReplyForm(given, reasons=reasons, today=today)
    context = {"form": form, "campaign": invitation.campaign}
    if request.method == "POST" and form.is_valid():
        answer = form.answer()
        outcomes.reply(invitation_id=invitation.pk, channel=channel, answer=answer, now=now)
        context |= {"done": True, "answer": answer}
    return render(request, "dispensary/reply.html", context)


def _invitation(token: str) -> tuple[Invitation, str] | None:
    """The invitation whose message carried the link, and the channel it came by."""
    reference = reply_links.read(token)
    message = Message.objects.filter(provider_reference=reference).first() if reference else None
    key = _KEY.fullmatch(message.dedupe_key) if message else None
    if message is None or key is None:
        return None
    campaign, round_, person = map(int, key.groups())
    rows = Invitation.objects.select_related("campaign__programme", "region")
    invitation = rows.filter(campaign=campaign, round=round_, person=person).first()
    return (invitation, message.channel) if invitation else None
