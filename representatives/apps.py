from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RepresentativesConfig(AppConfig):
    name = "representatives"
    verbose_name = _("Representatives")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from representatives.remembered import connect

        connect()
