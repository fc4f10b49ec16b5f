"""Three questions after the answer, opened by the secret of the message; once."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from appeals import services
from appeals.citizen.fields import StoryField
from appeals.models import AppealSurvey, Solved
from registry.access import by_secret

COMMENT_LIMIT = 2_000
MARKS = [
    ("5", gettext_lazy("5, very satisfied")),
    ("4", gettext_lazy("4, rather satisfied")),
    ("3", gettext_lazy("3, so-so")),
    ("2", gettext_lazy("2, rather not")),
    ("1", gettext_lazy("1, not at all")),
]


class SurveyForm(forms.Form):
    solved = forms.ChoiceField(
        label=gettext_lazy("Has your question been solved?"),
        choices=Solved.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose whether your question has been solved")},
    )
    satisfaction = forms.ChoiceField(
        label=gettext_lazy("Are you satisfied with how you were helped?"),
        choices=MARKS,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose a mark from 1 to 5")},
    )
    comment = StoryField(
        label=gettext_lazy("What could we do better?"),
        limit=COMMENT_LIMIT,
        rows=4,
        counter="comment-left",
        required=False,
    )


@by_secret
@never_cache
@require_http_methods(["GET", "POST"])
def survey(request: HttpRequest, secret: str) -> HttpResponseBase:
    """GET never writes: scanners of mail follow links. 404 for a secret that is not ours."""
    now = timezone.now()
    rows = AppealSurvey.objects.select_related("appeal__region", "appeal__topic")
    asked = rows.filter(secret=secret, answered_at__gt=now - services.SURVEY_OPEN_FOR).first()
    if asked is None:
        raise Http404
    if request.method == "POST" and "refuse" in request.POST:
        services.refuse_surveys(appeal=asked.appeal, now=now)
        return _show(request, {"refused": True, "heading": _("We will not ask you again")})
    if asked.given_at is not None:
        return _show(request, {"given": True, "heading": _("Thank you, you have answered already")})
    form = SurveyForm(
        request.POST if request.method == "POST" else None, initial={"solved": request.GET.get("solved", "")}
    )
    if form.is_valid():
        given = form.cleaned_data
        services.give_survey(
            secret=secret,
            solved=given["solved"],
            satisfaction=int(given["satisfaction"]),
            comment=given["comment"],
            now=now,
        )
        heading = _("Thank you for your answer")
        return _show(request, {"given": True, "unsolved": given["solved"] != Solved.YES, "heading": heading})
    context = {"form": form, "appeal": asked.appeal, "heading": _("How did we help you?")}
    return _show(request, context, 422 if form.errors else 200)


def _show(request: HttpRequest, context: dict[str, Any], status: int = 200) -> HttpResponse:
    return render(request, "appeals/citizen/survey.html", context, status=status)
