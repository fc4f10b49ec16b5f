"""What a person's data can be read as: the words of the access log, for the log itself and for the person."""

from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy


class Subject(StrEnum):
    """Stored in the log as it stands here; a value once used is never given another meaning."""

    APPEAL = "appeal"
    APPEAL_QUEUE = "appeal_queue"
    APPEAL_EXPORT = "appeal_export"
    REPORT_ROWS = "report_rows"
    REROUTES = "reroutes"
    ATTACHMENT = "attachment"
    LETTER = "letter"
    INVITATION = "invitation"
    CAMPAIGN_PEOPLE = "campaign_people"
    CALL = "call"
    CALLER = "caller"
    CALL_BACK = "call_back"
    CALL_BACKS = "call_backs"
    VOICE_MESSAGE = "voice_message"
    PRINTED_LETTERS = "printed_letters"
    CLINIC_PEOPLE = "clinic_people"
    CLINIC_REQUEST = "clinic_request"
    CLINIC_FILE = "clinic_file"
    CLINIC_FILE_DECISION = "clinic_file_decision"
    OBSERVATION = "observation"
    OBSERVATION_LIST = "observation_list"
    RECOMMENDATION = "recommendation"
    RECOMMENDATION_LIST = "recommendation_list"
    HOSPITAL_REFERRAL = "hospital_referral"
    HOSPITAL_LIST = "hospital_list"
    REPRESENTATIVES = "representatives"
    REPRESENTATIVE = "representative"
    ACCESS_LOG = "access_log"


LABELS: dict[str, Promise] = {
    Subject.APPEAL: _("appeal"),
    Subject.APPEAL_QUEUE: _("list of appeals"),
    Subject.APPEAL_EXPORT: _("spreadsheet of appeals"),
    Subject.REPORT_ROWS: _("appeals behind a figure of the report"),
    Subject.REROUTES: _("appeals routed by hand"),
    Subject.ATTACHMENT: _("file of an appeal"),
    Subject.LETTER: _("letter about an appeal"),
    Subject.INVITATION: _("invitation to an exam"),
    Subject.CAMPAIGN_PEOPLE: _("people of an exam campaign"),
    Subject.CALL: _("call to an invited person"),
    Subject.CALLER: _("person who called"),
    Subject.CALL_BACK: _("promised call"),
    Subject.CALL_BACKS: _("list of promised calls"),
    Subject.VOICE_MESSAGE: _("voice message"),
    Subject.PRINTED_LETTERS: _("letters for print"),
    Subject.CLINIC_PEOPLE: _("people invited to the clinic"),
    Subject.CLINIC_REQUEST: _("request to a clinic"),
    Subject.CLINIC_FILE: _("protocol of a clinic file"),
    Subject.CLINIC_FILE_DECISION: _("decision on a row of a clinic file"),
    Subject.OBSERVATION: _("case of observation"),
    Subject.OBSERVATION_LIST: _("list of people under observation"),
    Subject.RECOMMENDATION: _("recommendation after an exam"),
    Subject.RECOMMENDATION_LIST: _("list of recommendations after exams"),
    Subject.HOSPITAL_REFERRAL: _("referral to hospital"),
    Subject.HOSPITAL_LIST: _("list of referrals to hospital"),
    Subject.REPRESENTATIVES: _("list of representatives"),
    Subject.REPRESENTATIVE: _("card of a representative"),
    Subject.ACCESS_LOG: _("records of the access log"),
}
_ROWS = ngettext_lazy("%(rows)s row", "%(rows)s rows", "rows")


def in_words(subject: str, key: str = "", rows: int | None = None) -> str:
    """One reading in the reader's language: "appeal 39-2026-0000412-7", "list of appeals (50 rows)"."""
    words = " ".join(part for part in (str(LABELS.get(subject, subject)), key) if part)
    return words if rows is None else f"{words} ({_ROWS % {'rows': rows}})"
