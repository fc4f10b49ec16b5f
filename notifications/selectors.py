"""Reads of the outbox for the apps above."""

from collections.abc import Collection

from django.db.models import Count

from notifications.models import Message, MessageQuerySet
from notifications.states import State
from registry.scoping import Scope


def progress(*, campaign_keys: Collection[str]) -> dict[str, dict[State, int]]:
    """How many messages of each campaign are in each state; states without messages are 0.

    Counted from an index of campaign and state alone. Ask it for a page of campaigns, not for each click: a
    campaign of a million rows takes a moment.
    """
    found = {key: dict.fromkeys(State, 0) for key in campaign_keys}
    rows = (
        Message.objects.filter(campaign_key__in=list(campaign_keys))
        .values_list("campaign_key", "state")
        .annotate(count=Count("*"))
    )
    for key, state, count in rows:
        found[str(key)][State(state)] = count
    return found


def messages_to(*, scope: Scope, person_id: int, last: int = 50) -> MessageQuerySet:
    """What was written to a person, newest first, as far as the reader may see it."""
    return Message.objects.visible_to(scope).filter(person=person_id).order_by("-id")[:last]
