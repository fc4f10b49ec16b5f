from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from notifications import queue, receipts, replies, services, unsubscribe
from registry.access import by_secret
from registry.models.people import ContactChannel

BY_CHANNEL = {
    ContactChannel.EMAIL: _("by e-mail"),
    ContactChannel.SMS: _("by SMS"),
    ContactChannel.POST: _("by post"),
    ContactChannel.PHONE: _("by phone"),
}


@by_secret
@csrf_exempt
@require_POST
def sms_receipts(request: HttpRequest) -> HttpResponse:
    """The gateway's webhook. 204 also for a reference we do not know: a repeat would not change that."""
    if not receipts.signed(settings.SMS_RECEIPT_SECRET, request.body, request.headers.get("X-Signature", "")):
        return HttpResponse(status=403)
    try:
        reports = receipts.parse(request.body, now=timezone.now())
    except ValueError:
        return HttpResponse(status=400)
    queue.apply_reports(reports)
    return HttpResponse(status=204)


@by_secret
@csrf_exempt
@require_POST
def sms_replies(request: HttpRequest) -> HttpResponse:
    """The gateway's webhook of answers. STOP ends reminders by SMS at once; other answers are not read by machines."""
    if not receipts.signed(settings.SMS_RECEIPT_SECRET, request.body, request.headers.get("X-Signature", "")):
        return HttpResponse(status=403)
    try:
        found = replies.parse(request.body, now=timezone.now())
    except ValueError:
        return HttpResponse(status=400)
    for reply in found:
        if reply.is_stop:
            services.stop_by_sms(phone=reply.phone, at=reply.at)
    return HttpResponse(status=204)


@by_secret
@csrf_exempt  # mail programs post here on their own, without a cookie (RFC 8058)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe_page(request: HttpRequest, token: str) -> HttpResponse:
    """GET asks, because scanners of mail follow links; POST ends the consent at once."""
    wish = unsubscribe.read(token)
    if wish is None:
        return render(request, "notifications/unsubscribe.html", {"broken": True}, status=404)
    done = request.method == "POST"
    if done:
        services.withdraw_consent(person_id=wish.person_id, channel=wish.channel, now=timezone.now())
    context = {"done": done, "by_channel": BY_CHANNEL[ContactChannel(wish.channel)]}
    return render(request, "notifications/unsubscribe.html", context)
