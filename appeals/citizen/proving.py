"""Which proof of the applicant the rules ask for; see `appeals.models.proofs`."""

from datetime import date

from appeals.citizen import steps
from appeals.citizen.steps import Answers
from appeals.models import Proof, ProofRule, Receiver
from registry.models import InsuredPerson, Organization
from registry.models.dated import valid_on


def needed(answers: Answers, today: date) -> str:
    """Empty, or a value of `Proof`. Known from the page on that tells who insures the person."""
    if steps.PERSON not in answers or steps.WHAT not in answers:
        return ""
    rules = ProofRule.objects.filter(
        valid_on(today), kind=answers[steps.WHAT]["kind"], received_by=_receiver(answers)
    )
    return rules.values_list("proof", flat=True).first() or ""


def settled(answers: Answers, today: date) -> dict[str, object]:
    """The answers with what they need, without a proof that is no longer enough."""
    kept: dict[str, object] = {**answers, steps.NEEDS: needed(answers, today)}
    if answers.get(steps.BY_CODE) and not kept[steps.NEEDS]:
        kept[steps.NEEDS] = Proof.CONTACT
    by_code = answers.get(steps.PROOF, {}).get("by") == "code"
    if kept[steps.NEEDS] == Proof.SIGN_IN and by_code:
        kept.pop(steps.PROOF)
    return kept


def _receiver(answers: Answers) -> str:
    """Where filing will put it: the insurer of the region, where one is known; else the fund."""
    region, person_id = answers[steps.PERSON]["region"], answers[steps.PERSON].get("person_id")
    given = str(answers.get(steps.INSURER, {}).get("insurer", ""))
    if person_id:
        insurers = Organization.objects.filter(
            pk__in=InsuredPerson.objects.filter(pk=person_id).values("insurer"), region=region
        )
    elif given.isdecimal():
        insurers = Organization.objects.filter(pk=int(given), region=region)
    else:
        return Receiver.FUND
    office = insurers.first()
    return Receiver.FUND if office is None or office.is_fund else Receiver.INSURER
