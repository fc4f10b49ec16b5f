"""Writes of the register: keyword-only, the actor passed, one transaction each.

A refusal is a `ValidationError` whose messages belong to fields, so that forms and imports show the same words.
"""

from representatives.services.base import HandedOver, release_work
from representatives.services.position import change_position
from representatives.services.register import (
    add,
    cancel_leaving,
    correct,
    leave,
    record_absence,
    record_training,
    remove_absence,
    remove_training,
)

__all__ = [
    "HandedOver",
    "add",
    "cancel_leaving",
    "change_position",
    "correct",
    "leave",
    "record_absence",
    "record_training",
    "release_work",
    "remove_absence",
    "remove_training",
]
