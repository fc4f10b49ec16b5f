"""What a program sends with each action on an appeal."""

from typing import Any

from rest_framework import serializers

from appeals.models import ExpertiseKind, LinkKind, Validity
from appeals.words import CHANNELS, KINDS, choices

LONGEST = 10_000
In = serializers.Serializer[dict[str, Any]]


class Seen(In):
    version = serializers.IntegerField(help_text="Of the case as the caller has read it")


def text(**more: Any) -> serializers.CharField:
    return serializers.CharField(max_length=LONGEST, **more)


class Note(Seen):
    note = text()


class Reason(Seen):
    reason = text()


class AssignIn(Seen):
    representative_id = serializers.IntegerField()


class HandOverIn(Note):
    level = serializers.IntegerField(min_value=1, max_value=3)


class QuestionIn(Seen):
    question = text()


class TextIn(Seen):
    text = text()


class ReplyIn(Seen):
    reply = text()
    channel = serializers.ChoiceField(choices=choices(CHANNELS))


class AskClinicIn(QuestionIn):
    clinic_id = serializers.IntegerField()
    due_on = serializers.DateField(required=False)


class ClinicReplyIn(Seen):
    request_id = serializers.IntegerField()
    reply = text()


class OrderIn(Seen):
    kind = serializers.ChoiceField(choices=ExpertiseKind.choices)
    clinic_id = serializers.IntegerField()
    period_from = serializers.DateField()
    period_to = serializers.DateField()
    task = text()
    expert = serializers.CharField(max_length=200)
    due_on = serializers.DateField(required=False)


class OutcomeIn(Seen):
    act_number = serializers.CharField(max_length=60)
    act_on = serializers.DateField()
    conclusion = text()
    violations = serializers.ListField(
        child=serializers.CharField(max_length=12), required=False, default=list
    )
    unpaid = serializers.IntegerField(min_value=0, default=0, help_text="Kopecks")
    fine = serializers.IntegerField(min_value=0, default=0, help_text="Kopecks")
    refund = serializers.IntegerField(min_value=0, default=0, help_text="Kopecks")
    validity = serializers.ChoiceField(choices=Validity.choices, required=False, default="")


class ProposeIn(Seen):
    answer = text()


class AnswerIn(TextIn):
    validity = serializers.ChoiceField(choices=Validity.choices, required=False, default="")


class ForwardIn(Seen):
    addressee = serializers.CharField(max_length=40, help_text="Code of the competent body")
    letter = text()


class DeclineIn(Reason):
    ground = serializers.CharField(max_length=20)


class WithdrawIn(Seen):
    statement = text()


class InstructIn(Seen):
    text = serializers.CharField(max_length=LONGEST, help_text="What the insurer has to do")
    control_on = serializers.DateField(help_text="The day by which the insurer reports; not in the past")


class ExtendIn(Reason):
    days = serializers.IntegerField(min_value=1, max_value=30)


class ConvertIn(Reason):
    kind = serializers.ChoiceField(choices=choices(KINDS))
    topic = serializers.CharField(max_length=20)


class RerouteIn(Reason):
    organization_id = serializers.IntegerField()
    level = serializers.IntegerField(min_value=1, max_value=3, allow_null=True)


class ValidityIn(Seen):
    validity = serializers.ChoiceField(choices=[Validity.JUSTIFIED, Validity.UNJUSTIFIED, Validity.REPEATED])


class PartIn(In):
    kind = serializers.ChoiceField(choices=choices(KINDS))
    topic = serializers.CharField(max_length=20)
    text = text()


class SplitIn(Reason):
    parts = PartIn(many=True)


class LinkIn(Seen):
    earlier = serializers.CharField(max_length=20, help_text="Number of the earlier appeal")
    kind = serializers.ChoiceField(
        choices=[(kind.value, kind.label) for kind in (LinkKind.REPEAT, LinkKind.RELATED)]
    )
    note = text(required=False, default="", allow_blank=True)
