from datetime import date
from typing import Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Func, IntegerField, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from registry.models import Clinic, Organization, User
from registry.scoping import Role, Scope, ScopedQuerySet
from representatives.models import ranges
from representatives.models.people import Representative, seen_by


class Weekday(models.IntegerChoices):
    """Monday is 0, as in `date.weekday()`."""

    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


class PostStatus(models.TextChoices):
    DRAFT = "draft", _("draft")
    APPROVED = "approved", _("approved")
    PUBLISHED = "published", _("published")


class DutyPostQuerySet(ScopedQuerySet["DutyPost"]):
    def visible_to(self, scope: Scope) -> Self:
        """The employer, the region's fund, and the clinic where the post is; drafts included."""
        clinics = scope.clinics(Role.CLINIC_STAFF)
        return self.any_of(*seen_by(scope, "representative__"), Q(clinic__in=clinics) if clinics else None)

    def published(self, day: date) -> Self:
        """What everybody may see: the schedule in force on that day."""
        return self.published_between(day, day)

    def published_between(self, first: date, last: date) -> Self:
        """The published schedule that is in force on some of these days."""
        runs_on = Q(valid_to__isnull=True) | Q(valid_to__gte=first)
        still_there = Q(representative__left_on__isnull=True) | Q(representative__left_on__gte=first)
        return self.filter(runs_on, still_there, valid_from__lte=last, status=PostStatus.PUBLISHED)


class DutyPost(models.Model):
    """Hours a week at which a representative sits in a clinic, for a term of days."""

    representative = models.ForeignKey(
        Representative, on_delete=models.CASCADE, related_name="duty_posts", verbose_name=_("representative")
    )
    clinic = models.ForeignKey(
        Clinic, on_delete=models.PROTECT, related_name="duty_posts", verbose_name=_("clinic")
    )
    room = models.CharField(_("room"), max_length=60, blank=True)
    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=Weekday)
    starts = models.TimeField(_("from"))
    ends = models.TimeField(_("until"))
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=PostStatus, default=PostStatus.DRAFT)
    # Two signatures, of the employer and of the clinic; both come before anything is published.
    insurer_approved_at = models.DateTimeField(_("approved by the organisation at"), null=True, blank=True)
    insurer_approved_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("by")
    )
    clinic_approved_at = models.DateTimeField(_("approved by the clinic at"), null=True, blank=True)
    clinic_approved_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("by")
    )

    objects = DutyPostQuerySet.as_manager()

    class Meta:
        verbose_name = _("duty post")
        verbose_name_plural = _("duty posts")
        constraints = [
            models.CheckConstraint(condition=Q(weekday__lte=6), name="dutypost_weekday"),
            models.CheckConstraint(condition=Q(status__in=PostStatus.values), name="dutypost_status"),
            models.CheckConstraint(
                condition=Q(ends__gt=F("starts")),
                name="dutypost_hours",
                violation_error_message=_("The end must be later than the beginning."),
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="dutypost_term",
                violation_error_message=_("The last day is before the first one."),
            ),
            # Drafts clash too: it is better found while the schedule is drawn up.
            ExclusionConstraint(
                name="dutypost_no_double_booking",
                expressions=[
                    ranges.same(F("representative")),
                    ranges.hours("weekday", "starts", "ends"),
                    ranges.days("valid_from", "valid_to"),
                ],
                violation_error_message=_("The representative is on duty elsewhere at this time."),
            ),
            ExclusionConstraint(
                name="dutypost_room_taken",
                expressions=[
                    ranges.same(F("clinic")),
                    # A room is told by its words; of two that differ, one in four thousand million would clash.
                    ranges.same(Func(Lower("room"), function="hashtext", output_field=IntegerField())),
                    ranges.hours("weekday", "starts", "ends"),
                    ranges.days("valid_from", "valid_to"),
                ],
                condition=~Q(room=""),
                violation_error_message=_("Somebody else is on duty in this room at this time."),
            ),
            models.CheckConstraint(
                condition=Q(status=PostStatus.DRAFT)
                | Q(insurer_approved_at__isnull=False, clinic_approved_at__isnull=False),
                name="dutypost_signed",
                violation_error_message=_("Both the organisation and the clinic approve before that."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["clinic", "weekday"],
                name="dutypost_published",
                condition=Q(status=PostStatus.PUBLISHED),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.starts:%H:%M}–{self.ends:%H:%M}"

    def clean(self) -> None:
        """A post needs an open clinic in the region of the representative."""
        if not hasattr(self, "clinic"):
            return  # the form says already that there is none
        if self.clinic.region_id != self.representative.region_id:
            raise ValidationError({"clinic": _("The clinic is in another region.")})
        closed_on = self.clinic.closed_on
        if closed_on is not None and (self.valid_to is None or self.valid_to >= closed_on):
            raise ValidationError({"clinic": _("The clinic closes before the post ends.")})


class DutyChangeQuerySet(ScopedQuerySet["DutyChange"]):
    def visible_to(self, scope: Scope) -> Self:
        clinics = scope.clinics(Role.CLINIC_STAFF)
        return self.any_of(
            *seen_by(scope, "post__representative__"), Q(post__clinic__in=clinics) if clinics else None
        )


class DutyChange(models.Model):
    """One day on which a post is not held as its pattern says: covered by somebody else, or not at all.

    That whoever covers is free, and that the day is one of the post's, is held by the database: see migration 0005.
    """

    post = models.ForeignKey(
        DutyPost, on_delete=models.CASCADE, related_name="changes", verbose_name=_("duty post")
    )
    day = models.DateField(_("day"))
    cover = models.ForeignKey(
        Representative,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="covers",
        verbose_name=_("who covers"),
    )
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    objects = DutyChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("change of a duty day")
        verbose_name_plural = _("changes of duty days")
        constraints = [
            models.UniqueConstraint(
                fields=["post", "day"],
                name="dutychange_once_a_day",
                violation_error_message=_("This day is changed already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.day:%d.%m.%Y}"


class Audience(models.TextChoices):
    ADULT = "adult", _("for adults")
    CHILDREN = "children", _("for children")


class DirectLine(models.Model):
    """A telephone in a clinic that rings at an insurer's representative, free of charge."""

    clinic = models.ForeignKey(
        Clinic, on_delete=models.CASCADE, related_name="direct_lines", verbose_name=_("clinic")
    )
    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="direct_lines", verbose_name=_("organisation")
    )
    phone = models.CharField(_("phone"), max_length=20)
    audience = models.CharField(_("audience"), max_length=10, choices=Audience, default=Audience.ADULT)

    class Meta:
        verbose_name = _("direct line")
        verbose_name_plural = _("direct lines")
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "organization", "audience"], name="directline_one_per_audience"
            ),
            models.CheckConstraint(condition=Q(audience__in=Audience.values), name="directline_audience"),
        ]

    def __str__(self) -> str:
        return self.phone
