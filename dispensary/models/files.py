"""Files that clinics send, the rows of a file at work, what was wrong with them, and the facts taken from them.

The faults of a file are written set-wise, hundreds of thousands at a time: their table carries no triggers and no
index that a page does not need.
"""

from typing import Any, ClassVar, Self
from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dispensary.models.campaigns import READERS, Round
from dispensary.models.reference import Programme
from registry.models import Clinic, InsuredPerson, Organization, Region, User
from registry.scoping import Role, Scope, ScopedQuerySet


class FileKindChoice(models.TextChoices):
    """The kinds of `dispensary.files.kinds`."""

    NAME_LIST = "name_list", _("name list")
    RESULTS = "results", _("results of exams")
    OBSERVATION = "observation", _("dispensary observation")
    CAPACITY = "capacity", _("free places")
    ADVICE = "advice", _("recommendations after the exam")
    HOSPITAL = "hospital", _("planned hospital care")


class FileState(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("file", "waiting its turn")
    READING = "reading", pgettext_lazy("file", "being checked")
    APPLYING = "applying", pgettext_lazy("file", "being taken in")
    DONE = "done", pgettext_lazy("file", "done")
    REJECTED = "rejected", pgettext_lazy("file", "rejected, nothing changed")


def stored_name(instance: "ClinicFile", filename: str) -> str:
    """A name that says nothing: the given one may hold anything."""
    return f"clinic-files/{instance.region_id}/{instance.key}"


class ClinicFileQuerySet(ScopedQuerySet["ClinicFile"]):
    def visible_to(self, scope: Scope) -> Self:
        """The clinic's own staff; the fund's administrator in the region."""
        clinics = scope.clinics(Role.CLINIC_STAFF)
        regions = scope.regions(Role.FUND_ADMIN)
        return self.any_of(
            Q(clinic__in=clinics) if clinics else None,
            Q(region__in=regions) if regions else None,
        )


class ClinicFile(models.Model):
    """One file of one clinic and how far its reading has come."""

    key = models.UUIDField(_("key"), default=uuid4, unique=True, editable=False)
    clinic = models.ForeignKey(
        Clinic, on_delete=models.PROTECT, db_index=False, related_name="+", verbose_name=_("clinic")
    )
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, db_index=False, related_name="+", verbose_name=_("region")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=FileKindChoice)
    name = models.CharField(_("file name"), max_length=120)
    file = models.FileField(_("file"), upload_to=stored_name, blank=True)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    sha256 = models.CharField(_("checksum"), max_length=64)
    format = models.CharField(_("format"), max_length=4, blank=True)
    encoding = models.CharField(_("encoding"), max_length=20, blank=True)
    declared_rows = models.PositiveIntegerField(_("rows as declared"), null=True, blank=True)
    # Empty for a file that an administrator imported by the command.
    sent_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("sent by")
    )
    sent_at = models.DateTimeField(_("sent at"))

    state = models.CharField(_("state"), max_length=8, choices=FileState, default=FileState.WAITING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    # A worker that dies leaves the lease behind; whoever comes after it begins anew.
    lease_until = models.DateTimeField(_("held by a worker until"), null=True, blank=True)
    rows_read = models.PositiveIntegerField(_("rows read"), default=0)
    own_rows = models.PositiveIntegerField(_("rows in order"), default=0)
    foreign_rows = models.PositiveIntegerField(_("rows of another clinic"), default=0)
    foreign_code = models.CharField(_("code of another clinic"), max_length=20, blank=True)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    rejected_code = models.CharField(_("why rejected"), max_length=30, blank=True)
    rejected_text = models.CharField(_("why rejected, in words"), max_length=500, blank=True)
    # What became of the rows: taken + same + bad + doubtful = rows_read.
    taken = models.PositiveIntegerField(_("rows taken in"), default=0)
    same = models.PositiveIntegerField(_("rows already known"), default=0)
    bad = models.PositiveIntegerField(_("rows with errors"), default=0)
    doubtful = models.PositiveIntegerField(_("doubtful rows"), default=0)

    objects = ClinicFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("clinic file")
        verbose_name_plural = _("clinic files")
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["clinic", "kind", "sha256"], condition=~Q(state="rejected"), name="clinicfile_once"
            ),
            models.CheckConstraint(condition=Q(state__in=FileState.values), name="clinicfile_state"),
            models.CheckConstraint(condition=Q(kind__in=FileKindChoice.values), name="clinicfile_kind"),
            models.CheckConstraint(
                condition=Q(state__in=["done", "rejected"], finished_at__isnull=False)
                | ~Q(state__in=["done", "rejected"]) & Q(finished_at__isnull=True),
                name="clinicfile_finished",
            ),
            models.CheckConstraint(
                condition=Q(state="rejected") & ~Q(rejected_code="")
                | ~Q(state="rejected") & Q(rejected_code=""),
                name="clinicfile_rejected",
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(rows_read=F("taken") + F("same") + F("bad") + F("doubtful")),
                name="clinicfile_sum",
            ),
        ]
        indexes = [
            models.Index(fields=["clinic", "-id"], name="clinicfile_of_clinic"),
            models.Index(fields=["region", "-id"], name="clinicfile_of_region"),
            # Whose originals are still kept.
            models.Index(fields=["finished_at"], condition=~Q(file=""), name="clinicfile_kept"),
            # What workers look for; finished files pile up over the years.
            models.Index(
                fields=["id"], condition=~Q(state__in=["done", "rejected"]), name="clinicfile_waiting"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_finished(self) -> bool:
        return self.state in {FileState.DONE, FileState.REJECTED}


class OfFileQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, scope: Scope) -> Self:
        """Whoever sees the file."""
        return self.filter(file__in=ClinicFile.objects.visible_to(scope).values("pk"))


class ClinicFileRow(models.Model):
    """A row in order that may be about several people or another one: it waits for a person's decision.

    `values` are those of the kind's fields, in their order.
    """

    pk = models.CompositePrimaryKey("file", "row")
    file = models.ForeignKey(ClinicFile, on_delete=models.CASCADE, db_index=False, verbose_name=_("file"))
    row = models.PositiveIntegerField(_("row"))
    hash = models.UUIDField(_("mark of the content"))
    values = ArrayField(models.TextField(), verbose_name=_("values"))

    objects = OfFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("doubtful row of a clinic file")
        verbose_name_plural = _("doubtful rows of clinic files")

    def __str__(self) -> str:
        return f"{self.file_id}: {self.row}"


class ClinicFileFault(models.Model):
    """One line of the protocol: the row, the field, what is wrong; the words are in `dispensary.files.codes`."""

    file = models.ForeignKey(ClinicFile, on_delete=models.CASCADE, db_index=False, verbose_name=_("file"))
    row = models.PositiveIntegerField(_("row"))
    field = models.CharField(_("field"), max_length=20, blank=True)
    code = models.CharField(_("code"), max_length=30)
    value = models.CharField(_("what stood there"), max_length=100, blank=True)

    objects = OfFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("fault in a clinic file")
        verbose_name_plural = _("faults in clinic files")
        indexes = [
            models.Index(fields=["file", "row", "id"], name="clinicfilefault_by_row"),
            models.Index(fields=["file", "code", "row", "id"], name="clinicfilefault_by_code"),
        ]

    def __str__(self) -> str:
        return f"{self.file_id}: {self.row} {self.code}"


class FactQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, scope: Scope) -> Self:
        """One's own and the wards'; the clinic that stated it; the insurer's staff from level 2; the fund."""
        insurers = scope.organizations(*READERS)
        regions = scope.regions(Role.FUND_ADMIN)
        clinics = scope.clinics(Role.CLINIC_STAFF)
        return self.any_of(
            Q(person__in=scope.own_people) if scope.own_people else None,
            Q(insurer__in=insurers) if insurers else None,
            Q(region__in=regions) if regions else None,
            Q(clinic__in=clinics) if clinics else None,
        )


class HealthQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, scope: Scope) -> Self:
        """A result is medical: one's own and the wards'; level 3 of the insurer; the clinic that examined."""
        insurers = scope.organizations(Role.EXPERT)
        clinics = scope.clinics(Role.CLINIC_STAFF)
        return self.any_of(
            Q(person__in=scope.own_people) if scope.own_people else None,
            Q(insurer__in=insurers) if insurers else None,
            Q(clinic__in=clinics) if clinics else None,
        )


class Fact(models.Model):
    """What a clinic states of one person in one programme and year. `hash` tells a repeated row from a new one."""

    person = models.ForeignKey(
        InsuredPerson,
        on_delete=models.PROTECT,
        db_index=False,
        related_name="+",
        verbose_name=_("insured person"),
    )
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, db_index=False, related_name="+", verbose_name=_("region")
    )
    insurer = models.ForeignKey(
        Organization, on_delete=models.PROTECT, db_index=False, related_name="+", verbose_name=_("insurer")
    )
    clinic = models.ForeignKey(
        Clinic, on_delete=models.PROTECT, db_index=False, related_name="+", verbose_name=_("clinic")
    )
    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, db_index=False, related_name="+", verbose_name=_("programme")
    )
    year = models.PositiveSmallIntegerField(_("year"))
    hash = models.UUIDField(_("mark of the content"))
    stated_at = models.DateTimeField(_("stated at"))

    class Meta:
        abstract = True


class PlannedExam(Fact):
    """A clinic's plan for one person: when it waits for them, and by when they must have been told."""

    round = models.PositiveSmallIntegerField(_("round"), choices=Round)
    plan_from = models.DateField(_("planned from"), null=True, blank=True)
    plan_to = models.DateField(_("planned to"), null=True, blank=True)
    inform_by = models.DateField(_("inform by"))

    objects = FactQuerySet.as_manager()

    class Meta:
        verbose_name = _("planned exam")
        verbose_name_plural = _("planned exams")
        constraints = [
            models.UniqueConstraint(fields=["person", "programme", "year", "round"], name="plannedexam_once"),
            models.CheckConstraint(
                condition=Q(plan_from__isnull=True)
                | Q(plan_to__isnull=True)
                | Q(plan_to__gte=F("plan_from")),
                name="plannedexam_period",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.programme_id} {self.year}"


class HealthGroup(models.TextChoices):
    ONE = "1", _("I: healthy")
    TWO = "2", _("II: risk factors")
    THREE_A = "3a", _("IIIа: chronic disease, needs observation")
    THREE_B = "3b", _("IIIб: another condition, needs observation")


class ExamResult(Fact):
    """What came of one person's exam: came, how far, with what health group; or refused, and why."""

    came_on = models.DateField(_("came on"), null=True, blank=True)
    stage1_on = models.DateField(_("first stage finished on"), null=True, blank=True)
    stage2_on = models.DateField(_("second stage finished on"), null=True, blank=True)
    stage2_needed = models.BooleanField(_("sent to the second stage"), default=False)
    health_group = models.CharField(_("health group"), max_length=2, choices=HealthGroup, blank=True)
    refused_on = models.DateField(_("refused on"), null=True, blank=True)
    refusal_reason = models.CharField(_("why refused"), max_length=300, blank=True)

    objects = HealthQuerySet.as_manager()

    class Meta:
        verbose_name = _("result of an exam")
        verbose_name_plural = _("results of exams")
        constraints = [
            models.UniqueConstraint(fields=["person", "programme", "year"], name="examresult_once"),
            models.CheckConstraint(
                condition=Q(refused_on__isnull=True, refusal_reason="")
                & (Q(came_on__isnull=False) | Q(stage1_on__isnull=False))
                | Q(refused_on__isnull=False, came_on__isnull=True, stage1_on__isnull=True)
                & ~Q(refusal_reason=""),
                name="examresult_came_or_refused",
            ),
            models.CheckConstraint(
                condition=Q(stage1_on__isnull=False) & ~Q(health_group="")
                | Q(stage1_on__isnull=True, stage2_on__isnull=True, health_group=""),
                name="examresult_group",
            ),
            models.CheckConstraint(
                condition=Q(health_group__in=["", *HealthGroup.values]), name="examresult_group_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.programme_id} {self.year}"
