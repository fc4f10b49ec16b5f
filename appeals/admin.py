"""Reference data of appeals in the administration. Appeals themselves are worked at the desk, never here."""

from django.contrib import admin
from django.http import HttpRequest

from appeals.models import (
    AppealTerm,
    AppealTopic,
    Body,
    BodyAddress,
    CallPolicy,
    DeclineGround,
    Letterhead,
    ProofRule,
    QualityCriterion,
    ViolationCode,
    VoiceKey,
    WaitingTimeNorm,
)


@admin.register(AppealTopic)
class AppealTopicAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """A change of rules is a new row with its own dates: old appeals keep the row they were filed under."""

    list_display = [
        "code",
        "title",
        "kind",
        "default_level",
        "urgency",
        "valid_from",
        "valid_to",
        "confirmed",
    ]
    list_filter = ["kind", "confirmed"]
    search_fields = ["code", "title", "plain_title"]
    # "Save as new" starts the next version from this one, once this one has an end.
    save_as = True


@admin.register(Body)
class BodyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    save_as = True
    list_display = ["code", "title"]


@admin.register(DeclineGround)
class DeclineGroundAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Appeals keep the code: a changed wording is a new row with its own dates."""

    save_as = True
    list_display = ["code", "title", "basis", "days", "valid_from", "valid_to", "confirmed"]


@admin.register(BodyAddress)
class BodyAddressAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Where letters to the bodies of a region go; a letter keeps the address it was sent to."""

    save_as = True
    list_display = ["body", "region", "name", "address", "valid_from", "valid_to", "confirmed"]
    list_filter = ["region", "body"]


@admin.register(Letterhead)
class LetterheadAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    save_as = True
    list_display = ["organization", "name", "signatory", "valid_from", "valid_to", "confirmed"]


@admin.register(QualityCriterion)
class QualityCriterionAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    save_as = True
    list_display = ["code", "text", "weight", "valid_from", "valid_to", "confirmed"]


@admin.register(AppealTerm)
class AppealTermAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    save_as = True
    list_display = ["code", "kind", "level", "value", "unit", "valid_from", "valid_to", "confirmed"]
    list_filter = ["code", "confirmed"]


@admin.register(ViolationCode)
class ViolationCodeAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Old acts keep the version they named: a changed code is a new row."""

    list_display = ["code", "title", "expertise", "valid_from", "valid_to", "confirmed"]
    list_filter = ["expertise", "confirmed"]
    search_fields = ["code", "title"]


@admin.register(WaitingTimeNorm)
class WaitingTimeNormAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    save_as = True
    list_display = ["service", "suspicion", "region", "value", "unit", "valid_from", "valid_to", "confirmed"]
    list_filter = ["service", "suspicion", "confirmed"]


@admin.register(ProofRule)
class ProofRuleAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["kind", "received_by", "proof", "valid_from", "valid_to", "confirmed"]


@admin.register(CallPolicy)
class CallPolicyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    save_as = True
    list_display = ["region", "attempts", "lease_minutes", "hours_from", "hours_to", "valid_from", "valid_to"]


@admin.register(VoiceKey)
class VoiceKeyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Keys are made by `manage.py voice_key`, which shows one once; here they are ended or revoked."""

    list_display = ["name", "organization", "valid_from", "valid_to", "revoked_at"]
    readonly_fields = ["organization"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False
