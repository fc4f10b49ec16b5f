"""The API of appeals: one class for each action, over the same services and selectors as the pages."""

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from appeals import selectors, services, tracking
from appeals.actors import Actor
from appeals.citizen.consent import caller
from appeals.deadlines import local_day
from appeals.errors import AppealError, InvalidInput, KeyReused, TryLater, WrongPair
from appeals.filing import Filing
from appeals.limits import admit
from appeals.selectors import QueueFilters
from appeals.serializers import (
    FiledOut,
    FilingIn,
    ProblemOut,
    PublicStatusOut,
    QueueIn,
    QueuePageOut,
    StatusIn,
)
from appeals.terms import Channel
from registry.access import PUBLIC, only
from registry.audit import record_read
from registry.models import User
from registry.scoping import Role, Scope
from registry.subjects import Subject

_KEY = OpenApiParameter(
    "Idempotency-Key",
    OpenApiTypes.UUID,
    OpenApiParameter.HEADER,
    required=True,
    description="A fresh UUID for each appeal. Repeat the request with the same one after a broken connection.",
)
_STAFF = (
    Role.OPERATOR,
    Role.CASE_WORKER,
    Role.EXPERT,
    Role.SUPERVISOR,
    Role.FUND_OPERATOR,
    Role.FUND_ADMIN,
)
_STATUS = {
    InvalidInput: status.HTTP_400_BAD_REQUEST,
    KeyReused: status.HTTP_409_CONFLICT,
    WrongPair: status.HTTP_404_NOT_FOUND,
    TryLater: status.HTTP_429_TOO_MANY_REQUESTS,
}


def scope_of(request: Request) -> Scope:
    scope: Scope = request._request.scope  # type: ignore[attr-defined]
    return scope


def problem(error: AppealError) -> Response:
    """A refusal as a program and a person can read it."""
    fields = {name: [str(text)] for name, text in getattr(error, "fields", {}).items()}
    body = {"code": error.code, "detail": str(error), "problems": fields}
    headers = {"Retry-After": str(error.seconds)} if isinstance(error, TryLater) else None
    return Response(body, status=_STATUS.get(type(error), status.HTTP_409_CONFLICT), headers=headers)


def invalid(serializer: BaseSerializer[Any]) -> Response:
    body = {"code": "invalid", "detail": _("Some fields need correcting."), "problems": serializer.errors}
    return Response(body, status=status.HTTP_400_BAD_REQUEST)


class FileAppeal(APIView):
    """Registers an appeal. The same key and content again give the same number and write nothing."""

    access = PUBLIC

    @extend_schema(
        operation_id="appeals_file",
        tags=["appeals"],
        parameters=[_KEY],
        request=FilingIn,
        responses={201: FiledOut, 200: FiledOut, 400: ProblemOut, 409: ProblemOut},
        examples=[
            OpenApiExample(
                "A written complaint",
                request_only=True,
                value={
                    "region": "39",
                    "kind": "complaint",
                    "topic": "3.1.5.3",
                    "text": "Записаться к кардиологу не могу уже месяц.",
                    "applicant_name": "Иванова Мария Петровна",
                    "applicant_email": "maria@example.org",
                    "reply_channel": "email",
                },
            ),
            OpenApiExample(
                "Registered",
                response_only=True,
                status_codes=["201"],
                value={
                    "number": "39-2026-0000001-3",
                    "access_code": "7KQ2-M9XD-4TZB6",
                    "due_on": "2026-07-02",
                    "repeated": False,
                },
            ),
        ],
    )
    def post(self, request: Request) -> Response:
        try:
            key = UUID(request.headers.get("Idempotency-Key", ""))
        except ValueError:
            return problem(InvalidInput({"Idempotency-Key": _("Send a fresh UUID in this header.")}))
        serializer = FilingIn(data=request.data)
        if not serializer.is_valid():
            return invalid(serializer)
        filing = Filing(**serializer.validated_data, channel=Channel.API, clinic_id=None, submission_key=key)
        try:
            admit(filing, caller(request._request))
            filed = services.file_appeal(filing=filing, actor=Actor.of(scope_of(request)), now=timezone.now())
        except AppealError as error:
            return problem(error)
        body = FiledOut(
            {
                "number": filed.appeal.number,
                "access_code": filed.access_code,
                "due_on": filed.appeal.due_on,
                "repeated": filed.repeated,
            }
        )
        code = status.HTTP_200_OK if filed.repeated else status.HTTP_201_CREATED
        return Response(body.data, status=code)


class AppealStatus(APIView):
    """The public status behind number and access code. Both travel in the body: addresses end up in logs."""

    access = PUBLIC

    @extend_schema(
        operation_id="appeals_status",
        tags=["appeals"],
        request=StatusIn,
        responses={200: PublicStatusOut, 400: ProblemOut, 404: ProblemOut, 429: ProblemOut},
        examples=[
            OpenApiExample(
                "Number and code",
                request_only=True,
                value={"number": "39-2026-0000001-3", "code": "7KQ2-M9XD-4TZB6"},
            )
        ],
    )
    def post(self, request: Request) -> Response:
        serializer = StatusIn(data=request.data)
        if not serializer.is_valid():
            return invalid(serializer)
        try:
            found = tracking.public_status(
                **serializer.validated_data,
                address=caller(request._request) or "",
                now=timezone.now(),
            )
        except AppealError as error:
            return problem(error)
        return Response(PublicStatusOut(found).data)


class Queue(APIView):
    """Open appeals the caller may see, by due day, a page at a time."""

    access = only(*_STAFF)

    @extend_schema(
        operation_id="queue_list",
        tags=["queue"],
        parameters=[QueueIn],
        responses={200: QueuePageOut, 400: ProblemOut},
    )
    def get(self, request: Request) -> Response:
        serializer = QueueIn(data=request.query_params)
        if not serializer.is_valid():
            return invalid(serializer)
        chosen = dict(serializer.validated_data)
        cursor = chosen.pop("cursor", "")
        now, scope = timezone.now(), scope_of(request)
        zone = request.user.time_zone if isinstance(request.user, User) else "UTC"
        today = local_day(now, ZoneInfo(zone))
        page = selectors.queue(scope, QueueFilters(**chosen, today=today), cursor=cursor)
        record_read(
            scope=scope, subject=Subject.APPEAL_QUEUE, rows=len(page.rows), page=request.path, now=now
        )
        return Response(QueuePageOut(page).data)
