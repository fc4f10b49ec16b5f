"""What goes in and out of the API of appeals. Every field is named: a new column never leaks by itself."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from appeals.filing import MAX_TEXT
from appeals.models import ActingGround, Appeal, ReplyChannel
from appeals.terms import Form, Kind, Suspicion, Urgency
from appeals.words import CHANNELS, FORMS, KINDS, STATES, SUSPICIONS, URGENCIES, choices


class FilingIn(serializers.Serializer[dict[str, Any]]):
    region = serializers.RegexField(r"^[0-9]{2}$", help_text="Code of the region, two digits")
    kind = serializers.ChoiceField(choices=choices(KINDS))
    form = serializers.ChoiceField(choices=choices(FORMS), default=Form.WRITTEN.value)
    topic = serializers.CharField(max_length=20, help_text="Code of the topic, a row of form ЗПЗ")
    text = serializers.CharField(max_length=MAX_TEXT)
    wish = serializers.CharField(max_length=MAX_TEXT, required=False, default="", allow_blank=True)
    happened_on = serializers.DateField(required=False, allow_null=True, default=None)
    applicant_name = serializers.CharField(max_length=310)
    applicant_email = serializers.EmailField(required=False, default="", allow_blank=True)
    applicant_phone = serializers.CharField(max_length=30, required=False, default="", allow_blank=True)
    applicant_address = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)
    reply_channel = serializers.ChoiceField(choices=ReplyChannel.choices)
    language = serializers.ChoiceField(choices=["ru", "en"], default="ru")
    acting_ground = serializers.ChoiceField(choices=ActingGround.choices, default=ActingGround.SELF.value)
    ground_document = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)
    concerned_name = serializers.CharField(max_length=310, required=False, default="", allow_blank=True)
    concerned_birth_date = serializers.DateField(required=False, allow_null=True, default=None)
    concerned_enp = serializers.CharField(max_length=30, required=False, default="", allow_blank=True)
    about_insurer = serializers.BooleanField(default=False)
    suspicion = serializers.ChoiceField(
        choices=choices(SUSPICIONS), required=False, allow_null=True, default=None
    )
    life_threat = serializers.BooleanField(default=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs["kind"], attrs["form"] = Kind(attrs["kind"]), Form(attrs["form"])
        attrs["suspicion"] = Suspicion(attrs["suspicion"]) if attrs["suspicion"] else None
        return attrs


class FiledOut(serializers.Serializer[Any]):
    number = serializers.CharField()
    access_code = serializers.CharField(
        allow_null=True, help_text="Shown once; null when the submission is repeated after a day"
    )
    due_on = serializers.DateField(help_text="The last day for the answer")
    repeated = serializers.BooleanField(help_text="This key had been used before: nothing was written now")


class PuzzleOut(serializers.Serializer[Any]):
    algorithm = serializers.CharField()
    challenge = serializers.CharField(help_text="Hash of the salt followed by the number that is looked for")
    maxnumber = serializers.IntegerField()
    salt = serializers.CharField(help_text="Holds the moment at which the puzzle runs out")
    signature = serializers.CharField()


class StatusIn(serializers.Serializer[dict[str, Any]]):
    number = serializers.CharField(max_length=40)
    code = serializers.CharField(max_length=40)


class PublicEventOut(serializers.Serializer[Any]):
    at = serializers.DateTimeField()
    action = serializers.CharField()
    state = serializers.CharField()


class PublicStatusOut(serializers.Serializer[Any]):
    number = serializers.CharField()
    state = serializers.CharField()
    state_text = serializers.CharField()
    kind = serializers.CharField()
    registered_on = serializers.DateField()
    due_on = serializers.DateField()
    extended = serializers.BooleanField()
    extension_reason = serializers.CharField()
    organization = serializers.CharField()
    phone = serializers.CharField()
    level = serializers.IntegerField(allow_null=True)
    addressee = serializers.CharField()
    events = PublicEventOut(many=True)


# Words of the API for parts of the queue; the ones the pages use are taken too.
VIEWS = ("mine", "level", "offered", "overdue", "waiting", "unassigned", "open", "all")


class QueueIn(serializers.Serializer[dict[str, Any]]):
    """What may stand in an address: no name, no policy number."""

    view = serializers.ChoiceField(choices=VIEWS, default="open")
    level = serializers.IntegerField(min_value=1, max_value=3, required=False)
    kind = serializers.ChoiceField(choices=choices(KINDS), required=False)
    topic = serializers.CharField(max_length=20, required=False)
    clinic = serializers.CharField(max_length=6, required=False, help_text="Registry code of the clinic")
    channel = serializers.ChoiceField(choices=choices(CHANNELS), required=False)
    urgency = serializers.ChoiceField(choices=choices(URGENCIES), required=False)
    state = serializers.CharField(max_length=20, required=False, help_text="A state of an appeal")
    due_from = serializers.DateField(required=False)
    due_to = serializers.DateField(required=False)
    sort = serializers.ChoiceField(choices=["due", "received", "urgency"], required=False)
    cursor = serializers.CharField(max_length=80, required=False)

    def validate_state(self, value: str) -> str:
        if value not in STATES:
            raise serializers.ValidationError(_("There is no such state."))
        return value


class QueueSearchIn(QueueIn):
    q = serializers.CharField(
        max_length=100, help_text="Number, name, policy number (ENP), phone, or words of the text"
    )


class QueueRowOut(serializers.ModelSerializer[Appeal]):
    topic = serializers.CharField(source="topic.code")
    topic_title = serializers.CharField(source="topic.plain_title")
    organization = serializers.SerializerMethodField()
    assignee = serializers.SerializerMethodField()
    urgency = serializers.ChoiceField(choices=[urgency.value for urgency in Urgency])

    class Meta:
        model = Appeal
        fields = (
            "number",
            "kind",
            "form",
            "channel",
            "state",
            "topic",
            "topic_title",
            "organization",
            "level",
            "assignee",
            "urgency",
            "applicant_name",
            "registered_at",
            "due_on",
            "warn_on",
            "version",
        )
        read_only_fields = fields

    def get_organization(self, row: Appeal) -> str | None:
        return row.organization.short_name if row.organization else None

    def get_assignee(self, row: Appeal) -> str | None:
        return row.assignee.full_name if row.assignee else None


class QueuePageOut(serializers.Serializer[Any]):
    rows = QueueRowOut(many=True)
    count = serializers.CharField(help_text="Exact up to 1,000, then “1 000+”")
    next_cursor = serializers.CharField(help_text="Empty on the last page")
    previous_cursor = serializers.CharField(help_text="Empty on the first page")


class ProblemOut(serializers.Serializer[Any]):
    code = serializers.CharField(help_text="Stable, for programs")
    detail = serializers.CharField(help_text="For people, in the language of the request")
    problems = serializers.DictField(child=serializers.ListField(child=serializers.CharField()))
    state = serializers.CharField(required=False, help_text="When an action is refused: the state it is in")
    possible = serializers.ListField(
        child=serializers.CharField(), required=False, help_text="When an action is refused: what can be done"
    )
    version = serializers.IntegerField(
        required=False, help_text="When the case moved on: the version in force"
    )


class CaseOut(serializers.Serializer[Any]):
    """A case as its reader may act on it; people stay on the page."""

    number = serializers.CharField(source="appeal.number")
    version = serializers.IntegerField(source="appeal.version")
    state = serializers.CharField(source="appeal.state")
    kind = serializers.CharField(source="appeal.kind")
    topic = serializers.CharField(source="appeal.topic.code")
    level = serializers.IntegerField(source="appeal.level", allow_null=True)
    offered_level = serializers.IntegerField(source="appeal.offered_level", allow_null=True)
    due_on = serializers.DateField(source="appeal.due_on")
    target_on = serializers.DateField(source="appeal.target_on", allow_null=True)
    wait_until = serializers.DateField(source="appeal.wait_until", allow_null=True)
    validity = serializers.CharField(source="appeal.validity")
    text = serializers.CharField(source="appeal.text")
    possible = serializers.ListField(
        source="actions", child=serializers.CharField(), help_text="What the caller can do now"
    )
