"""The text a person agrees to, and what is kept of the agreement: which text, when, from where."""

from typing import Any

from allauth.account.adapter import get_adapter
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language

from registry.models import ConsentText
from registry.models.people import ConsentPurpose


def current_text() -> ConsentText:
    """What is agreed to when an appeal is filed; see `text_of`."""
    return text_of(ConsentPurpose.PERSONAL_DATA)


def text_of(purpose: str) -> ConsentText:
    """The newest text in force in the reader's language, else in Russian.

    Errors: ConsentText.DoesNotExist where reference data was not loaded; without a text nothing may be taken.
    """
    today = timezone.localdate()
    language = (get_language() or "ru")[:2]
    rows = ConsentText.objects.filter(purpose=purpose, language__in=[language, "ru"], valid_from__lte=today)
    texts = sorted(rows, key=lambda text: (text.language == language, text.version), reverse=True)
    if not texts:
        raise ConsentText.DoesNotExist(f"No consent text for {purpose} is in force: run load_reference")
    return texts[0]


def stamp(request: HttpRequest) -> dict[str, Any]:
    """What the draft keeps beside the tick and the text: the moment and the network address."""
    return {"at": timezone.now().isoformat(), "address": caller(request)}


def caller(request: HttpRequest) -> str | None:
    """The address of whoever asks, behind the proxies that the settings trust; None where it is not to be known."""
    try:
        return str(get_adapter(request).get_client_ip(request)) or None
    except PermissionDenied:
        return None
