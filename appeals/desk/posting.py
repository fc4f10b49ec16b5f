"""Print batches: letters that are printed together, and their way to the post."""

from io import BytesIO
from typing import Any

import xlsxwriter
from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from appeals import services
from appeals.citizen.receipt import pdf_response
from appeals.desk.access import HEADS, heads_only
from appeals.errors import AppealError, AppealNotFound, InvalidInput
from appeals.letter_sheet import batch_title
from appeals.letter_sheet import render as render_sheets
from appeals.models import AppealLetter, Letterhead, PrintBatch
from appeals.models.letters import TO_PRINT
from appeals.models.posting import FUND_POSTERS, POSTERS, offices_of
from registry.access import roles
from registry.audit import record_read
from registry.middleware import ScopedRequest
from registry.models import Organization
from registry.models.dated import valid_on
from registry.subjects import Subject

PAGE = 25
posters_only = roles(*POSTERS, *FUND_POSTERS)
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class BatchForm(forms.Form):
    registered_mail = forms.BooleanField(label=_("As registered mail"), required=False)


class PostedForm(forms.Form):
    on = forms.DateField(
        label=_("Handed to the post on"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Write the day"), "invalid": _("Write the day")},
    )


class LetterheadForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Letterhead
        fields = Letterhead.PARTS


@posters_only
@require_http_methods(["GET", "POST"])
def batches(request: ScopedRequest) -> HttpResponse:
    """The batches of the office, newest first; POST forms one of what waits."""
    offices = _offices(request)
    if request.method == "POST":
        form = BatchForm(request.POST)
        office = next((one for one in offices if str(one.pk) == request.POST.get("office", "")), None)
        if office is None or not form.is_valid():
            raise Http404("Not an office of this reader")
        batch = services.form_batch(
            organization_id=office.pk,
            registered_mail=form.cleaned_data["registered_mail"],
            scope=request.scope,
            now=timezone.now(),
        )
        if batch is not None:
            messages.success(
                request, gettext("The batch is formed: print it and put the letters into envelopes.")
            )
            return HttpResponseRedirect(reverse("staff_batch", args=[batch.pk]))
        messages.info(request, gettext("No letter waits for print."))
        return HttpResponseRedirect(reverse("staff_batches"))
    rows = PrintBatch.objects.visible_to(request.scope).select_related("organization")
    after = request.GET.get("after", "")
    if after.isdecimal() and len(after) < 19:
        rows = rows.filter(pk__lt=int(after))
    found = list(rows.order_by("-pk")[: PAGE + 1])
    waiting = AppealLetter.objects.filter(TO_PRINT)
    context = {
        "batches": found[:PAGE],
        "previous_url": reverse("staff_batches") if after else "",
        "next_url": f"?after={found[PAGE - 1].pk}" if len(found) > PAGE else "",
        "offices": [
            # Enough to know: a batch takes a hundred.
            {"office": one, "waiting": waiting.filter(organization=one).order_by("pk")[:101].count()}
            for one in offices
        ],
        "most": services.BATCH,
        "batch_form": BatchForm(),
    }
    return render(request, "appeals/desk/batches.html", context)


@posters_only
@require_safe
def batch(request: ScopedRequest, pk: int) -> HttpResponse:
    return _show(request, _found(request, pk))


@posters_only
@require_safe
def batch_pdf(request: ScopedRequest, pk: int) -> HttpResponse:
    """All letters of the batch as one document for the printer."""
    found = _found(request, pk)
    letters = list(found.letters.select_related("appeal").order_by("pk"))
    _log(request, found, len(letters))
    content = render_sheets(letters, title=batch_title(found.pk, len(letters)))
    return pdf_response(content, f"batch-{found.pk}.pdf")


@posters_only
@require_safe
def batch_list(request: ScopedRequest, pk: int) -> HttpResponse:
    """The list that goes to the post with the envelopes, as a spreadsheet."""
    found = _found(request, pk)
    letters = list(found.letters.order_by("pk"))
    _log(request, found, len(letters))
    response = HttpResponse(_posting_list(found, letters), content_type=SHEET)
    response["Content-Disposition"] = f'attachment; filename="posting-{found.pk}.xlsx"'
    response["Cache-Control"] = "private, no-store"
    return response


@posters_only
@require_POST
def batch_step(request: ScopedRequest, pk: int, step: str) -> HttpResponse:
    """Printed, handed to the post, or dissolved. What a colleague did first is said, not repeated."""
    found = _found(request, pk)
    given: dict[str, Any] = {"batch_id": pk, "scope": request.scope}
    form: PostedForm | None = None
    try:
        if step == "dissolve":
            services.dissolve_batch(**given)
            messages.success(request, gettext("The batch is dissolved, its letters wait for print again."))
            return HttpResponseRedirect(reverse("staff_batches"))
        given["now"] = timezone.now()
        if step == "printed":
            services.batch_printed(**given)
        else:
            form = PostedForm(request.POST)
            if not form.is_valid():
                return _show(request, found, form, status=422)
            services.batch_posted(**given, on=form.cleaned_data["on"])
    except AppealNotFound:
        raise Http404("The batch is gone") from None
    except InvalidInput as error:
        assert form is not None  # noqa: S101 - only the day can be wrong
        form.add_error("on", str(error))
        return _show(request, found, form, status=422)
    except AppealError as error:
        messages.warning(request, str(error))
    return HttpResponseRedirect(reverse("staff_batch", args=[pk]))


@heads_only
@require_http_methods(["GET", "POST"])
def letterhead(request: ScopedRequest) -> HttpResponse:
    """The requisites at the head of the office's letters, in force from the day they are saved."""
    office = next((g.organization or g.fund for g in request.scope.grants if g.role in HEADS), None)
    organization = Organization.objects.select_related("region").filter(pk=office or 0).first()
    if organization is None:
        raise Http404("A head without an office has no letterhead")
    today = timezone.localdate(timezone=organization.region.zone)
    known = Letterhead.objects.filter(valid_on(today), organization=organization).first()
    instance = Letterhead(
        organization=organization, **(known.as_head() if known else _from_register(organization))
    )
    form = LetterheadForm(request.POST if request.method == "POST" else None, instance=instance)
    if request.method == "POST" and form.is_valid():
        services.save_letterhead(organization=organization, head=form.instance, today=today)
        messages.success(request, gettext("The letterhead is saved. Letters sent before keep theirs."))
        return HttpResponseRedirect(reverse("staff_letterhead"))
    context = {"form": form, "office": organization, "since": known.valid_from if known else None}
    return render(request, "appeals/desk/letterhead.html", context, status=422 if form.errors else 200)


def _from_register(office: Organization) -> dict[str, str]:
    """What the register of organisations knows, to begin with."""
    return {
        "name": office.name,
        "address": office.address,
        "phone": office.phone,
        "email": office.email,
        "site": office.site,
    }


def _offices(request: ScopedRequest) -> list[Organization]:
    return list(Organization.objects.filter(pk__in=offices_of(request.scope)).order_by("short_name"))


def _found(request: ScopedRequest, pk: int) -> PrintBatch:
    rows = PrintBatch.objects.visible_to(request.scope).select_related("organization__region")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Http404("No such batch, or not of this reader's office")
    return found


def _show(
    request: ScopedRequest, found: PrintBatch, form: PostedForm | None = None, *, status: int = 200
) -> HttpResponse:
    letters = list(found.letters.select_related("appeal").order_by("pk"))
    _log(request, found, len(letters))
    posting = form or PostedForm(initial={"on": timezone.localdate(timezone=found.organization.region.zone)})
    context = {
        "batch": found,
        "letters": letters,
        "posting": posting if found.printed_at is not None and found.posted_on is None else None,
        "form": form,
    }
    return render(request, "appeals/desk/batch.html", context, status=status)


def _posting_list(found: PrintBatch, letters: list[AppealLetter]) -> bytes:
    """Rows as the post takes them: number in order, addressee, address, kind of mail, our number."""
    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet(gettext("List of posting")[:31])
    bold = book.add_format({"bold": True, "text_wrap": True})
    head = [
        gettext("No."),
        gettext("Addressee"),
        gettext("Address"),
        gettext("Kind of mail"),
        gettext("Our number and date"),
    ]
    kind = gettext("registered letter") if found.registered_mail else gettext("ordinary letter")
    sheet.write(0, 0, f"{found.organization.name}. {batch_title(found.pk, len(letters))}", bold)
    for column, word in enumerate(head):
        sheet.write(2, column, word, bold)
    for index, one in enumerate(letters, start=1):
        number = f"{one.number}, {one.issued_on:%d.%m.%Y}"
        sheet.write_number(index + 2, 0, index)
        for column, value in enumerate((one.addressee, one.address, kind, number), start=1):
            # As text whatever it begins with: names and addresses are typed by strangers.
            sheet.write_string(index + 2, column, value)
    sheet.set_column(1, 2, 46)
    sheet.set_column(3, 4, 24)
    book.close()
    return out.getvalue()


def _log(request: ScopedRequest, found: PrintBatch, rows: int) -> None:
    record_read(
        scope=request.scope,
        subject=Subject.PRINTED_LETTERS,
        key=str(found.pk),
        rows=rows,
        page=request.path,
        now=timezone.now(),
        region_id=found.organization.region_id,
        request_id=request.request_id,
    )
