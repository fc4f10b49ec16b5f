from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DispensaryConfig(AppConfig):
    name = "dispensary"
    verbose_name = _("Dispensary")
    default_auto_field = "django.db.models.BigAutoField"
