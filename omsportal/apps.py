from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    name = "omsportal"
    verbose_name = _("Portal")

    def ready(self) -> None:
        from appeals.desk import panels
        from dispensary import waits
        from omsportal import checks, handing_over  # noqa: F401 - checks register themselves
        from omsportal.case_panels import exams_and_observation
        from omsportal.hospital_limit import hospital_limit

        handing_over.connect()
        panels.register(exams_and_observation)
        waits.register(hospital_limit)
