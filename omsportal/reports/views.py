"""Pages of the appeals report: the figures, and the appeals behind each of them."""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from appeals.models import Appeal, AppealFact
from appeals.reports.query import WrongQuery
from appeals.reports.reading import rows_behind
from omsportal.reports import presenting
from omsportal.reports.asking import READERS, Asked, Asking, ready_periods
from omsportal.reports.indicators import BY_NAME
from omsportal.reports.words import labels
from registry.access import roles
from registry.audit import record_read
from registry.middleware import ScopedRequest
from registry.subjects import Subject


@require_safe
@roles(*READERS)
def report_page(request: ScopedRequest) -> HttpResponse:
    now = timezone.now()
    asking = Asking.of(request, now)
    asked = asking.asked
    if asked is None:
        context: dict[str, Any] = {"place": asking.place}
        return render(request, "reports/appeals.html", context)
    report = presenting.report_of(asked)
    return render(
        request,
        "reports/appeals.html",
        {
            "form": asked.form,
            "place": asked.place,
            "asked": asked,
            "report": report,
            "before_words": presenting.period_words(asked.before.period) if asked.before else "",
            "period_words": presenting.period_words(asked.query.period),
            "figures": presenting.figures(report),
            "all_rows": presenting.all_rows(report),
            "columns": presenting.columns(),
            "breakdown_rows": presenting.table(report),
            "bars": presenting.bars(report),
            "bars_words": presenting.in_words(report),
            "over_time": presenting.trend(asked),
            "narrowed": presenting.filter_words(asked),
            "ready": _ready(asked, now),
            "permanent": request.build_absolute_uri(asked.url()),
            "exports": {name: asked.url(f"appeals_report_{name}") for name in ("csv", "xlsx", "pdf")},
        },
    )


def _ready(asked: Asked, now: datetime) -> list[dict[str, Any]]:
    today = timezone.localdate(now, asked.place.region.zone)
    period = asked.query.period
    return [
        {
            # The newest figures: an old count would be a surprise behind a word like "this month".
            "url": asked.url(first=one.first.isoformat(), last=one.last.isoformat(), count=""),
            "label": label,
            "count": None,
            "current": one == period,
        }
        for label, one in ready_periods(today)
    ]


@require_safe
@roles(*READERS)
def report_rows(request: ScopedRequest) -> HttpResponse:
    """The appeals behind one number. Errors: Http404 for a number that the report does not have."""
    now = timezone.now()
    asked = Asking.of(request, now).sure()
    measure = request.GET.get("measure", "")
    try:
        facts, after = rows_behind(asked.query, measure, after=request.GET.get("after", ""))
    except WrongQuery as wrong:
        raise Http404(wrong.code) from wrong
    log_read(request, asked, now, rows=len(facts))
    context = {
        "asked": asked,
        "indicator": next((one for one in BY_NAME.values() if one.measure == measure), None),
        "facts": shown_facts(request, facts),
        "period_words": presenting.period_words(asked.query.period),
        "narrowed": presenting.filter_words(asked),
        "next_url": asked.rows_url(measure, after=after) if after else "",
        "csv_url": asked.url("appeals_report_rows_csv", measure=measure),
        "back_url": asked.url(),
    }
    return render(request, "reports/rows.html", context)


def shown_facts(request: ScopedRequest, facts: list[AppealFact]) -> list[dict[str, Any]]:
    """Each fact in words, with the case as a link where this reader may open it. Seven queries at most."""
    mine = Appeal.objects.visible_to(request.scope).filter(pk__in=[fact.appeal_id for fact in facts])
    open_to_me = set(mine.values_list("pk", flat=True))
    words = {
        dimension: labels(dimension, {getattr(fact, dimension) for fact in facts})
        for dimension in ("kind", "form", "channel", "topic", "outcome", "validity")
    }
    return [
        {
            "fact": fact,
            "url": reverse("staff_case", args=[fact.appeal.number]) if fact.appeal_id in open_to_me else "",
            **{name: words[name][getattr(fact, name)] for name in words},
            "validity": words["validity"][fact.validity] if fact.validity else "",
        }
        for fact in facts
    ]


def log_read(request: ScopedRequest, asked: Asked, now: datetime, *, rows: int | None) -> None:
    record_read(
        scope=request.scope,
        subject=Subject.REPORT_ROWS,
        key=str(asked.query.owner),
        rows=rows,
        page=request.get_full_path(),
        now=now,
        region_id=asked.place.region.pk,
        request_id=getattr(request, "request_id", ""),
    )
