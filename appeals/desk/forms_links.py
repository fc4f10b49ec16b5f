"""Forms that concern several appeals, and the mark of a file."""

from typing import Any

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from appeals.desk.fields import ActionForm, Setting, words
from appeals.models import LinkKind
from appeals.words import KINDS, choices


class SplitForm(ActionForm):
    """One part at a time: each gets a number of its own, and the form may be opened again for the next."""

    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=choices(KINDS),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the kind")},
    )
    topic = forms.CharField(
        label=_("Topic of the other matter"),
        help_text=_("Type a word or a code of form ЗПЗ and pick from the list."),
        widget=forms.TextInput(attrs={"list": "topics", "autocomplete": "off"}),
        error_messages={"required": _("Choose the topic")},
    )
    text = words(
        _("The part of the text that is about it"),
        rows=5,
        help_text=_("It becomes an appeal with a number of its own and the same lawful term."),
        required=_("Write what the part is about"),
    )
    reason = words(_("Reason"), rows=2, required=_("Write the reason: it stays in the case"))

    def __init__(self, data: Any = None, files: Any = None, *, setting: Setting) -> None:
        super().__init__(data, files, setting=setting)
        self.topics = list(setting.topics)

    def clean_topic(self) -> str:
        code = str(self.cleaned_data["topic"]).strip().partition(" ")[0]
        if code not in dict(self.topics):
            raise forms.ValidationError(gettext("There is no such topic; pick one from the list"))
        return code


class LinkForm(ActionForm):
    earlier = forms.CharField(
        label=_("Number of the earlier appeal"),
        max_length=20,
        widget=forms.TextInput(attrs={"class": "w-short", "autocomplete": "off"}),
        error_messages={"required": _("Write the number")},
    )
    kind = forms.ChoiceField(
        label=_("What they have to do with each other"),
        choices=[
            (LinkKind.REPEAT.value, LinkKind.REPEAT.label),
            (LinkKind.RELATED.value, LinkKind.RELATED.label),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what the two have to do with each other.")},
    )
    note = forms.CharField(
        label=_("Note"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )


OPEN, MEDICAL, SEALED = "open", "medical", "sealed"


class MarkForm(forms.Form):
    """Who may open a file."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    secrecy = forms.ChoiceField(
        label=_("Who may open the file"),
        choices=[
            (OPEN, pgettext_lazy("file", "everybody who works the case")),
            (MEDICAL, pgettext_lazy("file", "level 3 and heads, with a reason: it is a medical document")),
            (SEALED, pgettext_lazy("file", "level 3 and the fund alone, with a reason: it is sealed")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose who may open the file")},
    )
