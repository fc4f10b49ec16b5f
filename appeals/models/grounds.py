from datetime import date
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.models.dated import Dated, dated_constraints


class DeclineGround(Dated):
    """One version of a lawful ground to leave an appeal without an answer on its merits (59-FZ art. 11).

    An appeal keeps the code. `days`: within how many days of registration the applicant has to be told, where the
    law sets a term of its own.
    """

    code = models.CharField(_("code"), max_length=20)
    title = models.CharField(_("title"), max_length=300)
    basis = models.CharField(_("norm"), max_length=200)
    days = models.PositiveSmallIntegerField(_("days to tell the applicant"), null=True, blank=True)

    version_key: ClassVar[tuple[str, ...]] = ("code",)

    class Meta:
        verbose_name = _("ground to leave without an answer")
        verbose_name_plural = _("grounds to leave without an answer")
        ordering = ["code", "valid_from"]
        constraints = dated_constraints(
            models.UniqueConstraint(fields=["code", "valid_from"], name="declineground_version"),
        )

    def __str__(self) -> str:
        return self.title

    @classmethod
    def title_of(cls, code: str, on: date) -> str:
        """The words of a code as of a day; the code itself where nobody knows it any more."""
        known = cls.objects.filter(code=code, valid_from__lte=on).order_by("-valid_from").first()
        return known.title if known else code
