"""Everything that changes an appeal: keyword-only, the actor passed, one transaction each.

Refusals are those of `appeals.errors`.
"""

from appeals.services.absences import absence_of, cover_absence, plan_cover
from appeals.services.answer_letters import issue_answer_letter, letter_disputed, letter_read
from appeals.services.asking import remind_asked
from appeals.services.casework import (
    assign,
    extend,
    mark_validity,
    next_case,
    resume,
    take,
)
from appeals.services.clinics import ask_clinic, clinic_replied, seen_by_clinic
from appeals.services.drafts import forget_draft, save_draft
from appeals.services.escalation import climb
from appeals.services.expertise import Order, Outcome, order_expertise, record_expertise
from appeals.services.files import attach, detach, mark_paper
from appeals.services.filing import Filed, file_appeal
from appeals.services.following import allow_follower, replace_access_code, revoke_follower
from appeals.services.hand_over import accept_hand_over, hand_over, return_hand_over
from appeals.services.instructing import instruct, report_back
from appeals.services.links import Part, link, split
from appeals.services.notices import forget_notices, read_notices, set_digest, wants_digest
from appeals.services.notices import write as write_notice
from appeals.services.objecting import complain_to_fund
from appeals.services.outcome import (
    answer,
    close,
    decline,
    forward,
    reopen,
    send_back,
    submit_for_review,
    withdraw,
)
from appeals.services.posting import (
    BATCH,
    BatchMoved,
    batch_posted,
    batch_printed,
    dissolve_batch,
    form_batch,
    note_outcome,
    save_letterhead,
)
from appeals.services.quality import SHARE as SAMPLE_SHARE
from appeals.services.quality import criteria_on as quality_criteria
from appeals.services.quality import dispute, draw_sample, judge, may_dispute
from appeals.services.routing import convert, reroute, route_appeal, route_or_put_off, route_waiting
from appeals.services.scanning import scan_next
from appeals.services.survey import OPEN_FOR as SURVEY_OPEN_FOR
from appeals.services.survey import give_survey, refuse_surveys
from appeals.services.talk import ask_applicant, inform_applicant, mark_read, receive_reply
from appeals.services.waiting import judge_wait, note_waiting

__all__ = [
    "BATCH",
    "SAMPLE_SHARE",
    "SURVEY_OPEN_FOR",
    "BatchMoved",
    "Filed",
    "Order",
    "Outcome",
    "Part",
    "absence_of",
    "accept_hand_over",
    "allow_follower",
    "answer",
    "ask_applicant",
    "ask_clinic",
    "assign",
    "attach",
    "batch_posted",
    "batch_printed",
    "climb",
    "clinic_replied",
    "close",
    "complain_to_fund",
    "convert",
    "cover_absence",
    "decline",
    "detach",
    "dispute",
    "dissolve_batch",
    "draw_sample",
    "extend",
    "file_appeal",
    "forget_draft",
    "forget_notices",
    "form_batch",
    "forward",
    "give_survey",
    "hand_over",
    "inform_applicant",
    "instruct",
    "issue_answer_letter",
    "judge",
    "judge_wait",
    "letter_disputed",
    "letter_read",
    "link",
    "mark_paper",
    "mark_read",
    "mark_validity",
    "may_dispute",
    "next_case",
    "note_outcome",
    "note_waiting",
    "order_expertise",
    "plan_cover",
    "quality_criteria",
    "read_notices",
    "receive_reply",
    "record_expertise",
    "refuse_surveys",
    "remind_asked",
    "reopen",
    "replace_access_code",
    "report_back",
    "reroute",
    "resume",
    "return_hand_over",
    "revoke_follower",
    "route_appeal",
    "route_or_put_off",
    "route_waiting",
    "save_draft",
    "save_letterhead",
    "scan_next",
    "seen_by_clinic",
    "send_back",
    "set_digest",
    "split",
    "submit_for_review",
    "take",
    "wants_digest",
    "withdraw",
    "write_notice",
]
