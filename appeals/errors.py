"""What can go wrong with an appeal for a reason people should read. `code` is stable, the text is translated."""

from collections.abc import Iterable, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from appeals.lifecycle import Action, Given, State
from appeals.words import ACTIONS, STATES

Text = str | Promise


class AppealError(Exception):
    """Base of refusals that are shown to people; `str()` gives the text in the reader's language."""

    code = "appeal_error"

    def __init__(self, text: Text, *, code: str = "") -> None:
        super().__init__(text)
        self.text = text
        self.code = code or self.code

    def __str__(self) -> str:
        return str(self.text)


class AppealNotFound(AppealError):
    """There is none, or this person may not see it: the two look alike."""

    code = "not_found"

    def __init__(self) -> None:
        super().__init__(_("There is no such appeal."))


class IllegalAction(AppealError):
    """`code` is `no_such_move` or `role_may_not`; `possible` is what this person can do now."""

    def __init__(self, *, code: str, state: State, action: Action, possible: Iterable[Action]) -> None:
        self.state, self.action, self.possible = state, action, tuple(possible)
        can = ", ".join(str(ACTIONS[one]) for one in self.possible)
        text = _("“%(action)s” is not possible: the appeal is “%(state)s”. Possible now: %(possible)s.")
        super().__init__(
            text % {"action": ACTIONS[action], "state": STATES[state], "possible": can or "—"}, code=code
        )


class InputMissing(AppealError):
    """The action needs something that was not given; `fields` names it."""

    code = "missing"

    def __init__(self, fields: tuple[Given, ...]) -> None:
        self.fields = fields
        super().__init__(_("Fill in what is missing: %(fields)s.") % {"fields": ", ".join(fields)})


class ChangedMeanwhile(AppealError):
    """Somebody else was faster. Nothing was written; `version` is the one now in force."""

    code = "changed_meanwhile"

    def __init__(self, version: int) -> None:
        self.version = version
        super().__init__(
            _("The appeal was changed meanwhile. Look at what is new; your text has not been lost.")
        )


class InvalidInput(AppealError):
    """Field by field what is wrong; the keys are field names of `Filing` or arguments of the service."""

    code = "invalid"

    def __init__(self, fields: Mapping[str, Text]) -> None:
        self.fields = dict(fields)
        super().__init__(" ".join(str(text) for text in self.fields.values()))


class KeyReused(AppealError):
    """The same idempotency key came with another content."""

    code = "key_reused"

    def __init__(self) -> None:
        super().__init__(_("This submission key was already used for another appeal. Use a new one."))


class FileRefused(AppealError):
    """`code`: `too_large`, `empty`, `type_not_allowed`, `too_many`, `lost`, `infected`."""


class BeingSent(AppealError):
    """Somebody has just sent something in this case, and it can still be taken back."""

    code = "being_sent"

    def __init__(self) -> None:
        super().__init__(
            _("Something else of this case is just being sent. Wait a few seconds and send again.")
        )


class HandOverGone(AppealError):
    """There is no open offer any more."""

    code = "hand_over_gone"

    def __init__(self) -> None:
        super().__init__(_("This hand-over was already accepted or returned."))


class NotFitting(AppealError):
    """The representative cannot take the case. `code`: `other_organisation`, `other_level`, `conflict`, `left`."""


class TooLate(AppealError):
    """The time for this has passed. `code`: `reopen_term`, or that of `deadlines.ExtensionRefused`."""


class WrongPair(AppealError):
    """Number and code do not open anything; why is never said."""

    code = "wrong_pair"

    def __init__(self) -> None:
        super().__init__(
            _("No appeal was found by this number and code. Check both; letters and digits look alike.")
        )


class TryLater(AppealError):
    """Too many attempts, or they cannot be counted now. `seconds` until the next one."""

    code = "try_later"

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        super().__init__(_("Too many attempts. Try again in %(seconds)s seconds.") % {"seconds": seconds})


class PuzzleNeeded(AppealError):
    """So much came from this network that the next one shows that no robot sends it; see `appeals.limits`."""

    code = "puzzle_needed"

    def __init__(self) -> None:
        super().__init__(
            _("Very many requests come from your network now. Tick “I am not a robot” and send once more.")
        )
