"""The actions on an appeal for programs of the staff: one class each, over the services that the pages use.

Every action carries the version of the case the caller has seen: a case that moved on answers 409 with what is
possible now, and nothing is written.
"""

from collections.abc import Callable
from typing import Any, ClassVar

from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from appeals import selectors, services
from appeals.actors import Actor
from appeals.api import STAFF, invalid, problem, scope_of
from appeals.api_forms import (
    AnswerIn,
    AskClinicIn,
    AssignIn,
    ClinicReplyIn,
    ConvertIn,
    DeclineIn,
    ExtendIn,
    ForwardIn,
    HandOverIn,
    In,
    InstructIn,
    LinkIn,
    OrderIn,
    OutcomeIn,
    ProposeIn,
    QuestionIn,
    Reason,
    ReplyIn,
    RerouteIn,
    Seen,
    SplitIn,
    TextIn,
    ValidityIn,
    WithdrawIn,
)
from appeals.errors import AppealError
from appeals.lifecycle import Action
from appeals.selectors import working_scope
from appeals.serializers import CaseOut, ProblemOut
from appeals.terms import Kind
from registry.access import only
from registry.audit import record_read
from registry.subjects import Subject


class CaseDetail(APIView):
    """One appeal the caller may see: its state, version and what the caller can do now."""

    access = only(*STAFF)

    @extend_schema(operation_id="case_read", tags=["case"], responses={200: CaseOut, 404: ProblemOut})
    def get(self, request: Request, number: str) -> Response:
        try:
            return shown(request, number)
        except AppealError as error:
            return problem(error)


class CaseAction(APIView):
    """Base: finds the case, reads the body, calls the service, shows the case as it now is."""

    access = only(*STAFF)
    form: ClassVar[type[In]] = Seen
    service: ClassVar[Callable[..., object]]

    def post(self, request: Request, number: str) -> Response:
        serializer = self.form(data=request.data)
        if not serializer.is_valid():
            return invalid(serializer)
        given = dict(serializer.validated_data)
        version = given.pop("version")
        try:
            view = selectors.case(working_scope(scope_of(request)), number)
            type(self).service(
                appeal_id=view.appeal.pk,
                actor=Actor.of(scope_of(request)),
                now=timezone.now(),
                expected_version=version,
                **self.arguments(given),
            )
            return shown(request, number)
        except AppealError as error:
            # AppealNotFound among them: done, and out of the caller's sight by it; or never in it.
            return problem(error)

    def arguments(self, given: dict[str, Any]) -> dict[str, Any]:
        return given


def shown(request: Request, number: str) -> Response:
    scope = scope_of(request)
    view = selectors.case(working_scope(scope), number)
    appeal = view.appeal
    record_read(
        scope=scope,
        subject=Subject.APPEAL,
        key=appeal.number,
        page=request.path,
        now=timezone.now(),
        person_id=appeal.concerned_person_id or appeal.applicant_id,
        region_id=appeal.region_id,
    )
    return Response(CaseOut(view).data)


def documented(action: Action, form: type[In]) -> Callable[[type[CaseAction]], type[CaseAction]]:
    """Names the operation in the API document; the class says what it does."""
    post = extend_schema(
        operation_id=f"case_{action.value}",
        tags=["case"],
        request=form,
        responses={200: CaseOut, 400: ProblemOut, 404: ProblemOut, 409: ProblemOut},
    )
    return extend_schema_view(post=post)


@documented(Action.TAKE, Seen)
class Take(CaseAction):
    """Takes a case from the queue into the caller's hands."""

    form = Seen
    service = staticmethod(services.take)


@documented(Action.ASSIGN, AssignIn)
class Assign(CaseAction):
    """Gives the case to a representative of its organisation and level."""

    form = AssignIn
    service = staticmethod(services.assign)


@documented(Action.HAND_OVER, HandOverIn)
class HandOver(CaseAction):
    """Offers the case to another level."""

    form = HandOverIn
    service = staticmethod(services.hand_over)


@documented(Action.ACCEPT_HAND_OVER, Seen)
class AcceptHandOver(CaseAction):
    """Accepts the open offer."""

    form = Seen
    service = staticmethod(services.accept_hand_over)


@documented(Action.RETURN_HAND_OVER, Reason)
class ReturnHandOver(CaseAction):
    """Gives the open offer back with a reason."""

    form = Reason
    service = staticmethod(services.return_hand_over)


@documented(Action.ASK_APPLICANT, QuestionIn)
class AskApplicant(CaseAction):
    """Asks the applicant and waits."""

    form = QuestionIn
    service = staticmethod(services.ask_applicant)


@documented(Action.INFORM_APPLICANT, TextIn)
class InformApplicant(CaseAction):
    """Writes to the applicant without waiting."""

    form = TextIn
    service = staticmethod(services.inform_applicant)


@documented(Action.APPLICANT_REPLIED, ReplyIn)
class ReceiveReply(CaseAction):
    """Records what the applicant said or sent."""

    form = ReplyIn
    service = staticmethod(services.receive_reply)


@documented(Action.ASK_CLINIC, AskClinicIn)
class AskClinic(CaseAction):
    """Asks a clinic of the region and waits."""

    form = AskClinicIn
    service = staticmethod(services.ask_clinic)


@documented(Action.CLINIC_REPLIED, ClinicReplyIn)
class ClinicReplied(CaseAction):
    """Records a clinic's reply to a request."""

    form = ClinicReplyIn
    service = staticmethod(services.clinic_replied)


@documented(Action.ORDER_EXPERTISE, OrderIn)
class OrderExpertise(CaseAction):
    """Orders a targeted expertise and waits."""

    form = OrderIn
    service = staticmethod(services.order_expertise)

    def arguments(self, given: dict[str, Any]) -> dict[str, Any]:
        return {"order": services.Order(**given)}


@documented(Action.EXPERTISE_RECEIVED, OutcomeIn)
class RecordExpertise(CaseAction):
    """Records the act of the expertise under way."""

    form = OutcomeIn
    service = staticmethod(services.record_expertise)

    def arguments(self, given: dict[str, Any]) -> dict[str, Any]:
        validity = given.pop("validity")
        return {"outcome": services.Outcome(**given), "validity": validity}


@documented(Action.RESUME, Reason)
class Resume(CaseAction):
    """Goes on without what was waited for."""

    form = Reason
    service = staticmethod(services.resume)


@documented(Action.SUBMIT_FOR_REVIEW, ProposeIn)
class Propose(CaseAction):
    """Proposes an answer for approval."""

    form = ProposeIn
    service = staticmethod(services.submit_for_review)


@documented(Action.SEND_BACK, Reason)
class SendBack(CaseAction):
    """Sends a proposed answer back."""

    form = Reason
    service = staticmethod(services.send_back)


@documented(Action.ANSWER, AnswerIn)
class Answer(CaseAction):
    """Answers the applicant, or approves the proposed answer."""

    form = AnswerIn
    service = staticmethod(services.answer)


@documented(Action.FORWARD, ForwardIn)
class Forward(CaseAction):
    """Passes the appeal on to the competent body; the applicant is told."""

    form = ForwardIn
    service = staticmethod(services.forward)


@documented(Action.DECLINE, DeclineIn)
class Decline(CaseAction):
    """Leaves the appeal without an answer on a lawful ground."""

    form = DeclineIn
    service = staticmethod(services.decline)


@documented(Action.WITHDRAW, WithdrawIn)
class Withdraw(CaseAction):
    """Records that the applicant took the appeal back."""

    form = WithdrawIn
    service = staticmethod(services.withdraw)


@documented(Action.INSTRUCT, InstructIn)
class Instruct(CaseAction):
    """The fund tells the insurer what to do in the case, with a control date."""

    form = InstructIn
    service = staticmethod(services.instruct)


@documented(Action.REPORT_BACK, TextIn)
class ReportBack(CaseAction):
    """The insurer's report on the fund's instruction; it ends the instruction."""

    form = TextIn
    service = staticmethod(services.report_back)


@documented(Action.EXTEND, ExtendIn)
class Extend(CaseAction):
    """Extends the term once, with a reason the applicant reads."""

    form = ExtendIn
    service = staticmethod(services.extend)


@documented(Action.REOPEN, Reason)
class Reopen(CaseAction):
    """Opens the appeal again with a new lawful term."""

    form = Reason
    service = staticmethod(services.reopen)


@documented(Action.CLOSE, Seen)
class Close(CaseAction):
    """Closes what is answered, forwarded or declined."""

    form = Seen
    service = staticmethod(services.close)


@documented(Action.CONVERT, ConvertIn)
class Convert(CaseAction):
    """Changes kind and topic and routes anew."""

    form = ConvertIn
    service = staticmethod(services.convert)

    def arguments(self, given: dict[str, Any]) -> dict[str, Any]:
        return {**given, "kind": Kind(given["kind"])}


@documented(Action.REROUTE, RerouteIn)
class Reroute(CaseAction):
    """Puts the appeal elsewhere by hand."""

    form = RerouteIn
    service = staticmethod(services.reroute)


@documented(Action.MARK_VALIDITY, ValidityIn)
class MarkValidity(CaseAction):
    """Says whether a complaint proved justified."""

    form = ValidityIn
    service = staticmethod(services.mark_validity)


@documented(Action.SPLIT, SplitIn)
class Split(CaseAction):
    """Makes linked appeals of several matters in one text."""

    form = SplitIn
    service = staticmethod(services.split)

    def arguments(self, given: dict[str, Any]) -> dict[str, Any]:
        parts = [services.Part(Kind(one["kind"]), one["topic"], one["text"]) for one in given["parts"]]
        return {**given, "parts": parts}


@documented(Action.LINK, LinkIn)
class Link(CaseAction):
    """Links the appeal to an earlier one."""

    form = LinkIn
    service = staticmethod(services.link)
