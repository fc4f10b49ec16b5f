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

from appeals import services, tracking
from appeals.actors import Actor
from appeals.citizen.consent import caller
from appeals.deadlines import local_day
from appeals.desk.listing import light
from appeals.desk.paging import page_of
from appeals.desk.query import FREE, Query
from appeals.desk.tabs import Tab, bounded_counts, count_words
from appeals.errors import (
    AppealError,
    AppealNotFound,
    ChangedMeanwhile,
    FileRefused,
    IllegalAction,
    InputMissing,
    InvalidInput,
    KeyReused,
    PuzzleNeeded,
    TryLater,
    WrongPair,
)
from appeals.filing import Filing
from appeals.limits import DOORS, admit
from appeals.serializers import (
    FiledOut,
    FilingIn,
    ProblemOut,
    PublicStatusOut,
    PuzzleOut,
    QueueIn,
    QueuePageOut,
    QueueSearchIn,
    StatusIn,
)
from appeals.terms import Channel
from registry.access import PUBLIC, only
from registry.audit import record_read
from registry.models import User
from registry.puzzles import new_puzzle
from registry.scoping import Role, Scope
from registry.subjects import Subject

_KEY = OpenApiParameter(
    "Idempotency-Key",
    OpenApiTypes.UUID,
    OpenApiParameter.HEADER,
    required=True,
    description="A fresh UUID for each appeal. Repeat the request with the same one after a broken connection.",
)
_SOLUTION = OpenApiParameter(
    "X-Puzzle-Solution",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="Only after an answer 428 to a caller who is not signed in: the solved puzzle of"
    " `/api/v1/puzzles/file/`, as base64 of its JSON with the `number` found. A puzzle opens once.",
)
STAFF = (
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
    AppealNotFound: status.HTTP_404_NOT_FOUND,
    FileRefused: status.HTTP_400_BAD_REQUEST,
    InputMissing: status.HTTP_400_BAD_REQUEST,
    TryLater: status.HTTP_429_TOO_MANY_REQUESTS,
    PuzzleNeeded: status.HTTP_428_PRECONDITION_REQUIRED,
}


def scope_of(request: Request) -> Scope:
    scope: Scope = request._request.scope  # type: ignore[attr-defined]
    return scope


def problem(error: AppealError) -> Response:
    """A refusal as a program and a person can read it."""
    named = getattr(error, "fields", {})
    fields = {name: [str(text)] for name, text in named.items()} if isinstance(named, dict) else {}
    if isinstance(error, InputMissing):
        fields = {name.value: [str(error)] for name in error.fields}
    body: dict[str, Any] = {"code": error.code, "detail": str(error), "problems": fields}
    if isinstance(error, IllegalAction):
        body |= {"state": error.state.value, "possible": [action.value for action in error.possible]}
    if isinstance(error, ChangedMeanwhile):
        body["version"] = error.version
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
        parameters=[_KEY, _SOLUTION],
        request=FilingIn,
        responses={
            201: FiledOut,
            200: FiledOut,
            400: ProblemOut,
            409: ProblemOut,
            428: ProblemOut,
            429: ProblemOut,
        },
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
        now = timezone.now()
        filing = Filing(**serializer.validated_data, channel=Channel.API, clinic_id=None, submission_key=key)
        try:
            admit(
                filing,
                caller(request._request),
                now=now,
                solution=request.headers.get("X-Puzzle-Solution", ""),
                by=key.hex,
                known=bool(request.user.is_authenticated),
            )
            filed = services.file_appeal(filing=filing, actor=Actor.of(scope_of(request)), now=now)
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


class Puzzle(APIView):
    """A fresh proof of work for a door that too many knock at: SHA-256 of `salt` and a number up to `maxnumber`."""

    access = PUBLIC

    @extend_schema(operation_id="puzzles_new", tags=["appeals"], responses={200: PuzzleOut, 404: ProblemOut})
    def get(self, request: Request, door: str) -> Response:
        if door not in DOORS:
            return problem(AppealNotFound())
        answer = Response(PuzzleOut(new_puzzle(door, timezone.now())).data)
        answer["Cache-Control"] = "no-store"
        return answer


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
    """Appeals the caller may see, a page at a time; `view=all` has the closed ones too."""

    access = only(*STAFF)

    @extend_schema(
        operation_id="queue_list",
        tags=["queue"],
        parameters=[QueueIn],
        responses={200: QueuePageOut, 400: ProblemOut},
    )
    def get(self, request: Request) -> Response:
        return _queue(request, QueueIn(data=request.query_params))


class QueueSearch(APIView):
    """The same list by words. They travel in the body: a name or a policy number has no place in an address."""

    access = only(*STAFF)

    @extend_schema(
        operation_id="queue_search",
        tags=["queue"],
        request=QueueSearchIn,
        responses={200: QueuePageOut, 400: ProblemOut},
        examples=[
            OpenApiExample(
                "By policy number", request_only=True, value={"view": "all", "q": "3952410887000019"}
            ),
            OpenApiExample(
                "By words", request_only=True, value={"q": "запись к кардиологу", "sort": "received"}
            ),
        ],
    )
    def post(self, request: Request) -> Response:
        return _queue(request, QueueSearchIn(data=request.data))


def _queue(request: Request, serializer: QueueIn) -> Response:
    if not serializer.is_valid():
        return invalid(serializer)
    chosen = {name: value for name, value in serializer.validated_data.items() if value}
    way, _dot, key = str(chosen.pop("cursor", "")).partition(".")
    view, words = chosen.pop("view", "open"), chosen.pop("q", "")
    if view == "unassigned":
        view, chosen["who"] = "open", FREE
    if "level" in chosen:
        chosen["level"] = str(chosen["level"])
    query = Query(tab=Tab(view), words=words, **chosen)
    now, scope = timezone.now(), scope_of(request)
    zone = request.user.time_zone if isinstance(request.user, User) else "UTC"
    rows = query.rows(scope, local_day(now, ZoneInfo(zone)))
    page = page_of(
        light(rows), query.order, after=key if way == "n" else "", before=key if way == "p" else ""
    )
    record_read(scope=scope, subject=Subject.APPEAL_QUEUE, rows=len(page.rows), page=request.path, now=now)
    body = {
        "rows": page.rows,
        "count": count_words(bounded_counts({"here": rows})["here"]),
        "next_cursor": f"n.{page.after}" if page.after else "",
        "previous_cursor": f"p.{page.before}" if page.before else "",
    }
    return Response(QueuePageOut(body).data)
