"""Form ЗПЗ between insurer and fund: its rows as dated reference data, each form, its versions and its story.

Versions and events are append-only in the database. A form remembers three numbers of versions: the latest, the
one last handed to the fund, and the one last accepted, which counts in the region's form until another is accepted.
"""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registry.models import Organization, Region, User
from registry.models.dated import Dated, dated_constraints
from registry.scoping import Role, Scope, ScopedQuerySet
from representatives.zpz import periods
from representatives.zpz.layout import TABLES, Filled, Row
from representatives.zpz.workflow import Action, Status

TABLE_CHOICES = [(code, table.short) for code, table in TABLES.items()]


class ZpzStatus(models.TextChoices):
    DRAFT = Status.DRAFT, pgettext_lazy("official form", "draft")
    CHECKED = Status.CHECKED, pgettext_lazy("official form", "checked")
    SUBMITTED = Status.SUBMITTED, pgettext_lazy("official form", "handed over to the fund")
    ACCEPTED = Status.ACCEPTED, pgettext_lazy("official form", "accepted")
    RETURNED = Status.RETURNED, pgettext_lazy("official form", "returned")


class ZpzAction(models.TextChoices):
    COUNT = Action.COUNT, pgettext_lazy("official form", "counted")
    ENTER = Action.ENTER, pgettext_lazy("official form", "rows filled in by hand")
    CHECK = Action.CHECK, pgettext_lazy("official form", "checked")
    SUBMIT = Action.SUBMIT, pgettext_lazy("official form", "handed over to the fund")
    RECALL = Action.RECALL, pgettext_lazy("official form", "taken back")
    APPROVE = Action.APPROVE, pgettext_lazy("official form", "approved by the fund")
    ACCEPT = Action.ACCEPT, pgettext_lazy("official form", "accepted")
    RETURN = Action.RETURN, pgettext_lazy("official form", "returned")
    CORRECT = Action.CORRECT, pgettext_lazy("official form", "correction begun")


class ZpzRow(Dated):
    """A row of tables 9 and 10. The rows of table 1 are the topics of appeals.

    `measure` names what the portal counts for the row, see `omsportal.zpz`; a row of another edition may carry
    another code and other words for the same measure.
    """

    table = models.CharField(_("table"), max_length=2, choices=TABLE_CHOICES)
    position = models.PositiveSmallIntegerField(_("position"))
    code = models.CharField(_("row"), max_length=12)
    parent = models.CharField(_("part of the row"), max_length=12, blank=True)
    title = models.CharField(_("title"), max_length=250)
    measure = models.CharField(_("what is counted"), max_length=20)
    whole = models.BooleanField(_("sub-rows add up to it"), default=False)
    entered = models.BooleanField(_("filled in by hand"), default=False)
    only_total = models.BooleanField(_("has a total alone"), default=False)

    version_key = ("table", "code")

    class Meta:
        verbose_name = _("row of an official form")
        verbose_name_plural = _("rows of official forms")
        ordering = ["table", "position"]
        constraints = dated_constraints(
            models.UniqueConstraint(fields=["table", "code", "valid_from"], name="zpzrow_one_per_day"),
            models.CheckConstraint(condition=Q(table__in=["9", "10"]), name="zpzrow_table"),
            models.CheckConstraint(
                condition=Q(
                    measure__regex=r"^(people|trained)(:[123])?$"
                    r"|^(due|excluded|repeated|entered)$|^informed(:[a-z]+)?$"
                ),
                name="zpzrow_measure",
                violation_error_message=_("The portal does not know how to count this."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.table}/{self.code}"

    def as_row(self) -> Row:
        return Row(
            self.code,
            self.title,
            measure=self.measure,
            whole=self.whole,
            entered=self.entered,
            only_total=self.only_total,
            confirmed=self.confirmed,
            parent=self.parent,
        )


def seen_by(scope: Scope, prefix: str = "", number: str = "") -> list[Q | None]:
    """The filer sees everything of the own forms, the fund what was handed over to it. `number` is the field of a
    version or event that must not be later than what was handed over."""
    own = scope.organizations(Role.SUPERVISOR) | scope.funds(Role.FUND_ADMIN)
    regions = scope.regions(Role.FUND_ADMIN)
    handed = Q(**{f"{prefix}submitted_number__isnull": False, f"{prefix}region__in": regions})
    if number:
        handed &= Q(**{f"{number}__lte": F(f"{prefix}submitted_number")})
    return [
        Q(**{f"{prefix}organization__in": own}) if own else None,
        handed if regions else None,
    ]


class ZpzReportQuerySet(ScopedQuerySet["ZpzReport"]):
    def visible_to(self, scope: Scope) -> Self:
        return self.any_of(*seen_by(scope))


class ZpzReport(models.Model):
    """One table of the form, of one organisation, for one period."""

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="+", verbose_name=_("organisation")
    )
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+", verbose_name=_("region"))
    table = models.CharField(_("table"), max_length=2, choices=TABLE_CHOICES)
    year = models.PositiveSmallIntegerField(_("year"))
    period = models.CharField(_("period"), max_length=3, choices=periods.choices())
    status = models.CharField(_("state"), max_length=10, choices=ZpzStatus, default=ZpzStatus.DRAFT)
    number = models.PositiveIntegerField(_("latest version"), default=0)
    submitted_number = models.PositiveIntegerField(_("version handed over"), null=True, blank=True)
    accepted_number = models.PositiveIntegerField(_("version accepted"), null=True, blank=True)
    return_reason = models.TextField(_("why it was returned"), blank=True)
    changed_at = models.DateTimeField(_("changed at"))

    objects = ZpzReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("official form")
        verbose_name_plural = _("official forms")
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["organization", "table", "year", "period"], name="zpzreport_one_a_period"
            ),
            models.CheckConstraint(condition=Q(status__in=ZpzStatus.values), name="zpzreport_status"),
            models.CheckConstraint(
                condition=Q(table__in=sorted(TABLES), period__in=periods.CODES)
                & Q(year__range=(periods.FIRST_YEAR, periods.LAST_YEAR)),
                name="zpzreport_what",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["submitted", "accepted", "returned"])
                | Q(submitted_number__isnull=False, submitted_number=F("number")),
                name="zpzreport_handed_over",
            ),
            models.CheckConstraint(
                condition=~Q(status="accepted")
                | Q(accepted_number__isnull=False, accepted_number=F("number")),
                name="zpzreport_accepted",
            ),
            models.CheckConstraint(
                condition=Q(status="returned") & ~Q(return_reason="")
                | ~Q(status="returned") & Q(return_reason=""),
                name="zpzreport_returned",
            ),
            models.CheckConstraint(
                condition=(Q(submitted_number__isnull=True) | Q(submitted_number__lte=F("number")))
                & (
                    Q(accepted_number__isnull=True)
                    | Q(submitted_number__isnull=False, accepted_number__lte=F("submitted_number"))
                ),
                name="zpzreport_numbers",
            ),
        ]
        indexes = [models.Index(fields=["region", "year", "period"], name="zpzreport_of_region")]

    def __str__(self) -> str:
        return f"{self.organization_id} {self.table} {self.period} {self.year}"

    @property
    def span(self) -> periods.Period:
        return periods.Period(self.year, self.period)


class OfReportQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, scope: Scope) -> Self:
        return self.any_of(*seen_by(scope, "report__", "number"))


class ZpzVersion(models.Model):
    """The figures of a form as they were counted once, with the words of their rows."""

    report = models.ForeignKey(ZpzReport, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    rows = models.JSONField(_("figures"))
    sha256 = models.CharField(_("hash of the content"), max_length=64)
    counted_at = models.DateTimeField(_("counted at"))
    # The count of appeals that table 1 was made from; the rows behind its figures are asked for by this number.
    run = models.BigIntegerField(_("count of appeals"), null=True)
    # When the version came to be; later than the counting where rows were filled in by hand.
    made_at = models.DateTimeField(_("made at"))
    made_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("made by")
    )

    objects = OfReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("version of an official form")
        verbose_name_plural = _("versions of official forms")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["report", "number"], name="zpzversion_once"),
            models.CheckConstraint(
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$", number__gte=1), name="zpzversion_shape"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report_id}/{self.number}"

    @property
    def filled(self) -> Filled:
        return Filled.from_json(self.report.table, self.rows)


class ZpzEvent(models.Model):
    """One step of a form: who, when, with which version."""

    report = models.ForeignKey(ZpzReport, on_delete=models.PROTECT, related_name="events")
    number = models.PositiveIntegerField(_("version"))
    at = models.DateTimeField(_("at"))
    actor = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("who")
    )
    action = models.CharField(_("what"), max_length=10, choices=ZpzAction)
    note = models.TextField(_("reason"), blank=True)

    objects = OfReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("step of an official form")
        verbose_name_plural = _("steps of official forms")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(action__in=ZpzAction.values), name="zpzevent_action")
        ]

    def __str__(self) -> str:
        return f"{self.report_id} {self.action}"
