"""Import of a spreadsheet: first a trial with a protocol, then, by a second button, the rows that are right."""

import csv
from io import StringIO
from typing import Any

from django import forms
from django.contrib import messages
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from registry.middleware import ScopedRequest
from representatives import importing, register
from representatives.services.imports import Imported, import_people
from representatives.views.register import editing, keepers

SALT = "representatives.import"
TRIAL_SECONDS = 3600


class FileForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("Table of representatives, XLSX or CSV"),
        error_messages={
            "required": gettext_lazy("Choose a file."),
            "empty": gettext_lazy("The file is empty."),
        },
    )


@never_cache
@editing
@keepers
def import_page(request: ScopedRequest) -> HttpResponse:
    """Without the trial's signed rows nothing is written: what is loaded is what the reader has seen."""
    places = register.organizations_for(request.scope)
    context: dict[str, Any] = {"form": FileForm(), "columns": importing.COLUMNS.items()}
    common: dict[str, Any] = {"places": places, "actor_id": request.scope.user_id, "now": timezone.now()}
    if request.method == "POST" and "rows" in request.POST:
        rows = _signed_rows(request.POST["rows"], request.scope.user_id)
        if rows is None:
            messages.error(request, _("The trial is too old: choose the file again."))
            return redirect("representatives:register-import")
        done = import_people(rows, dry_run=False, **common)
        messages.success(request, _told(done))
        if not done.problems:
            return redirect("representatives:register")
        context |= {"result": done, "loaded": True}
    elif request.method == "POST":
        form = FileForm(request.POST, request.FILES)
        context["form"] = form
        if form.is_valid():
            file = form.cleaned_data["file"]
            try:
                rows = importing.read(file.name, file.read(importing.MOST_BYTES + 1))
            except importing.UnreadableFile as error:
                form.add_error("file", str(error))
            else:
                tried = import_people(rows, dry_run=True, **common)
                good = set(tried.added)
                kept = [row.as_json() for row in rows if row.number in good]
                payload = {"user": request.scope.user_id, "rows": kept}
                context |= {"result": tried, "rows": signing.dumps(payload, salt=SALT, compress=True)}
    return render(request, "representatives/register/import.html", context)


def _signed_rows(signed: str, user_id: int | None) -> list[importing.Row] | None:
    """None for what is forged, somebody else's or older than an hour."""
    try:
        payload = signing.loads(signed, salt=SALT, max_age=TRIAL_SECONDS)
    except signing.BadSignature:
        return None
    if payload["user"] != user_id:
        return None
    return [importing.Row(**row) for row in payload["rows"]]


def _told(done: Imported) -> str:
    text = ngettext(
        "%(count)d person is entered into the register.",
        "%(count)d people are entered into the register.",
        len(done.added),
    )
    return text % {"count": len(done.added)}


@require_safe
@keepers
def import_template(request: ScopedRequest) -> HttpResponse:
    """An empty table with the right headings."""
    text = StringIO()
    csv.writer(text, delimiter=";").writerow(importing.COLUMNS.values())
    response = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="representatives.csv"'
    return response
