# Django's admin classes take type arguments only in the stubs, hence the ignored complaints below.
from django.contrib import admin

from representatives.models import (
    Absence,
    Conflict,
    DirectLine,
    DutyPost,
    PlannedPositions,
    Representative,
    StaffingNorm,
    Training,
    ZpzRow,
)


class TrainingInline(admin.TabularInline):  # type: ignore[type-arg]
    model = Training
    extra = 0
    raw_id_fields = ["organization"]


class AbsenceInline(admin.TabularInline):  # type: ignore[type-arg]
    model = Absence
    extra = 0


class ConflictInline(admin.TabularInline):  # type: ignore[type-arg]
    model = Conflict
    extra = 0
    raw_id_fields = ["clinic", "person"]


@admin.register(Representative)
class RepresentativeAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["full_name", "organization", "level", "contact_centre", "hired_on", "left_on"]
    list_filter = ["region", "level", "contact_centre", "employment_type"]
    list_select_related = ["organization"]
    search_fields = ["sort_key"]
    raw_id_fields = ["user", "organization"]
    ordering = ["sort_key"]
    inlines = [TrainingInline, AbsenceInline, ConflictInline]


@admin.register(DutyPost)
class DutyPostAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = [
        "clinic",
        "representative",
        "weekday",
        "starts",
        "ends",
        "valid_from",
        "valid_to",
        "status",
    ]
    list_filter = ["status", "weekday", "clinic__region"]
    list_select_related = ["clinic", "representative"]
    raw_id_fields = ["clinic", "representative"]


@admin.register(DirectLine)
class DirectLineAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["clinic", "organization", "audience", "phone"]
    list_filter = ["audience", "clinic__region"]
    list_select_related = ["clinic", "organization"]
    raw_id_fields = ["clinic", "organization"]


@admin.register(StaffingNorm)
class StaffingNormAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["level", "region", "insured_per_representative", "valid_from", "valid_to", "confirmed"]
    list_filter = ["level", "confirmed"]
    list_select_related = ["region"]


@admin.register(PlannedPositions)
class PlannedPositionsAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["organization", "level", "positions", "valid_from", "valid_to", "confirmed"]
    list_filter = ["level", "organization__region"]
    list_select_related = ["organization"]
    raw_id_fields = ["organization"]


@admin.register(ZpzRow)
class ZpzRowAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["table", "code", "title", "measure", "valid_from", "valid_to", "confirmed"]
    list_filter = ["table", "confirmed"]
