"""What the events are called where staff choose among them."""

from collections.abc import Mapping
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TITLES: Mapping[str, Promise] = MappingProxyType(
    {
        "appeal_registered": _("The appeal is registered"),
        "appeal_answered": _("The answer is ready"),
        "appeal_extended": _("The term is extended"),
        "appeal_forwarded": _("The appeal is forwarded"),
        "appeal_message": _("A question to the applicant"),
        "access_code_new": _("A new access code"),
        "staff_view": _("To colleagues: a saved list"),
        "staff_notices": _("To colleagues: unread notices"),
        "appeal_survey": _("How was the appeal answered"),
        "follower_allowed": _("Somebody may follow the appeal"),
        "follower_ended": _("Somebody may follow no longer"),
        "follower_added": _("To the applicant: somebody follows"),
        "follower_removed": _("To the applicant: somebody follows no longer"),
        "cases_half": _("To colleagues: half of the term is over"),
        "cases_most": _("To colleagues: the term is nearly over"),
        "cases_overdue": _("To colleagues: the term is over"),
        "cases_unrouted": _("To colleagues: cases nobody has"),
        "contact_code": _("A code that proves a contact"),
        "expertise_due": _("To colleagues: expertises due soon"),
        "expertise_overdue": _("To colleagues: expertises overdue"),
        "reply_overdue": _("To colleagues: a clinic has not replied"),
        "clinic_asked": _("To a clinic: a request"),
        "clinic_due": _("To a clinic: a reply is due soon"),
        "clinic_overdue": _("To a clinic: a reply is overdue"),
        "report_ready": _("To colleagues: a report is ready"),
        "exam_invitation": _("Invitation to an exam"),
        "exam_reminder": _("Reminder of an exam"),
        "visit_reminder": _("Reminder of an observation visit"),
        "advice_reminder": _("Reminder of recommendations"),
        "hospital_wait": _("The wait for hospital is too long"),
        "several_reminders": _("Several reminders in one"),
    }
)


def title(event: str) -> str:
    return str(TITLES.get(event, event))
