"""What stands on the letters that the portal words itself, and their headings, in the language of the letter.

Values in, text out: the caller has set the language. What people wrote stands in the letters as they wrote it.
"""

from datetime import date

from django.utils import formats, translation
from django.utils.translation import gettext as _

from appeals.models import LetterKind


def subject(kind: str, number: str) -> str:
    """The heading of a letter about an appeal."""
    words = {
        LetterKind.ANSWER: _("Answer to appeal %(number)s"),
        LetterKind.INTERIM: _("Interim answer to appeal %(number)s"),
        LetterKind.QUESTION: _("Question about appeal %(number)s"),
        LetterKind.EXTENSION: _("More time to consider appeal %(number)s"),
        LetterKind.FORWARDING: _("Forwarding of appeal %(number)s"),
        LetterKind.FORWARD_NOTICE: _("Appeal %(number)s has been forwarded"),
        LetterKind.DECLINE: _("Appeal %(number)s stays without an answer on its merits"),
        LetterKind.CLINIC_REQUEST: _("Request about appeal %(number)s"),
    }
    return words[LetterKind(kind)] % {"number": number}


def extension(number: str, *, until: date, reason: str) -> str:
    return "\n\n".join(
        [
            _("The term of considering your appeal %(number)s has been extended until %(day)s.")
            % {"number": number, "day": day(until)},
            _("The reason: %(reason)s") % {"reason": reason},
            _("You do not have to do anything. We will send you the answer by that day."),
        ]
    )


def forward_notice(number: str, *, body: str, outgoing: str) -> str:
    """Tells the applicant where the appeal is now (59-FZ art. 8 part 3)."""
    return "\n\n".join(
        [
            _(
                "The matter of your appeal %(number)s is not decided by compulsory medical insurance."
                " We have forwarded the appeal to whoever decides it: %(body)s."
            )
            % {"number": number, "body": body},
            _("The number of our covering letter: %(outgoing)s.") % {"outgoing": outgoing},
            _("The answer on the merits will come to you from that body."),
        ]
    )


def decline(number: str, *, ground: str, basis: str, reason: str) -> str:
    lawful = f"{ground} ({basis})" if basis else ground
    return "\n\n".join(
        [
            _("We leave your appeal %(number)s without an answer on its merits.") % {"number": number},
            _("The lawful ground: %(ground)s.") % {"ground": lawful},
            reason,
            _("When the obstacle is removed, you may write to us again."),
        ]
    )


def clinic_request(question: str, *, person: str, born: date | None, enp: str, until: date) -> str:
    about = [person]
    if born is not None:
        about.append(_("born on %(day)s") % {"day": day(born)})
    if enp:
        about.append(_("policy number %(enp)s") % {"enp": enp})
    return "\n\n".join(
        [
            _("We are checking an appeal of an insured person: %(person)s.") % {"person": ", ".join(about)},
            question,
            _("Please reply by %(day)s on your page of the portal or by letter.") % {"day": day(until)},
        ]
    )


def enclosure(*, name: str, contact: str, text: str, wish: str) -> str:
    """The appeal itself, as it goes with the covering letter."""
    parts = [
        _("Applicant: %(name)s") % {"name": name},
        contact and _("Contact: %(way)s") % {"way": contact},
        text,
    ]
    if wish:
        parts.append(_("What the applicant asks for: %(wish)s") % {"wish": wish})
    return "\n\n".join(part for part in parts if part)


def day(moment: date) -> str:
    language = (translation.get_language() or "ru")[:2]
    return formats.date_format(moment, "j E Y" if language == "ru" else "j F Y")
