"""A clinic's schedule for calendars (.ics) and for its door. Published posts only, as `duty` reads them."""

from datetime import date, datetime
from zlib import crc32

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from icalendar import Calendar, Event

from registry.access import public
from registry.middleware import ScopedRequest
from registry.models import Clinic
from representatives import duty
from representatives.door import door_pdf
from representatives.public import lines_of
from representatives.schedule import Day

CALENDAR_DAYS = 8 * 7
DOOR_DAYS = 4 * 7


def _clinic(code: str) -> Clinic:
    return get_object_or_404(
        Clinic.objects.filter(closed_on__isnull=True).select_related("region"), mo_code=code
    )


@require_safe
@public
def calendar(request: ScopedRequest, code: str) -> HttpResponse:
    """The next eight weeks, day by day, so that holidays, absences and covers are told."""
    clinic, now = _clinic(code), timezone.now()
    first = timezone.localdate(now, clinic.region.zone)
    body = _calendar(clinic, duty.days_of(clinic, first, CALENDAR_DAYS), now).to_ical()
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'inline; filename="duty-{code}.ics"'
    return response


def _calendar(clinic: Clinic, days: tuple[Day, ...], now: datetime) -> Calendar:
    found = Calendar()
    found.add("prodid", "-//OMS portal//duty posts//RU")
    found.add("version", "2.0")
    found.add("x-wr-calname", _("Insurance representatives: %(clinic)s") % {"clinic": clinic.short_name})
    told = _("Insurance representative: %(name)s")
    for day in days:
        for post in day.posts:
            event = Event()
            starts = datetime.combine(day.day, post.starts, clinic.region.zone)
            event.add(
                "uid", f"{clinic.mo_code}-{starts:%Y%m%dT%H%M}-{hash_of(post.name, post.room)}@oms-portal"
            )
            event.add("dtstamp", now)
            event.add("dtstart", starts.astimezone(timezone.get_default_timezone()))
            ends = datetime.combine(day.day, post.ends, clinic.region.zone)
            event.add("dtend", ends.astimezone(timezone.get_default_timezone()))
            event.add("summary", told % {"name": f"{post.name}, {post.organization}"})
            event.add("location", ", ".join(filter(None, (clinic.short_name, clinic.address, post.room))))
            found.add_component(event)
    return found


def hash_of(*words: str) -> int:
    """The same for the same words on every run, so that a calendar knows an event again."""
    return crc32("|".join(words).encode())


@require_safe
@public
def door(request: ScopedRequest, code: str) -> HttpResponse:
    """A page made to be printed and hung on the clinic's door: the weeks ahead and the direct lines."""
    clinic, now = _clinic(code), timezone.now()
    first = timezone.localdate(now, clinic.region.zone)
    days = [day for day in duty.days_of(clinic, first, DOOR_DAYS) if day.posts]
    context = {
        "clinic": clinic,
        "days": days,
        "lines": lines_of(clinic),
        "first": first,
        "until": _last(days, first),
    }
    return render(request, "representatives/door.html", context)


@require_safe
@public
def door_sheet(request: ScopedRequest, code: str) -> HttpResponse:
    """The same as a sheet of paper: a tagged PDF with a square code that leads to the schedule of the day."""
    clinic, now = _clinic(code), timezone.now()
    first = timezone.localdate(now, clinic.region.zone)
    days = [day for day in duty.days_of(clinic, first, DOOR_DAYS) if day.posts]
    url = request.build_absolute_uri(reverse("representatives:clinic", args=[code]))
    body = door_pdf(clinic, days, list(lines_of(clinic)), first=first, url=url)
    response = HttpResponse(body, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="door-{code}.pdf"'
    return response


def _last(days: list[Day], first: date) -> date:
    return days[-1].day if days else first
