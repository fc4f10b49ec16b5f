from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from notifications.models import ContactCap, Message, MessageTemplate, Provider, QuietWindow
from notifications.segments import count_segments


@admin.register(MessageTemplate)
class MessageTemplateAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """A wording in force may have been sent already and is closed to changes: add the next version instead."""

    list_display = (
        "event",
        "channel",
        "language",
        "version",
        "subject",
        "valid_from",
        "valid_to",
        "confirmed",
    )
    list_filter = ("event", "channel", "language", "confirmed")
    readonly_fields = ("preview_text", "segments")

    def has_change_permission(self, request: HttpRequest, obj: MessageTemplate | None = None) -> bool:
        in_use = obj is not None and obj.valid_from <= timezone.localdate()
        return not in_use and super().has_change_permission(request, obj)

    @admin.display(description=_("Preview"))
    def preview_text(self, template: MessageTemplate) -> str:
        return template.preview() if template.pk else ""

    @admin.display(description=_("SMS parts"))
    def segments(self, template: MessageTemplate) -> int | None:
        return count_segments(template.preview()).count if template.pk and template.channel == "sms" else None


@admin.register(QuietWindow)
class QuietWindowAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("working", "opens", "closes", "valid_from", "valid_to", "confirmed")


@admin.register(ContactCap)
class ContactCapAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("region", "per_month", "valid_from", "valid_to", "confirmed")


@admin.register(Provider)
class ProviderAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """The limits agreed with a provider, and how it fares. Rows appear when a provider is used for the first time."""

    list_display = ("name", "per_second", "burst", "failures", "open_until", "slow_until")
    fields = ("name", "per_second", "burst", "failures", "open_until", "slow_until")
    readonly_fields = ("name", "failures", "open_until", "slow_until")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Provider | None = None) -> bool:
        return False


@admin.register(Message)
class MessageAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """How messages fare, without their texts and addresses: an administrator mends the sending, not the content."""

    list_display = ("id", "event", "channel", "state", "error_code", "attempts", "due_at", "sent_at")
    list_filter = ("state", "channel", "event")
    fields = (
        *("event", "channel", "purpose", "priority", "region", "state", "error_code", "attempts", "claims"),
        *("created_at", "due_at", "expires_at", "sending_at", "sent_at", "delivered_at", "failed_at"),
        *("provider_reference", "provider_id", "template"),
    )
    # Millions of rows: no count of all, no deep pages.
    show_full_result_count = False
    ordering = ("-id",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Message | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Message | None = None) -> bool:
        return False
