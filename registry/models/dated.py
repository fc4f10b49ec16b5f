"""Reference data that regulation sets: every row has a term of validity, a source and a mark of confidence."""

from datetime import date
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


def valid_on(day: date) -> Q:
    """Rows in force on a day; `valid_to` is the last day, empty means until further notice."""
    return Q(valid_from__lte=day) & (Q(valid_to__isnull=True) | Q(valid_to__gte=day))


class Dated(models.Model):
    """Base of dated reference rows. `confirmed` is false where the source could not be read."""

    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=300, blank=True)
    confirmed = models.BooleanField(_("confirmed"), default=False)

    # What names a row across its versions; two versions must not be in force on one day.
    version_key: ClassVar[tuple[str, ...]] = ()

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="%(app_label)s_%(class)s_term",
                violation_error_message=_("The last day is before the first one."),
            )
        ]

    def clean(self) -> None:
        """Called by forms: a version that overlaps another would make the rules ambiguous."""
        super().clean()
        if not self.version_key or self.valid_from is None:
            return
        same = {name: getattr(self, name) for name in self.version_key}
        others = (
            type(self)
            ._default_manager.filter(
                *(
                    Q(**{name: value}) if value is not None else Q(**{f"{name}__isnull": True})
                    for name, value in same.items()
                ),
                Q(valid_to__isnull=True) | Q(valid_to__gte=self.valid_from),
                *([Q(valid_from__lte=self.valid_to)] if self.valid_to is not None else []),
            )
            .exclude(pk=self.pk)
        )
        other = others.order_by("valid_from").first()
        if other is not None:
            raise ValidationError(
                {
                    "valid_from": _("Another version is in force from %(day)s: end it first.")
                    % {"day": f"{other.valid_from:%d.%m.%Y}"}
                }
            )

    def in_force(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


def dated_constraints(*more: Any) -> list[Any]:
    """Constraints of `Dated` plus the model's own: a child's Meta replaces the list otherwise."""
    return [*Dated.Meta.constraints, *more]
