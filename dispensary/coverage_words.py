"""Names of the rows of the coverage report that are no organisations."""

from datetime import date

from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from dispensary.coverage_counting import AGE_GROUPS
from registry.models.people import ContactChannel


def not_attached() -> str:
    return _("Not attached")


def age_group(key: str) -> str:
    """«40–64», «65 and over»: ages reached in the year of the campaign."""
    first = int(key)
    following = next((other for other in AGE_GROUPS if other > first), None)
    if following is None:
        return _("%(age)s and over") % {"age": first}
    return f"{first}–{following - 1}"


def channel(key: str) -> str:
    if key in ContactChannel.values:
        return capfirst(str(ContactChannel(key).label))
    return _("No channel")


def month(key: str) -> str:
    return capfirst(date_format(date.fromisoformat(key), "F Y"))
