"""The ordinary pages of the wizard: one address each, GET shows, POST keeps."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from appeals import services
from appeals.alarm import alarming
from appeals.citizen import pages, steps
from appeals.citizen.arriving import brought_text, brought_topics, hinted, likely_kind
from appeals.citizen.consent import stamp
from appeals.citizen.drafts import Door, door, keep, remember
from appeals.citizen.fields import enp_warnings
from appeals.citizen.forms import StepForm, WhatForm
from appeals.citizen.pages import Material
from appeals.citizen.topics import find, grouped, likely
from appeals.models import AppealDraft, AppealTopic
from appeals.terms import Kind
from appeals.typed import clean_line
from registry.access import by_secret

DANGER = "danger"


def url_of(step: str) -> str:
    return reverse("appeal_step", args=[step])


@by_secret
@never_cache
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponseBase:
    """The beginning: straight to the first question, or a choice where there is something unfinished.

    What the search box or an answer sent along by POST waits in the first question; see arriving.py.
    """
    now = timezone.now()
    opened = door(request, now=now)
    if "anew" in request.POST:
        return _anew(request, opened)
    if opened.draft is None and opened.sent is None:
        return first_question(request, AppealDraft(), now=now)
    if opened.draft is not None and not opened.draft.data:
        return first_question(request, opened.draft, now=now)
    context = {
        "draft": opened.draft,
        "sent": opened.sent,
        "typed": brought_text(request),
        "topics": " ".join(brought_topics(request)),
    }
    if opened.draft is not None:
        context["continue_url"] = url_of(steps.first_open(opened.draft.data))
    return render(request, "appeals/citizen/start.html", context)


def _anew(request: HttpRequest, opened: Door) -> HttpResponse:
    """Drops what was unfinished and asks the first question; the files of a draft go with it."""
    if opened.draft is not None:
        for paper in opened.draft.attachments.all():
            services.detach(draft=opened.draft, key=str(paper.key))
        opened.draft.delete()
    # An empty draft stands for the wish to write another one; without it the sent one would answer.
    now = timezone.now()
    draft = AppealDraft()
    keep(draft, steps.WHAT, None, request=request, now=now)
    response = first_question(request, draft, now=now)
    remember(response, draft)
    return response


def first_question(request: HttpRequest, draft: AppealDraft, *, now: datetime) -> HttpResponse:
    kind = likely_kind(brought_topics(request), timezone.localdate(now))
    form = WhatForm(answers={}, now=now, initial={"text": brought_text(request), "kind": kind})
    return _show(request, steps.WHAT, draft, form, Material({}))


@by_secret
@never_cache
@require_http_methods(["GET", "POST"])
def step(request: HttpRequest, step: str) -> HttpResponseBase:
    """One ordinary page. A page whose turn has not come leads to the first one without an answer."""
    if step not in pages.PAGES:
        raise Http404
    now = timezone.now()
    opened = door(request, now=now, lock=request.method == "POST")
    moved = wrong_turn(step, opened)
    if moved is not None:
        return moved
    draft = opened.draft or AppealDraft()
    page = pages.PAGES[step]
    material = pages.material(step, draft.data, now=now)
    typed = request.POST if request.method == "POST" else None
    known = pages.initial(step, draft.data, request.user)
    if step == steps.TOPIC and not known:
        known["topic"] = hinted(draft.data[steps.WHAT], material.topics)
    if material.consent is not None:
        known["text_id"] = material.consent.pk
    form = page.form(typed, answers=draft.data, now=now, initial=known, choices=material.choices)
    if typed is None or not form.is_valid():
        return _show(request, step, draft, form, material)
    keep(draft, step, _given(request, step, form, material), request=request, now=now)
    if step == steps.PERSON:
        for warning in person_warnings(draft.data):
            messages.warning(request, warning)
    response = HttpResponseRedirect(_onward(step, draft))
    remember(response, draft)
    return response


def wrong_turn(step: str, opened: Door) -> HttpResponseRedirect | None:
    """Where to go instead: what was sent shows its number, what is missing is asked first."""
    if opened.draft is None:
        if opened.sent is not None:
            return HttpResponseRedirect(reverse("appeal_sent"))
        return None if step == steps.WHAT else HttpResponseRedirect(url_of(steps.WHAT))
    answers = opened.draft.data
    if steps.may_open(step, answers):
        return None
    return HttpResponseRedirect(url_of(steps.first_open(answers)))


def _given(request: HttpRequest, step: str, form: StepForm, material: Material) -> dict[str, Any]:
    """The answers of a page with what the portal adds to them."""
    given = form.given()
    if step == steps.WHAT:
        given["alarm"] = alarming(given["text"]) or ""
        given["topics"] = brought_topics(request)
    elif step == steps.TOPIC:
        chosen = next(topic for topic in material.topics if topic.code == given["topic"])
        given |= {"title": chosen.plain_title, "needs_clinic": chosen.needs_clinic}
        given["outside"] = chosen.outside_competence
    elif step == steps.PERSON:
        given |= pages.recognised(given)
        # Kept beside its code, so that the last page need not ask for it again.
        given["region_name"] = dict(material.choices["region"])[given["region"]]
    elif step == steps.CONSENT:
        given |= stamp(request)
    return given


def _onward(step: str, draft: AppealDraft) -> str:
    if step == steps.WHAT and draft.data[steps.WHAT]["alarm"]:
        return reverse("appeal_danger")
    if (
        step == steps.WHAT
        and draft.data[steps.WHAT]["kind"] == Kind.CONSULTATION
        and steps.TOPIC not in draft.data
    ):
        return reverse("appeal_answers")
    if step == steps.TOPIC and draft.data[steps.TOPIC].get("outside"):
        return reverse("appeal_outside")
    return url_of(steps.after(step, draft.data))


def _show(
    request: HttpRequest, step: str, draft: AppealDraft, form: StepForm, material: Material
) -> HttpResponse:
    answers = draft.data
    number, total = steps.place(step, answers)
    earlier = steps.before(step, answers)
    page = pages.PAGES[step]
    context: dict[str, Any] = {
        "form": form,
        "heading": pages.heading(step, answers),
        "lead": page.lead,
        "heading_asks": page.heading_asks,
        "step": number,
        "steps_total": total,
        "back_url": url_of(earlier) if earlier else reverse("home"),
        "action": url_of(step),
    }
    if step == steps.WHAT:
        context["alarm"] = alarming(str(form["text"].value() or ""))
        brought = brought_topics(request) or answers.get(step, {}).get("topics", [])
        context["topics"] = " ".join(brought)
    elif step == steps.TOPIC:
        context |= _topic_groups(form, answers, material.topics, clean_line(request.GET.get("q", ""))[:100])
    elif step == steps.CONSENT:
        context["consent"] = material.consent
    return render(request, page.template, context)


def _topic_groups(
    form: StepForm, answers: steps.Answers, topics: Sequence[AppealTopic], query: str
) -> dict[str, Any]:
    """Radios in groups: the likely ones open, the rest behind their headings; each topic stands once.

    What was typed into the search of the page takes the place of the guess from the text.
    """
    kind = answers[steps.WHAT]["kind"]
    suggested = find(query, topics) if query else likely(answers[steps.WHAT]["text"], topics)
    hint = hinted(answers[steps.WHAT], topics)
    if not query and hint is not None and hint not in {topic.code for topic in suggested}:
        suggested = [topic for topic in topics if topic.code == hint] + suggested
    chosen = form["topic"].value()
    left = [topic for topic in topics if topic not in suggested]
    groups = [
        {
            "title": group.title,
            "topics": group.topics,
            "open": any(topic.code == chosen for topic in group.topics),
        }
        for group in grouped(kind, left)
    ]
    if not suggested and groups and not any(group["open"] for group in groups):
        groups[0]["open"] = True
    return {
        "suggested": suggested,
        "groups": groups,
        "chosen": chosen,
        "single": len(topics) <= 8,
        "q": query,
    }


@by_secret
@never_cache
@require_http_methods(["GET"])
def danger(request: HttpRequest) -> HttpResponseBase:
    """Shown once after words that may mean danger to life; the way on is one link."""
    opened = door(request, now=timezone.now())
    if opened.draft is None:
        return HttpResponseRedirect(reverse("appeal_new"))
    onward = url_of(steps.after(steps.WHAT, opened.draft.data))
    return render(request, "appeals/citizen/danger.html", {"next_url": onward})


def person_warnings(answers: steps.Answers) -> list[str]:
    """What a reader should look at again, without being stopped by it."""
    given = answers.get(steps.PERSON, {})
    if not given.get("enp"):
        return []
    return enp_warnings(given["enp"], date.fromisoformat(given["birth_date"]))
