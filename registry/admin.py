"""The registry in the administration: organisations, the calendar, accounts and their roles. People are not here:
their records are read on the staff's pages, which log who reads them."""

# Django's admin classes take type arguments only in the stubs, hence the ignored complaints below.
from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from registry.models import (
    CalendarDay,
    Clinic,
    ConsentText,
    InsuredCount,
    Organization,
    Region,
    RoleGrant,
    User,
)


@admin.register(Region)
class RegionAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["code", "name", "okato", "time_zone"]


class InsuredCountInline(admin.TabularInline):  # type: ignore[type-arg]
    model = InsuredCount
    extra = 0


@admin.register(Organization)
class OrganizationAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["code", "short_name", "kind", "region", "phone", "acts_as_insurer", "is_sample"]
    list_filter = ["region", "kind"]
    search_fields = ["code", "name"]
    inlines = [InsuredCountInline]


@admin.register(Clinic)
class ClinicAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["mo_code", "short_name", "kind", "region", "closed_on"]
    list_filter = ["region", "kind"]
    search_fields = ["mo_code", "name"]


@admin.register(CalendarDay)
class CalendarDayAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """What stands here wins over the calendar that `load_workdays` fills in; a region's row over the country's."""

    list_display = ["day", "region", "is_working", "note", "confirmed"]
    list_filter = ["region", "is_working", "confirmed"]
    date_hierarchy = "day"


@admin.register(ConsentText)
class ConsentTextAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """New versions are added; a text that people agreed to is never changed."""

    list_display = ["purpose", "language", "version", "valid_from"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class RoleGrantInline(admin.TabularInline):  # type: ignore[type-arg]
    model = RoleGrant
    fk_name = "user"
    extra = 0
    fields = ["role", "region", "organization", "clinic", "valid_from", "valid_to", "revoked_at"]


@admin.register(User)
class UserAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """An account and its roles. The password is set by its owner, through the letter of a reset."""

    list_display = ["email", "full_name", "is_active", "is_staff"]
    search_fields = ["email", "full_name"]
    fields = ["email", "full_name", "time_zone", "language", "is_active", "is_staff"]
    inlines = [RoleGrantInline]

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        obj.email = obj.email.lower()
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        for grant in formset.save(commit=False):
            if isinstance(grant, RoleGrant) and grant.granted_by_id is None:
                grant.granted_by_id = request.user.pk
            grant.save()
        for row in formset.deleted_objects:
            row.delete()
        formset.save_m2m()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # the log names accounts: one is closed, never removed
