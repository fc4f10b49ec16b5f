"""E-mail by SMTP: one connection for a batch, text with a simple HTML twin, one-click unsubscribe for invitations."""

import logging
import smtplib
from collections.abc import Sequence
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.template.loader import render_to_string

from notifications.channels.base import CannotTell, Outcome, Outgoing, Result
from notifications.states import State

log = logging.getLogger(__name__)


class EmailSender:
    """SMTP knows no reference, so a mail that may have left is never repeated; yet its Message-ID is stable."""

    idempotent = False
    can_tell = False
    # A worker that is killed leaves no more than these in doubt.
    chunk = 20

    def send(self, batch: Sequence[Outgoing]) -> list[Result]:
        connection = get_connection()
        results = []
        try:
            for message in batch:
                result = self._send_one(connection, message)
                results.append(result)
                if result.outcome is Outcome.UNKNOWN:
                    _close(connection)  # the dialogue broke: the next mail begins a new one
        finally:
            _close(connection)
        return results

    def status(self, reference: UUID) -> State | None:
        raise CannotTell("SMTP cannot be asked about a mail")

    def _send_one(self, connection: Any, message: Outgoing) -> Result:
        try:
            connection.open()
        except (OSError, smtplib.SMTPException) as error:
            log.warning("The mail server does not answer: %s", error)
            return Result(Outcome.NOT_NOW, "smtp_unreachable")
        try:
            sent = connection.send_messages([compose(message)])
        except smtplib.SMTPRecipientsRefused as error:
            return _refusal(max(code for code, _ in error.recipients.values()))
        except smtplib.SMTPResponseException as error:
            return _refusal(error.smtp_code)
        except smtplib.SMTPNotSupportedError:
            return Result(Outcome.REFUSED, "smtp_not_supported")
        except (OSError, smtplib.SMTPException) as error:
            log.warning("The mail server broke off: %s", error)
            return Result(Outcome.UNKNOWN, "smtp_broke_off")
        except ValueError:  # a line break in a header, an address that cannot be encoded
            return Result(Outcome.REFUSED, "bad_header")
        return Result(Outcome.SENT) if sent else Result(Outcome.NOT_NOW, "smtp_unreachable")


def _refusal(code: int) -> Result:
    """4xx: come again; 5xx: never (RFC 5321 §4.2.1). 421 ends the dialogue, yet nothing was taken."""
    return Result(Outcome.NOT_NOW if code < 500 else Outcome.REFUSED, f"smtp_{code}")


def _close(connection: Any) -> None:
    try:
        connection.close()
    except (OSError, smtplib.SMTPException):
        connection.connection = None


def compose(message: Outgoing) -> EmailMultiAlternatives:
    """The mail as it leaves. It says that a machine wrote it, so that no out-of-office note comes back."""
    headers = {
        "Message-ID": f"<{message.reference}@{urlsplit(settings.PORTAL_URL).hostname or 'portal.invalid'}>",
        "Date": format_datetime(message.written_at),
        "Auto-Submitted": "auto-generated",
        "Content-Language": message.language,
    }
    if message.unsubscribe:
        headers["List-Unsubscribe"] = f"<{message.unsubscribe}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058
    context = {"message": message, "portal_url": settings.PORTAL_URL}
    mail = EmailMultiAlternatives(
        subject=message.subject,
        body=render_to_string("notifications/email.txt", context),
        to=[message.to],
        headers=headers,
    )
    mail.attach_alternative(render_to_string("notifications/email.html", context), "text/html")
    return mail
