"""What an action asks of the person who does it. Input shape only: whether it may be done is the lifecycle's."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from appeals.desk import choosing
from appeals.desk.fields import ActionForm, Setting, words
from appeals.desk.forms_evidence import (
    AskClinicForm,
    ClinicReplyForm,
    OrderExpertiseForm,
    RecordExpertiseForm,
)
from appeals.desk.forms_links import LinkForm, SplitForm
from appeals.lifecycle import Action
from appeals.models import AppealTopic, Body, DeclineGround, Validity
from appeals.terms import Channel
from appeals.uploads import FilesField
from appeals.words import CHANNELS, KINDS, choices
from registry.models.dated import valid_on

TOLD_TO_STAFF = (Channel.PHONE, Channel.POST, Channel.EMAIL, Channel.VISIT)
LEVELS = {1: _("Level 1, contact centre"), 2: _("Level 2, specialist"), 3: _("Level 3, expert")}


class AssignForm(ActionForm):
    assignee = choosing.assignee_field()
    other = choosing.other_field()

    def __init__(self, data: Any = None, files: Any = None, *, setting: Setting) -> None:
        super().__init__(data, files, setting=setting)
        self.people = list(setting.people)
        choosing.offer(self, self.people)
        self.fields["assignee"].help_text = setting.hint

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        choosing.chosen(self, self.people, given)
        return given


class HandOverForm(ActionForm):
    level = forms.TypedChoiceField(
        label=_("To which level"),
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the level")},
    )
    note = words(
        _("Note to the colleague"),
        help_text=_("What is known already and what has to be done. The applicant does not see it."),
        required=_("Write what the colleague has to know"),
    )

    def __init__(self, data: Any = None, files: Any = None, *, setting: Setting) -> None:
        super().__init__(data, files, setting=setting)
        level = self.fields["level"]
        assert isinstance(level, forms.TypedChoiceField)  # noqa: S101 - narrows the type
        level.choices = [(number, name) for number, name in LEVELS.items() if number != setting.level]


class ReasonForm(ActionForm):
    reason = words(_("Reason"), rows=3, required=_("Write the reason: it stays in the case"))


class QuestionForm(ActionForm):
    question = words(
        _("Question to the applicant"),
        help_text=_("The applicant reads it exactly as you write it. The lawful term does not stop."),
        required=_("Write what you want to know"),
    )


class MessageForm(ActionForm):
    text = words(
        _("Message to the applicant"),
        help_text=_("An interim word; no reply is expected. The applicant reads it exactly as you write it."),
        required=_("Write the message"),
    )


class ReplyForm(ActionForm):
    """What was said on the phone or came on paper; what the applicant writes on the site comes by itself."""

    channel = forms.ChoiceField(
        label=_("How it came"),
        choices=[(channel.value, CHANNELS[channel]) for channel in TOLD_TO_STAFF],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how the reply came")},
    )
    reply = words(_("What was replied"), required=_("Write what was replied"))
    papers = FilesField()


class StatementForm(ActionForm):
    statement = words(
        _("Statement of the applicant"),
        rows=3,
        help_text=_("How and when the applicant asked to stop, in the applicant's words."),
        required=_("Write how the applicant withdrew the appeal"),
    )


class AnswerForm(ActionForm):
    answer = words(
        _("Text of the answer"),
        rows=8,
        help_text=_("To the point, in plain words. The applicant reads it exactly as you write it."),
        required=_("Write the answer"),
    )


class ExtendForm(ActionForm):
    days = forms.IntegerField(
        label=_("For how many days"),
        min_value=1,
        max_value=30,
        help_text=_("Once, and for 30 calendar days at most. The applicant is told at once."),
        widget=forms.NumberInput(attrs={"class": "w-short", "inputmode": "numeric"}),
        error_messages={
            "required": _("Write for how many days"),
            "invalid": _("Write a whole number of days, 1 to 30"),
            "min_value": _("Write a whole number of days, 1 to 30"),
            "max_value": _("Write a whole number of days, 1 to 30"),
        },
    )
    reason = words(
        _("Reason"),
        rows=3,
        help_text=_("The applicant reads it in the notice."),
        required=_("Write the reason: the applicant is told why"),
    )


class ForwardForm(ActionForm):
    addressee = forms.ChoiceField(
        label=_("Whose competence it is"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the body")},
    )
    letter = words(
        _("Covering letter"),
        help_text=_("What is asked of the body. The applicant learns where the appeal went."),
        required=_("Write the covering letter"),
    )

    def __init__(self, data: Any = None, files: Any = None, *, setting: Setting) -> None:
        super().__init__(data, files, setting=setting)
        addressee = self.fields["addressee"]
        assert isinstance(addressee, forms.ChoiceField)  # noqa: S101 - narrows the type
        bodies = Body.objects.filter(valid_on(setting.on)).order_by("title")
        addressee.choices = list(bodies.values_list("code", "title"))


class DeclineForm(ActionForm):
    ground = forms.ChoiceField(
        label=_("Lawful ground"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the ground")},
    )
    reason = words(
        _("Explanation"),
        rows=3,
        help_text=_("The applicant reads it in the notice, beside the ground."),
        required=_("Explain the decision: it stays in the case"),
    )

    def __init__(self, data: Any = None, files: Any = None, *, setting: Setting) -> None:
        super().__init__(data, files, setting=setting)
        ground = self.fields["ground"]
        assert isinstance(ground, forms.ChoiceField)  # noqa: S101 - narrows the type
        lawful = DeclineGround.objects.filter(valid_on(setting.on)).order_by("basis")
        ground.choices = [(one.code, f"{one.title} ({one.basis})") for one in lawful]


class TopicField(forms.CharField):
    """A topic typed by its code or picked from the browser's own list; the code in front is what counts."""

    widget = forms.TextInput(attrs={"list": "topics", "autocomplete": "off"})

    def clean(self, value: Any) -> str:
        text = str(super().clean(value))
        return text.split()[0] if text else ""


def topic_choices(on: date) -> list[tuple[str, str]]:
    """Code and official title of every topic that may be chosen on a day, in the order of the form ЗПЗ."""
    rows = AppealTopic.objects.filter(valid_on(on), selectable=True).order_by("pk")
    return list(rows.values_list("code", "title"))


class ConvertForm(ActionForm):
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=choices(KINDS),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the kind")},
    )
    topic = TopicField(
        label=_("Topic"),
        help_text=_("Type a word or a code of form ЗПЗ and pick from the list."),
        error_messages={"required": _("Choose the topic")},
    )
    reason = words(_("Reason"), rows=3, required=_("Write the reason: it stays in the case"))

    def __init__(self, data: Any = None, files: Any = None, *, setting: Setting) -> None:
        super().__init__(data, files, setting=setting)
        self.topics = topic_choices(setting.on)

    def clean_topic(self) -> str:
        code: str = self.cleaned_data["topic"]
        if code not in dict(self.topics):
            raise forms.ValidationError(gettext("There is no such topic; pick one from the list"))
        return code


class RerouteForm(ActionForm):
    organization = forms.TypedChoiceField(
        label=_("Organisation"),
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the organisation")},
    )
    level = forms.TypedChoiceField(
        label=_("Level"),
        coerce=int,
        required=False,
        empty_value=None,
        choices=[*LEVELS.items(), ("", _("none: the fund, or a matter outside OMS"))],
        widget=forms.RadioSelect,
    )
    reason = words(
        _("What was wrong"),
        rows=3,
        help_text=_("It stands first among the reasons why the case is there."),
        required=_("Write what was wrong with the routing"),
    )

    def __init__(self, data: Any = None, files: Any = None, *, setting: Setting) -> None:
        super().__init__(data, files, setting=setting)
        organization = self.fields["organization"]
        assert isinstance(organization, forms.TypedChoiceField)  # noqa: S101 - narrows the type
        organization.choices = list(setting.organizations)


class ValidityForm(ActionForm):
    validity = forms.ChoiceField(
        label=_("The complaint is"),
        choices=[(value.value, value.label) for value in Validity if value is not Validity.PENDING],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose whether the complaint is justified")},
    )


class InstructForm(ActionForm):
    text = words(
        _("What the insurer has to do"),
        help_text=_("The insurer's staff read it in the case. The applicant does not see it."),
        required=_("Write what the insurer has to do"),
    )
    control_on = forms.DateField(
        label=_("Report by"),
        widget=forms.DateInput(attrs={"type": "date", "class": "w-short"}, format="%Y-%m-%d"),
        error_messages={
            "required": _("Give the control date"),
            "invalid": _("Write the date as in 12.06.2026"),
        },
    )


class ReportBackForm(ActionForm):
    text = words(
        _("Report to the fund"),
        help_text=_("What was done on the instruction and what came of it. The applicant does not see it."),
        required=_("Write what was done"),
    )


FORMS: dict[Action, type[ActionForm]] = {
    Action.TAKE: ActionForm,
    Action.ACCEPT_HAND_OVER: ActionForm,
    Action.CLOSE: ActionForm,
    Action.ASSIGN: AssignForm,
    Action.HAND_OVER: HandOverForm,
    Action.RETURN_HAND_OVER: ReasonForm,
    Action.ASK_APPLICANT: QuestionForm,
    Action.INFORM_APPLICANT: MessageForm,
    Action.APPLICANT_REPLIED: ReplyForm,
    Action.ASK_CLINIC: AskClinicForm,
    Action.CLINIC_REPLIED: ClinicReplyForm,
    Action.ORDER_EXPERTISE: OrderExpertiseForm,
    Action.EXPERTISE_RECEIVED: RecordExpertiseForm,
    Action.RESUME: ReasonForm,
    Action.SUBMIT_FOR_REVIEW: AnswerForm,
    Action.SEND_BACK: ReasonForm,
    Action.ANSWER: AnswerForm,
    Action.FORWARD: ForwardForm,
    Action.WITHDRAW: StatementForm,
    Action.DECLINE: DeclineForm,
    Action.EXTEND: ExtendForm,
    Action.REOPEN: ReasonForm,
    Action.CONVERT: ConvertForm,
    Action.REROUTE: RerouteForm,
    Action.MARK_VALIDITY: ValidityForm,
    Action.SPLIT: SplitForm,
    Action.LINK: LinkForm,
    Action.INSTRUCT: InstructForm,
    Action.REPORT_BACK: ReportBackForm,
}
