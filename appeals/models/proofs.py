"""How sure the portal must be of who writes."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from appeals.words import KINDS, choices
from registry.models.dated import Dated, dated_constraints


class Proof(models.TextChoices):
    """In rising order: whoever signed in has shown a contact as well."""

    CONTACT = "contact", _("a contact proved by a code")
    SIGN_IN = "sign_in", _("signing in")


class Receiver(models.TextChoices):
    INSURER = "insurer", _("insurer")
    FUND = "fund", _("fund")


class ProofRule(Dated):
    """What a written appeal of a kind to a body needs on the site; where there is no row, nothing."""

    kind = models.CharField(_("kind"), max_length=20, choices=choices(KINDS))
    received_by = models.CharField(_("received by"), max_length=10, choices=Receiver)
    proof = models.CharField(_("what proves the applicant"), max_length=10, choices=Proof)

    class Meta:
        verbose_name = _("rule of proof")
        verbose_name_plural = _("rules of proof")
        ordering = ["kind", "received_by", "valid_from"]
        constraints = dated_constraints(
            models.UniqueConstraint(fields=["kind", "received_by", "valid_from"], name="proofrule_version"),
            models.CheckConstraint(
                condition=Q(kind__in=sorted(KINDS), received_by__in=Receiver.values, proof__in=Proof.values),
                name="proofrule_words",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.received_by}: {self.proof}"
