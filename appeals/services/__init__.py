"""Everything that changes an appeal: keyword-only, the actor passed, one transaction each.

Refusals are those of `appeals.errors`.
"""

from appeals.services.casework import (
    applicant_replied,
    ask_applicant,
    assign,
    extend,
    mark_validity,
    next_case,
    resume,
    take,
)
from appeals.services.drafts import forget_draft, save_draft
from appeals.services.escalation import climb
from appeals.services.files import attach, detach
from appeals.services.filing import Filed, file_appeal
from appeals.services.hand_over import accept_hand_over, hand_over, return_hand_over
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
from appeals.services.routing import convert, reroute, route_appeal, route_waiting
from appeals.services.scanning import scan_next

__all__ = [
    "Filed",
    "accept_hand_over",
    "answer",
    "applicant_replied",
    "ask_applicant",
    "assign",
    "attach",
    "climb",
    "close",
    "convert",
    "decline",
    "detach",
    "extend",
    "file_appeal",
    "forget_draft",
    "forward",
    "hand_over",
    "mark_validity",
    "next_case",
    "reopen",
    "reroute",
    "resume",
    "return_hand_over",
    "route_appeal",
    "route_waiting",
    "save_draft",
    "scan_next",
    "send_back",
    "submit_for_review",
    "take",
    "withdraw",
]
