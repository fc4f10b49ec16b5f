from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    name = "omsportal"
    verbose_name = _("Portal")

    def ready(self) -> None:
        from omsportal import checks, handing_over  # noqa: F401 - checks register themselves

        handing_over.connect()
