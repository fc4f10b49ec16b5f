"""How often what happens among the sample's appeals."""

from random import Random
from typing import TypeVar

from appeals.lifecycle import Action, State
from appeals.sample_story import WAYS
from appeals.sample_texts import QUESTIONS, REPLIES
from appeals.terms import Channel, Kind

# The press of the funds gives 97 % consultations and 3 % complaints; the other kinds are rare beside them.
CONSULTATIONS = 0.97
OTHER_KINDS = ((Kind.COMPLAINT, 30), (Kind.APPLICATION, 5), (Kind.GRATITUDE, 2), (Kind.PROPOSAL, 1))
ORAL = ((Channel.PHONE, 84), (Channel.VOICE_MESSAGE, 5), (Channel.VISIT, 6), (Channel.DUTY_POST, 5))
WRITTEN = ((Channel.SITE, 55), (Channel.POST, 20), (Channel.EMAIL, 15), (Channel.FROM_ANOTHER_BODY, 10))
# What has become of a written appeal of less than a month, and of an older one.
YOUNG = (
    (State.REGISTERED, 12),
    (State.IN_PROGRESS, 34),
    (State.AWAITING_APPLICANT, 8),
    (State.AWAITING_CLINIC, 10),
    (State.AWAITING_EXPERTISE, 6),
    (State.IN_REVIEW, 8),
    (State.ANSWERED, 18),
    (State.WITHDRAWN, 2),
    (State.DECLINED, 2),
)
OLD = (
    (State.CLOSED, 78),
    (State.ANSWERED, 10),
    (State.WITHDRAWN, 4),
    (State.DECLINED, 3),
    (State.IN_PROGRESS, 5),
)
SAID = {Action.ASK_APPLICANT: QUESTIONS, Action.APPLICANT_REPLIED: REPLIES}
SHOWN = (*WAYS, State.REGISTERED, State.IN_PROGRESS, State.REGISTERED)


T = TypeVar("T")


def pick(shares: tuple[tuple[T, int], ...], random: Random) -> T:
    return random.choices([value for value, _ in shares], [share for _, share in shares])[0]
