"""The editors' form of an answer."""

from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from appeals.models import AppealTopic, Article, ArticleVersion, Section
from appeals.models.knowledge import SLUG
from registry.models.dated import valid_on

_DAY = {"widget": forms.DateInput(attrs={"type": "date", "class": "w-date"}, format="%Y-%m-%d")}
_TOO_FAR = timedelta(days=730)


class ArticleForm(forms.Form):
    """One version of an answer. `today` is the day in the base's zone."""

    title = forms.CharField(
        label=_("Question"),
        max_length=150,
        help_text=_("As people ask it, in their words. For example: Потерял полис. Как его восстановить?"),
    )
    section = forms.ChoiceField(label=_("Section"), choices=Section.choices, widget=forms.RadioSelect)
    summary = forms.CharField(
        label=_("Short answer"),
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Two or three sentences that answer the question. Many read only these."),
    )
    body = forms.CharField(
        label=_("Full answer"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 18}),
        help_text=_("Markdown: ## heading, 1. step, - item, **bold**, [words](/help/address/)."),
    )
    keywords = forms.CharField(
        label=_("Words people use for it"),
        max_length=600,
        required=False,
        help_text=_("Separated by commas. They are searched and not shown."),
    )
    topics = forms.CharField(
        label=_("Topics of appeals"),
        max_length=200,
        help_text=_(
            "Codes with spaces between; the first is chosen for whoever still needs help. For example: 2.3 4.2"
        ),
    )
    related = forms.CharField(
        label=_("Related answers"),
        max_length=400,
        required=False,
        help_text=_("Addresses separated by spaces, six at most."),
    )
    norm = forms.CharField(
        label=_("The norm it rests on"), max_length=600, widget=forms.Textarea(attrs={"rows": 3})
    )
    source = forms.CharField(label=_("Where it was checked"), max_length=300, required=False)
    confirmed = forms.BooleanField(
        label=_("I have read the norm itself, and the answer agrees with it"), required=False
    )
    checked_on = forms.DateField(label=_("Checked on"), **_DAY)  # type: ignore[arg-type]
    valid_from = forms.DateField(
        label=_("Valid from"),
        help_text=_("A later day may be given: until then the present answer stays."),
        **_DAY,  # type: ignore[arg-type]
    )
    # When the draft that this page was opened with had been saved; empty where there was none.
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, today: date, slug: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today, self.own_slug = today, slug

    def clean_topics(self) -> list[str]:
        codes = list(dict.fromkeys(self.cleaned_data["topics"].replace(",", " ").split()))
        rows = AppealTopic.objects.filter(valid_on(self.today), code__in=codes, selectable=True)
        if unknown := set(codes) - set(rows.values_list("code", flat=True)):
            raise ValidationError(
                _("There is no such topic: %(codes)s"), params={"codes": ", ".join(sorted(unknown))}
            )
        return codes

    def clean_related(self) -> list[str]:
        slugs = list(dict.fromkeys(self.cleaned_data["related"].replace(",", " ").split()))
        if len(slugs) > 6:
            raise ValidationError(_("Six related answers at most."))
        known = Article.objects.filter(slug__in=slugs, current__isnull=False).values_list("slug", flat=True)
        if unknown := set(slugs) - set(known) | {slug for slug in slugs if slug == self.own_slug}:
            raise ValidationError(
                _("There is no other published answer with this address: %(slugs)s"),
                params={"slugs": ", ".join(sorted(unknown))},
            )
        return slugs

    def clean_checked_on(self) -> date:
        day: date = self.cleaned_data["checked_on"]
        if day > self.today:
            raise ValidationError(_("The day of the check cannot lie in the future."))
        return day

    def clean_valid_from(self) -> date:
        day: date = self.cleaned_data["valid_from"]
        if day < self.today:
            raise ValidationError(_("A new text cannot be valid from a day that has passed."))
        if day > self.today + _TOO_FAR:
            raise ValidationError(_("This day is more than two years away."))
        return day

    def clean_seen(self) -> datetime | None:
        given = self.cleaned_data["seen"]
        try:
            return datetime.fromisoformat(given) if given else None
        except ValueError as error:
            raise ValidationError(_("Open the page again.")) from error


class NewArticleForm(ArticleForm):
    slug = forms.CharField(
        label=_("Address"),
        max_length=60,
        validators=[SLUG],
        help_text=_("It stays for ever, so that links keep working. For example: vosstanovit-polis"),
    )
    field_order = ["title", "slug"]

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"]
        if slug in {"search", "new"} or Article.objects.filter(slug=slug).exists():
            raise ValidationError(_("Another answer has this address."))
        return slug


class NoteForm(forms.Form):
    note = forms.CharField(label=_("Note"), max_length=300, required=False)


def initial_of(version: ArticleVersion, *, today: date) -> dict[str, Any]:
    """What the form of a new version begins with."""
    return {
        "title": version.title,
        "section": version.section,
        "summary": version.summary,
        "body": version.body,
        "keywords": version.keywords,
        "topics": " ".join(version.topics),
        "related": " ".join(version.related),
        "norm": version.norm,
        "source": version.source,
        "confirmed": version.confirmed,
        "checked_on": version.checked_on,
        "valid_from": max(version.valid_from, today),
    }
