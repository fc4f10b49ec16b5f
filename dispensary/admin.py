# Django's admin classes take type arguments only in the stubs, hence the ignored complaints below.
from django.contrib import admin

from dispensary.models import (
    Category,
    CoverageTarget,
    FileKeeping,
    InformingPolicy,
    ObservationRule,
    Programme,
    ProgrammeRule,
    ProgrammeTest,
    Reason,
    Tariff,
)

# Reference data alone: campaigns and invitations are worked on their pages, where every read is scoped and logged.
_TERM = ("valid_from", "valid_to", "confirmed")


@admin.register(Programme)
class ProgrammeAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("title", "code", "invitation_to", "interval_years")


@admin.register(ProgrammeRule)
class ProgrammeRuleAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("programme", "rule", "ages", "sex", "category_group", *_TERM)
    list_filter = ("programme", "confirmed")
    list_select_related = ("programme",)


@admin.register(ProgrammeTest)
class ProgrammeTestAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("programme", "title", "ages", "sex", *_TERM)
    list_filter = ("programme", "confirmed")
    list_select_related = ("programme",)


@admin.register(Category)
class CategoryAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("title", "group", *_TERM)
    list_filter = ("group", "confirmed")


@admin.register(ObservationRule)
class ObservationRuleAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("icd10", "condition", "specialist", "intervals_months", *_TERM)
    list_filter = ("group", "confirmed")
    search_fields = ("icd10", "condition")


@admin.register(Tariff)
class TariffAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("channel", "price", *_TERM)


@admin.register(CoverageTarget)
class CoverageTargetAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("programme", "region", "share", *_TERM)
    list_filter = ("programme",)
    list_select_related = ("programme", "region")


@admin.register(FileKeeping)
class FileKeepingAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("days", *_TERM)


@admin.register(InformingPolicy)
class InformingPolicyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("region", "rounds", "repeat_after_days", "call_attempts", "unknown_days", *_TERM)


@admin.register(Reason)
class ReasonAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("title", "kind", "code", *_TERM)
    list_filter = ("kind",)
