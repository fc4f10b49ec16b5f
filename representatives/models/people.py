from datetime import date
from typing import Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import BigIntegerField, Exists, F, OuterRef, Q, Value
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext_lazy as _

from registry.identifiers import check
from registry.models import Clinic, InsuredPerson, Organization, Region, User
from registry.models.dated import valid_on
from registry.models.people import SortKey
from registry.scoping import Role, Scope, ScopedQuerySet
from representatives.models import ranges


class Level(models.IntegerChoices):
    FIRST = 1, _("Level 1, contact centre")
    SECOND = 2, _("Level 2, specialist")
    THIRD = 3, _("Level 3, specialist-expert")


class ContactCentre(models.TextChoices):
    REGIONAL = "regional", _("regional")
    FEDERAL = "federal", _("federal")


class EmploymentType(models.TextChoices):
    STAFF = "staff", _("on the staff")
    CONTRACT = "contract", _("under a civil-law contract")


def seen_by(scope: Scope, prefix: str = "") -> list[Q | None]:
    """Who sees a representative's record, and with a prefix the records that hang on it.

    The supervisor sees the own organisation's people, the fund's administrator those of the region. What a
    citizen needs is published and comes from selectors of its own.
    """
    organizations = scope.organizations(Role.SUPERVISOR)
    regions = scope.regions(Role.FUND_ADMIN)
    return [
        Q(**{f"{prefix}organization__in": organizations}) if organizations else None,
        Q(**{f"{prefix}region__in": regions}) if regions else None,
    ]


class RepresentativeQuerySet(ScopedQuerySet["Representative"]):
    def visible_to(self, scope: Scope) -> Self:
        return self.any_of(*seen_by(scope))

    def working_on(self, day: date) -> Self:
        """Employed on that day; the day of leaving is the last one."""
        return self.filter(Q(left_on__isnull=True) | Q(left_on__gte=day), hired_on__lte=day)


def trained_on(day: date) -> Exists:
    """Whether a representative holds a certificate of special training on that day, for `annotate`."""
    root = Coalesce(OuterRef("root"), OuterRef("pk"))
    return Exists(Training.objects.filter(representative=root).valid(day))


class Representative(models.Model):
    """An insurance representative: an employee who helps insured people, on one of three levels.

    A change of level, contact centre or employment is a new row, and the old one gets `left_on`: so the staff of
    any past day stays what it was. Within one employer the rows of a person hang together by `root`, the first of
    them, which carries the certificates. The insurance number ties a person together across employers: nobody
    works at two places, or in two positions, on one day.
    """

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="representatives", verbose_name=_("organisation")
    )
    region = models.ForeignKey(Region, on_delete=models.PROTECT, verbose_name=_("region"))
    level = models.PositiveSmallIntegerField(_("level"), choices=Level)
    contact_centre = models.CharField(_("contact centre"), max_length=10, choices=ContactCentre, blank=True)
    employment_type = models.CharField(
        _("employment"), max_length=10, choices=EmploymentType, default=EmploymentType.STAFF
    )
    last_name = models.CharField(_("last name"), max_length=100)
    first_name = models.CharField(_("first name"), max_length=100)
    middle_name = models.CharField(_("patronymic"), max_length=100, blank=True)
    sort_key = models.GeneratedField(
        expression=SortKey(), output_field=models.CharField(max_length=310, db_collation="C"), db_persist=True
    )
    snils = models.CharField(_("SNILS"), max_length=11, blank=True)
    root = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="continued",
        verbose_name=_("first position at this employer"),
    )
    user = models.OneToOneField(
        User,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="representative",
        verbose_name=_("user"),
    )
    # Published to citizens; empty means that the organisation's hotline is shown instead.
    phone = models.CharField(_("published phone"), max_length=20, blank=True)
    email = models.EmailField(_("published e-mail"), blank=True)
    specialty = models.CharField(_("specialty"), max_length=100, blank=True)
    expert_register_number = models.CharField(
        _("number in the register of experts"), max_length=30, blank=True
    )
    hired_on = models.DateField(_("hired on"))
    left_on = models.DateField(_("last day at work"), null=True, blank=True)
    works_from = models.TimeField(_("works from"), null=True, blank=True)
    works_until = models.TimeField(_("works until"), null=True, blank=True)
    capacity = models.PositiveSmallIntegerField(_("open cases at a time"), default=20)
    is_sample = models.BooleanField(_("sample data"), default=False)

    objects = RepresentativeQuerySet.as_manager()

    class Meta:
        verbose_name = _("representative")
        verbose_name_plural = _("representatives")
        constraints = [
            models.CheckConstraint(
                condition=Q(level=Level.FIRST, contact_centre__in=ContactCentre.values)
                | Q(level__in=[Level.SECOND, Level.THIRD], contact_centre=""),
                name="representative_contact_centre",
                violation_error_message=_("Only level 1 works in a contact centre, and always in one."),
            ),
            models.CheckConstraint(
                condition=Q(level=Level.THIRD) | Q(expert_register_number=""),
                name="representative_expert_level",
                violation_error_message=_("Only level 3 is entered in the register of experts."),
            ),
            models.CheckConstraint(
                condition=Q(employment_type__in=EmploymentType.values), name="representative_employment"
            ),
            models.CheckConstraint(
                condition=Q(left_on__isnull=True) | Q(left_on__gte=F("hired_on")),
                name="representative_term",
                violation_error_message=_("The last day is before the first one."),
            ),
            models.CheckConstraint(
                condition=Q(works_from__isnull=True, works_until__isnull=True)
                | Q(works_from__isnull=False, works_until__isnull=False, works_until__gt=F("works_from")),
                name="representative_hours_paired",
                violation_error_message=_("Working hours need a beginning and a later end."),
            ),
            models.CheckConstraint(
                condition=Q(snils="") | Q(snils__regex=r"^[0-9]{11}$"), name="representative_snils_shape"
            ),
            ExclusionConstraint(
                name="representative_one_place",
                expressions=[
                    ranges.same(Cast(F("snils"), BigIntegerField())),
                    ranges.days("hired_on", "left_on"),
                ],
                condition=~Q(snils=""),
                violation_error_message=_(
                    "A person with this SNILS already works as a representative at that time, here or at another "
                    "organisation. Let that end first, or correct the dates."
                ),
            ),
            # Rows that carry the employer are tied to this pair: see migration 0002.
            models.UniqueConstraint(fields=["id", "organization"], name="representative_id_organization"),
        ]
        indexes = [
            models.Index(fields=["region", "organization", "level"], name="representative_staffing"),
            models.Index(fields=["organization", "sort_key", "id"], name="representative_by_name"),
            models.Index(fields=["region", "sort_key", "id"], name="representative_region_name"),
        ]

    def __str__(self) -> str:
        return self.full_name

    def clean(self) -> None:
        """The insurance number is checked by its own digits; the region is the employer's."""
        if self.snils:
            found = check("snils", self.snils)
            if found.errors:
                raise ValidationError({"snils": [error.text for error in found.errors]})
            self.snils = found.normalised

    @property
    def full_name(self) -> str:
        return " ".join(part for part in (self.last_name, self.first_name, self.middle_name) if part)

    @property
    def root_id_or_own(self) -> int:
        """The row that carries the person's certificates."""
        return self.root_id or self.pk

    def works_on(self, day: date) -> bool:
        return self.hired_on <= day and (self.left_on is None or day <= self.left_on)


class TrainingQuerySet(ScopedQuerySet["Training"]):
    def visible_to(self, scope: Scope) -> Self:
        return self.any_of(*seen_by(scope, "representative__"))

    def valid(self, day: date) -> Self:
        return self.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day), passed_on__lte=day)


class Training(models.Model):
    """Special training passed, proved by a certificate."""

    representative = models.ForeignKey(
        Representative, on_delete=models.CASCADE, related_name="trainings", verbose_name=_("representative")
    )
    # Repeated from the representative, so that the database can hold certificates unique within an employer.
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="+", verbose_name=_("organisation")
    )
    certificate_number = models.CharField(_("certificate number"), max_length=40)
    passed_on = models.DateField(_("passed on"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True)

    objects = TrainingQuerySet.as_manager()

    class Meta:
        verbose_name = _("special training")
        verbose_name_plural = _("special trainings")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "certificate_number"],
                name="training_certificate",
                violation_error_message=_("This certificate is already recorded."),
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("passed_on")),
                name="training_term",
                violation_error_message=_("The certificate ends before it begins."),
            ),
        ]

    def __str__(self) -> str:
        return self.certificate_number


class AbsenceKind(models.TextChoices):
    LEAVE = "leave", _("leave")
    ILLNESS = "illness", _("illness")
    TRAINING = "training", _("training")
    OTHER = "other", _("other")


class AbsenceQuerySet(ScopedQuerySet["Absence"]):
    def visible_to(self, scope: Scope) -> Self:
        return self.any_of(*seen_by(scope, "representative__"))


class Absence(models.Model):
    """Days on which a representative takes no cases, first and last included."""

    representative = models.ForeignKey(
        Representative, on_delete=models.CASCADE, related_name="absences", verbose_name=_("representative")
    )
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    kind = models.CharField(_("kind"), max_length=10, choices=AbsenceKind, default=AbsenceKind.LEAVE)

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")),
                name="absence_term",
                violation_error_message=_("The last day is before the first one."),
            ),
            ExclusionConstraint(
                name="absence_no_overlap",
                expressions=[ranges.same(F("representative")), ranges.days("first_day", "last_day")],
                violation_error_message=_("This absence overlaps another one of the same representative."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_day:%d.%m.%Y}–{self.last_day:%d.%m.%Y}"


class ConflictQuerySet(ScopedQuerySet["Conflict"]):
    def visible_to(self, scope: Scope) -> Self:
        return self.any_of(*seen_by(scope, "representative__"))

    def in_force(self, day: date) -> Self:
        return self.filter(valid_on(day))


class Conflict(models.Model):
    """A conflict of interest: cases about this clinic or this person go to somebody else."""

    representative = models.ForeignKey(
        Representative, on_delete=models.CASCADE, related_name="conflicts", verbose_name=_("representative")
    )
    clinic = models.ForeignKey(
        Clinic, null=True, blank=True, on_delete=models.CASCADE, related_name="+", verbose_name=_("clinic")
    )
    person = models.ForeignKey(
        InsuredPerson,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("insured person"),
    )
    reason = models.CharField(_("reason"), max_length=200)
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True)

    objects = ConflictQuerySet.as_manager()

    class Meta:
        verbose_name = _("conflict of interest")
        verbose_name_plural = _("conflicts of interest")
        constraints = [
            models.CheckConstraint(
                condition=Q(clinic__isnull=False, person__isnull=True)
                | Q(clinic__isnull=True, person__isnull=False),
                name="conflict_one_subject",
                violation_error_message=_("Name either a clinic or a person."),
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="conflict_term"
            ),
            # The same conflict twice would outlive the ending of one.
            ExclusionConstraint(
                name="conflict_no_overlap",
                expressions=[
                    ranges.same(F("representative")),
                    ranges.same(Coalesce(F("clinic"), Value(0), output_field=BigIntegerField())),
                    ranges.same(Coalesce(F("person"), Value(0), output_field=BigIntegerField())),
                    ranges.days("valid_from", "valid_to"),
                ],
                violation_error_message=_("This conflict is recorded already for that time."),
            ),
        ]

    def __str__(self) -> str:
        return self.reason


class EventKind(models.TextChoices):
    ADDED = "added", _("entered into the register")
    CORRECTED = "corrected", _("details corrected")
    MOVED = "moved", _("position changed")
    LEFT = "left", _("leaving recorded")
    STAYED = "stayed", _("leaving cancelled")
    TRAINED = "trained", _("training recorded")
    UNTRAINED = "untrained", _("training removed")
    AWAY = "away", _("absence recorded")
    BACK = "back", _("absence removed")
    CONFLICT = "conflict", _("conflict of interest recorded")
    NO_CONFLICT = "no_conflict", _("conflict of interest ended")


class RegisterEventQuerySet(ScopedQuerySet["RegisterEvent"]):
    def visible_to(self, scope: Scope) -> Self:
        return self.any_of(*seen_by(scope, "representative__"))


class RegisterEvent(models.Model):
    """Who changed the register, when and from what to what. Append-only in the database."""

    representative = models.ForeignKey(
        Representative, on_delete=models.PROTECT, related_name="events", verbose_name=_("representative")
    )
    at = models.DateTimeField(_("at"))
    actor = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("who")
    )
    kind = models.CharField(_("what"), max_length=12, choices=EventKind)
    # Field → [before, after], both as text.
    data = models.JSONField(_("details"), default=dict)

    objects = RegisterEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event of the register")
        verbose_name_plural = _("events of the register")
        indexes = [models.Index(fields=["representative", "-at"], name="registerevent_of")]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=EventKind.values), name="registerevent_kind")
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.at:%d.%m.%Y}"
