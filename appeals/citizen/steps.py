"""Pages of the wizard in the order people think, and which of them an appeal in the making still needs.

Pure: answers in, page names out. The answers are what the draft keeps, one dictionary a page.
"""

from collections.abc import Mapping
from typing import Any

Answers = Mapping[str, Any]

WHAT, TOPIC, ABOUT, APPLICANT, PERSON = "what", "topic", "about", "applicant", "person"
INSURER, CLINIC, WHEN, FILES, CONTACTS = "insurer", "clinic", "when", "files", "contacts"
PROOF, CONSENT, CHECK = "proof", "consent", "check"
ORDER = (WHAT, TOPIC, ABOUT, APPLICANT, PERSON, INSURER, CLINIC, WHEN, FILES, CONTACTS, PROOF, CONSENT, CHECK)

# What the rules ask of this appeal beside its pages: empty, or a value of `Proof`.
NEEDS = "needs"
# Whoever cannot solve the puzzle of a crowded network proves the contact instead; see `appeals.limits`.
BY_CODE = "by_code"

MYSELF, CHILD, ADULT = "myself", "child", "adult"


def path(answers: Answers) -> tuple[str, ...]:
    """The pages that this appeal goes through; later ones depend on earlier answers."""
    left_out = set()
    if answers.get(ABOUT, {}).get("about", MYSELF) == MYSELF:
        left_out.add(APPLICANT)
    # Somebody the register knows has an insurer; asking would only confuse.
    if answers.get(PERSON, {}).get("person_id"):
        left_out.add(INSURER)
    if not answers.get(NEEDS):
        left_out.add(PROOF)
    return tuple(step for step in ORDER if step not in left_out)


def first_open(answers: Answers) -> str:
    """The first page without an answer; the last page when nothing is missing."""
    return next((step for step in path(answers) if step != CHECK and step not in answers), CHECK)


def may_open(step: str, answers: Answers) -> bool:
    """Whether everything before the page has been answered."""
    pages = path(answers)
    return step in pages and pages.index(step) <= pages.index(first_open(answers))


def before(step: str, answers: Answers) -> str | None:
    """Where the back link of a page leads; None on the first one."""
    pages = path(answers)
    place = pages.index(step)
    return pages[place - 1] if place else None


def after(step: str, answers: Answers) -> str:
    """The page that follows; a page changed from the last one leads back there."""
    if first_open(answers) == CHECK:
        return CHECK
    pages = path(answers)
    return pages[pages.index(step) + 1]


def place(step: str, answers: Answers) -> tuple[int, int]:
    """Which page of how many, counted from 1."""
    pages = path(answers)
    return pages.index(step) + 1, len(pages)


def answered(answers: Answers, step: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The answers with one page answered anew, without later ones that the change makes meaningless."""
    changed: dict[str, Any] = {**answers, step: dict(given)}
    old = answers.get(step, {})
    if step == WHAT and old and old.get("kind") != given.get("kind"):
        changed.pop(TOPIC, None)
    if step == TOPIC and given.get("needs_clinic") and not changed.get(CLINIC, {}).get("name", "-"):
        changed.pop(CLINIC)
    proof = changed.get(PROOF, {})
    contacts = (given.get("email", "").lower(), given.get("phone"))
    if step == CONTACTS and proof.get("by") == "code" and proof["contact"] not in contacts:
        changed.pop(PROOF)
    if step == ABOUT and old and old.get("about") != given.get("about"):
        changed.pop(APPLICANT, None)
        changed.pop(PERSON, None)
    if step == PERSON and (given.get("person_id") or old.get("region") != given.get("region")):
        changed.pop(INSURER, None)
        if changed.get(CLINIC, {}).get("region") not in (None, given.get("region")):
            changed.pop(CLINIC)
    return changed
