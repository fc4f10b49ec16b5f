"""What the database holds about an appeal, whoever writes it: allowed words, what belongs together, and the order
of its lists.
"""

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from appeals.lifecycle import OPEN, RESTING, WAITING, WORKING, State
from appeals.terms import Kind
from appeals.words import (
    CHANNELS,
    FORMS,
    INSURANCES,
    KINDS,
    STATES,
    SUSPICIONS,
    URGENCIES,
)

IS_OPEN = Q(state__in=sorted(OPEN))
OFFERABLE = [State.IN_PROGRESS.value, State.REGISTERED.value]


class ActingGround(models.TextChoices):
    SELF = "self", _("for oneself")
    PARENT = "parent", _("parent")
    GUARDIAN = "guardian", _("guardian")
    POWER_OF_ATTORNEY = "power_of_attorney", _("power of attorney")


class ReplyChannel(models.TextChoices):
    EMAIL = "email", _("e-mail")
    POST = "post", _("letter by post")
    PHONE = "phone", _("phone call")
    CABINET = "cabinet", _("personal cabinet")


class Validity(models.TextChoices):
    PENDING = "pending", _("not yet judged")
    JUSTIFIED = "justified", _("justified")
    REPEATED = "repeated", _("justified again")
    UNJUSTIFIED = "unjustified", _("unjustified")


CONSTRAINTS: list[models.BaseConstraint] = [
    models.CheckConstraint(
        condition=Q(number__regex=r"^[0-9]{2}-[0-9]{4}-[0-9]{7}-[0-9]$") & Q(number__startswith=F("region")),
        name="appeal_number_shape",
    ),
    models.CheckConstraint(condition=Q(state__in=sorted(STATES)), name="appeal_state"),
    models.CheckConstraint(
        condition=Q(kind__in=sorted(KINDS), form__in=sorted(FORMS), channel__in=sorted(CHANNELS))
        & Q(urgency__in=sorted(URGENCIES), insurance__in=sorted(INSURANCES))
        & Q(suspicion__in=["", *sorted(SUSPICIONS)]),
        name="appeal_words",
    ),
    models.CheckConstraint(
        condition=Q(reply_channel__in=ReplyChannel.values, acting_ground__in=ActingGround.values)
        & Q(decline_ground__regex=r"^[a-z_]{0,20}$"),
        name="appeal_choices",
    ),
    models.CheckConstraint(condition=Q(level__isnull=True) | Q(level__range=(1, 3)), name="appeal_level"),
    models.CheckConstraint(
        condition=Q(offered_level__isnull=True)
        | (Q(offered_level__range=(1, 3), state__in=OFFERABLE) & ~Q(offered_level=F("level"))),
        name="appeal_offered_level",
    ),
    models.CheckConstraint(
        condition=Q(routed_at__isnull=True, organization__isnull=True, level__isnull=True)
        | Q(routed_at__isnull=False, organization__isnull=False),
        name="appeal_routed",
    ),
    models.CheckConstraint(
        condition=Q(assignee__isnull=True)
        | Q(level__isnull=False, organization__isnull=False, taken_at__isnull=False),
        name="appeal_assignee",
    ),
    models.CheckConstraint(
        condition=~Q(state__in=sorted(WORKING)) | Q(taken_at__isnull=False, routed_at__isnull=False),
        name="appeal_working",
    ),
    models.CheckConstraint(
        condition=~Q(state=State.ANSWERED) | (~Q(answer="") & Q(answered_at__isnull=False)),
        name="appeal_answered",
    ),
    models.CheckConstraint(
        condition=Q(answered_at__isnull=True) | (~Q(answer="") & Q(state__in=[State.ANSWERED, State.CLOSED])),
        name="appeal_answer_given",
    ),
    models.CheckConstraint(condition=~Q(state=State.IN_REVIEW) | ~Q(answer=""), name="appeal_in_review"),
    models.CheckConstraint(
        condition=~Q(state=State.FORWARDED) | Q(addressee__isnull=False, forwarded_at__isnull=False),
        name="appeal_forwarded",
    ),
    models.CheckConstraint(
        condition=~Q(state=State.DECLINED) | ~Q(decline_ground=""), name="appeal_declined"
    ),
    models.CheckConstraint(
        condition=Q(state__in=[State.CLOSED, State.WITHDRAWN], closed_at__isnull=False)
        | (~Q(state__in=[State.CLOSED, State.WITHDRAWN]) & Q(closed_at__isnull=True)),
        name="appeal_closed",
    ),
    models.CheckConstraint(
        condition=(Q(wait_until__isnull=True) | Q(state__in=sorted(WAITING)))
        & (Q(close_at__isnull=True) | Q(state__in=sorted(RESTING))),
        name="appeal_timed",
    ),
    models.CheckConstraint(
        condition=Q(extended_on__isnull=True, extension_reason="")
        | (Q(extended_on__isnull=False) & ~Q(extension_reason="")),
        name="appeal_extension",
    ),
    models.CheckConstraint(
        condition=(Q(kind=Kind.COMPLAINT) & Q(validity__in=Validity.values))
        | (~Q(kind=Kind.COMPLAINT) & Q(validity="")),
        name="appeal_validity",
    ),
    models.CheckConstraint(
        condition=Q(due_on__gte=F("registered_on"), warn_on__lte=F("due_on"))
        & Q(registered_at__gte=F("received_at"), clock_from__gte=F("registered_at"))
        & Q(due_at__gt=F("clock_from")),
        name="appeal_dates",
    ),
    models.CheckConstraint(condition=~Q(text="") & ~Q(applicant_name=""), name="appeal_not_empty"),
    models.CheckConstraint(
        condition=(~Q(reply_channel=ReplyChannel.EMAIL) | ~Q(applicant_email=""))
        & (~Q(reply_channel=ReplyChannel.POST) | ~Q(applicant_address=""))
        & (~Q(reply_channel=ReplyChannel.PHONE) | ~Q(applicant_phone=""))
        & (~Q(reply_channel=ReplyChannel.CABINET) | Q(applicant_user__isnull=False)),
        name="appeal_reply_contact",
    ),
    models.CheckConstraint(
        condition=~Q(acting_ground=ActingGround.POWER_OF_ATTORNEY) | ~Q(ground_document=""),
        name="appeal_power_of_attorney",
    ),
    models.CheckConstraint(
        condition=Q(concerned_enp="") | Q(concerned_enp__regex=r"^[0-9]{16}$"),
        name="appeal_enp_shape",
    ),
    models.CheckConstraint(
        condition=Q(consent_text__isnull=True, consent_at__isnull=True)
        | Q(consent_text__isnull=False, consent_at__isnull=False),
        name="appeal_consent_paired",
    ),
]


INDEXES: list[models.Index] = [
    # The queues: one index for each order a page shows, over open appeals alone.
    models.Index(
        fields=["organization", "level", "due_on", "id"], name="appeal_queue_level", condition=IS_OPEN
    ),
    models.Index(fields=["organization", "due_on", "id"], name="appeal_queue_office", condition=IS_OPEN),
    models.Index(fields=["worker", "due_on", "id"], name="appeal_queue_worker", condition=IS_OPEN),
    models.Index(fields=["assignee", "due_on", "id"], name="appeal_queue_assignee", condition=IS_OPEN),
    models.Index(fields=["region", "due_on", "id"], name="appeal_queue_region", condition=IS_OPEN),
    # Who sees several regions or offices at once walks the order of all.
    models.Index(fields=["urgency_rank", "due_on", "id"], name="appeal_queue_urgency", condition=IS_OPEN),
    models.Index(fields=["due_on", "id"], name="appeal_queue_all", condition=IS_OPEN),
    models.Index(
        fields=["organization", "due_on", "id"],
        name="appeal_queue_waiting",
        condition=Q(state__in=sorted(WAITING)),
    ),
    # "Next case": one look-up for each urgency.
    models.Index(
        fields=["organization", "level", "urgency", "due_on", "id"],
        name="appeal_queue_next",
        condition=Q(state=State.REGISTERED, routed_at__isnull=False),
    ),
    # The fund's supervision: instructions not reported on, complaints answered in a period.
    models.Index(
        fields=["organization", "control_on"],
        name="appeal_instructed",
        condition=Q(control_on__isnull=False),
    ),
    models.Index(
        fields=["answered_at", "organization", "validity"],
        name="appeal_judged",
        condition=Q(kind=Kind.COMPLAINT, answered_at__isnull=False),
    ),
    # The sweeps: what waits for routing, whose next reminder has come.
    models.Index(
        F("route_after").asc(nulls_first=True),
        F("id"),
        name="appeal_unrouted",
        condition=Q(state=State.REGISTERED, routed_at__isnull=True),
    ),
    models.Index(fields=["next_step_at"], name="appeal_ladder", condition=IS_OPEN),
    models.Index(fields=["wait_until"], name="appeal_waits", condition=Q(state__in=sorted(WAITING))),
    models.Index(fields=["close_at"], name="appeal_rests", condition=Q(state__in=sorted(RESTING))),
    # Open appeals of a contact: shown before the same matter is sent once more.
    models.Index(
        fields=["applicant_email"],
        name="appeal_open_email",
        condition=IS_OPEN & ~Q(applicant_email=""),
    ),
    models.Index(
        fields=["applicant_phone"],
        name="appeal_open_phone",
        condition=IS_OPEN & ~Q(applicant_phone=""),
    ),
    # The register, newest first, closed ones included.
    models.Index(fields=["organization", "-registered_at", "-id"], name="appeal_register_office"),
    models.Index(fields=["region", "-registered_at", "-id"], name="appeal_register_region"),
    models.Index(fields=["-registered_at", "-id"], name="appeal_register_all"),
    # Search: names by their beginning, policy number and phone whole, everything else by words.
    models.Index(fields=["applicant_key"], name="appeal_applicant_key"),
    models.Index(fields=["concerned_key"], name="appeal_concerned_key", condition=~Q(concerned_key="")),
    models.Index(fields=["concerned_enp"], name="appeal_concerned_enp", condition=~Q(concerned_enp="")),
    models.Index(fields=["applicant_phone"], name="appeal_phone", condition=~Q(applicant_phone="")),
    GinIndex(fields=["search_words"], name="appeal_search_words"),
]
