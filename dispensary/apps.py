from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DispensaryConfig(AppConfig):
    name = "dispensary"
    verbose_name = _("Dispensary")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Imported late: models exist only now.
        from dispensary.guards import guard, guard_advice
        from notifications import rechecks

        rechecks.register("exam_invitation", guard)
        rechecks.register("exam_reminder", guard)
        rechecks.register("advice_reminder", guard_advice)
