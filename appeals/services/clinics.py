"""What a clinic is asked about a case, and its reply: on its own page, or brought in by the staff."""

from collections.abc import Sequence
from datetime import date, datetime

from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from appeals.actors import Actor
from appeals.deadlines import local_day
from appeals.errors import AppealNotFound, InvalidInput
from appeals.lifecycle import Action
from appeals.models import Appeal, ClinicRequest
from appeals.services.base import begin, finish, term_end
from appeals.services.files import attach
from appeals.services.outgoing import issue_clinic_request
from appeals.terms import Role
from appeals.typed import clean_text
from registry.models import Clinic


@transaction.atomic
def ask_clinic(
    *,
    appeal_id: int,
    clinic_id: int,
    question: str,
    actor: Actor,
    now: datetime,
    due_on: date | None = None,
    expected_version: int | None = None,
) -> ClinicRequest:
    """Asks a clinic of the appeal's region; without a day its term is the one of reference data.

    The lawful clock goes on, the internal target pauses. Errors: InvalidInput.
    """
    clinic = Clinic.objects.filter(pk=clinic_id).first()
    move = begin(
        appeal_id=appeal_id,
        action=Action.ASK_CLINIC,
        actor=actor,
        now=now,
        expected_version=expected_version,
        given={"clinic": clinic, "question": question},
    )
    appeal = move.appeal
    today = local_day(now, appeal.region.zone)
    if clinic is None or clinic.region_id != appeal.region_id or _closed(clinic, today):
        raise InvalidInput({"clinic": _("Choose a clinic of the region from the list.")})
    due_on = due_on or term_end("clinic_reply", appeal, now)
    if due_on < today:
        raise InvalidInput({"due_on": _("This day has passed.")})
    if ClinicRequest.objects.unanswered().filter(appeal=appeal, clinic=clinic).exists():
        raise InvalidInput({"clinic": _("This clinic has not replied to the request before yet.")})
    request = ClinicRequest.objects.create(
        appeal=appeal,
        clinic=clinic,
        question=clean_text(question),
        asked_at=now,
        asked_by_user_id=actor.user_id,
        due_on=due_on,
    )
    data = {"request": request.pk, "clinic": clinic.mo_code, "due_on": due_on.isoformat()}
    done = finish(move, changes={"wait_until": due_on}, public=True, data=data)
    issue_clinic_request(request=request, appeal=done, actor=actor, now=now)
    return request


@transaction.atomic
def clinic_replied(
    *,
    appeal_id: int,
    request_id: int,
    reply: str,
    actor: Actor,
    now: datetime,
    files: "Sequence[File[bytes]]" = (),
    medical: bool = True,
    expected_version: int | None = None,
) -> Appeal:
    """Takes the reply to a request, by the clinic itself or brought in by the staff; it may come late.

    Its files are medical documents unless said otherwise. Errors: AppealNotFound for a request that is not the
    reader's, InvalidInput for one that is answered, FileRefused.
    """
    visible = ClinicRequest.objects.visible_to(actor.scope)
    request = visible.filter(pk=request_id, appeal=appeal_id).first()
    if request is None:
        raise AppealNotFound
    move = begin(
        appeal_id=appeal_id,
        action=Action.CLINIC_REPLIED,
        actor=actor,
        now=now,
        expected_version=expected_version,
        given={"reply": clean_text(reply)},
    )
    # Looked at again under the lock of the appeal: somebody may have been faster.
    request.refresh_from_db()
    if request.answered_at is not None:
        raise InvalidInput({"reply": _("The reply to this request is here already.")})
    request.reply, request.answered_at = clean_text(reply), now
    request.by_clinic = move.role is Role.CLINIC_STAFF
    request.answered_by_user_id = actor.user_id
    request.save(update_fields=["reply", "answered_at", "by_clinic", "answered_by_user_id"])
    for upload in files:
        attach(
            owner=move.appeal,
            clinic_request=request,
            upload=upload,
            now=now,
            user_id=actor.user_id,
            medical=medical,
        )
    data = {"request": request.pk, "files": len(files), "late": _late(request, move.appeal, now)}
    return finish(move, public=True, data=data)


@transaction.atomic
def seen_by_clinic(*, request: ClinicRequest, now: datetime) -> None:
    """Notes the first opening at the clinic."""
    ClinicRequest.objects.filter(pk=request.pk, seen_at__isnull=True).update(seen_at=now)


def _closed(clinic: Clinic, today: date) -> bool:
    return clinic.closed_on is not None and clinic.closed_on < today


def _late(request: ClinicRequest, appeal: Appeal, now: datetime) -> bool:
    return local_day(now, appeal.region.zone) > request.due_on
