"""The register of representatives: the list on any day, one person, and what may be changed."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from registry.access import roles
from registry.audit import record_read
from registry.middleware import ScopedRequest
from registry.models import Organization
from registry.scoping import Role
from registry.subjects import Subject
from representatives import register, register_forms, services
from representatives.models import Absence, Representative, Training
from representatives.services.register import account_of
from representatives.views.staffing import reader_today

KEEPERS = (Role.FUND_ADMIN, Role.SUPERVISOR)
keepers = roles(*KEEPERS)


def log(request: ScopedRequest, subject: Subject, key: str, region: str, rows: int | None = None) -> None:
    record_read(
        scope=request.scope,
        subject=subject,
        key=key,
        rows=rows,
        page=request.path,
        now=timezone.now(),
        region_id=region,
        request_id=getattr(request, "request_id", ""),
    )


def chosen_place(
    request: ScopedRequest, places: list[Organization]
) -> tuple[str, list[dict[str, Any]], list[Organization]]:
    """The region asked for (the first by default), the tabs of the others, and its organisations.

    Errors: Http404 for a region the reader does not see.
    """
    names = {one.region_id: one.region.name for one in places}
    code = request.GET.get("region") or (next(iter(names)) if names else "")
    if code and code not in names:
        raise Http404("Not found and not allowed look alike")
    tabs = [
        {"url": f"?region={key}", "label": name, "count": None, "current": key == code}
        for key, name in names.items()
    ]
    return code, tabs if len(tabs) > 1 else [], [one for one in places if one.region_id == code]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@keepers
def people(request: ScopedRequest) -> HttpResponse:
    """The list by filters, or, by POST, whoever has the name."""
    today = reader_today(request, timezone.now())
    region, tabs, places = chosen_place(request, register.organizations_for(request.scope))
    form = register_forms.ListForm.for_places(request.GET, today, places)
    valid = form.is_valid()
    data = form.cleaned_data if valid else {}
    wanted = register.Wanted(
        on=data.get("on", today),
        region=region,
        **{
            name: data[name] for name in ("organization", "level", "centre", "employment", "trained") if valid
        },
        state=data.get("state", "working"),
    )
    name_form = register_forms.NameForm(request.POST if request.method == "POST" else None)
    searched = request.method == "POST" and name_form.is_valid()
    if searched:
        page = register.found_by_name(request.scope, wanted, name_form.cleaned_data["name"])
    else:
        page = register.listed(request.scope, wanted, after=request.GET.get("after", ""))
    log(request, Subject.REPRESENTATIVES, region, region, len(page.people))
    query = request.GET.copy()
    query["after"] = page.next_key
    context = {
        "form": form,
        "name_form": name_form,
        "searched": searched,
        "page": page,
        "on": wanted.on,
        "today": today,
        "tabs": tabs,
        "has_places": bool(places),
        "next_url": f"?{query.urlencode()}" if page.next_key else "",
    }
    return render(request, "representatives/register/list.html", context)


@never_cache
@require_safe
@keepers
def person(request: ScopedRequest, representative_id: int) -> HttpResponse:
    today = reader_today(request, timezone.now())
    card = register.card(request.scope, representative_id, on=today)
    log(request, Subject.REPRESENTATIVE, str(card.one.pk), card.one.region_id)
    context = {"card": card, "one": card.one, "today": today, "works": card.one.works_on(today)}
    return render(request, "representatives/register/person.html", context)


def form_page(
    request: ScopedRequest, form: forms.BaseForm, save: Callable[[], HttpResponseRedirect], **context: Any
) -> HttpResponse:
    """One form on a page of its own. What the services refuse stands beside the field it is about."""
    form.use_required_attribute = False
    if request.method == "POST" and form.is_valid():
        try:
            return save()
        except ValidationError as error:
            refuse(form, error)
    return render(request, "representatives/register/form.html", {"form": form, **context})


def refuse(form: forms.BaseForm, error: ValidationError) -> None:
    fields = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
    for name, texts in fields.items():
        for text in texts:
            form.add_error(name if name in form.fields else None, text)


def bound(request: ScopedRequest) -> Any:
    return request.POST if request.method == "POST" else None


def back(representative_id: int) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("representatives:register-person", args=[representative_id]))


def address(representative_id: int) -> str:
    return reverse("representatives:register-person", args=[representative_id])


editing = require_http_methods(["GET", "HEAD", "POST"])


@never_cache
@editing
@keepers
def add(request: ScopedRequest) -> HttpResponse:
    _region, tabs, places = chosen_place(request, register.organizations_for(request.scope))
    form = register_forms.AddForm(bound(request), places=places)

    def save() -> HttpResponseRedirect:
        one: Representative = form.save(commit=False)
        _link_account(form, one)
        services.add(one=one, actor_id=request.scope.user_id, now=timezone.now(), training=form.training())
        messages.success(request, _("%(name)s is in the register.") % {"name": one.full_name})
        return back(one.pk)

    return form_page(
        request,
        form,
        save,
        tabs=tabs,
        wide=True,
        heading=_("New representative"),
        back_url=reverse("representatives:register"),
        button=_("Enter into the register"),
    )


def _link_account(form: forms.BaseForm, one: Representative) -> None:
    email = form.cleaned_data.get("account", "")
    if not email:
        one.user = None
        return
    one.user = account_of(email, organization_id=one.organization_id, on=timezone.localdate())


@never_cache
@editing
@keepers
def correct(request: ScopedRequest, representative_id: int) -> HttpResponse:
    one = register.get(request.scope, representative_id)
    name = one.full_name
    form = register_forms.CorrectForm(
        bound(request), instance=one, initial={"account": one.user.email if one.user else ""}
    )

    def save() -> HttpResponseRedirect:
        corrected: Representative = form.save(commit=False)
        _link_account(form, corrected)
        services.correct(one=corrected, actor_id=request.scope.user_id, now=timezone.now())
        messages.success(request, _("The details are saved."))
        return back(one.pk)

    return form_page(
        request,
        form,
        save,
        wide=True,
        heading=_("Details: %(name)s") % {"name": name},
        back_url=address(one.pk),
        button=_("Save"),
    )


@never_cache
@editing
@keepers
def move(request: ScopedRequest, representative_id: int) -> HttpResponse:
    one, now = register.get(request.scope, representative_id), timezone.now()
    if one.left_on is not None:
        raise Http404("Whoever left has no position to change")
    today = timezone.localdate(now, one.organization.region.zone)
    instance = register.get(request.scope, representative_id)
    form = register_forms.MoveForm(bound(request), instance=instance, initial={"on": today})

    def save() -> HttpResponseRedirect:
        row, handed = services.change_position(
            one=one,
            new=form.save(commit=False),
            on=form.cleaned_data["on"],
            today=today,
            scope=request.scope,
            now=now,
        )
        messages.success(request, " ".join([_("The new position is recorded."), *told(handed)]))
        return back(row.pk)

    return form_page(
        request,
        form,
        save,
        heading=_("Another position: %(name)s") % {"name": one.full_name},
        lead=_("The past stays as it was: reports of earlier days keep counting the old position."),
        back_url=address(one.pk),
        button=_("Change the position"),
    )


def told(handed: services.HandedOver) -> list[str]:
    """What became of the cases, in words."""
    said = []
    if handed.given:
        given = ngettext(
            "%(count)d open case was handed over.", "%(count)d open cases were handed over.", handed.given
        )
        said.append(given % {"count": handed.given})
    if handed.kept:
        kept = ngettext(
            "%(count)d case has nobody to take it: assign it by hand.",
            "%(count)d cases have nobody to take them: assign them by hand.",
            handed.kept,
        )
        said.append(kept % {"count": handed.kept})
    return said


@never_cache
@editing
@keepers
def leave(request: ScopedRequest, representative_id: int) -> HttpResponse:
    now = timezone.now()
    one = register.get(request.scope, representative_id)
    if one.left_on is not None:
        raise Http404("Leaving is recorded already")
    today = timezone.localdate(now, one.organization.region.zone)
    card = register.card(request.scope, one.pk, on=today)
    form = register_forms.LeaveForm(
        bound(request), people=register.colleagues(request.scope, one, on=today), initial={"left_on": today}
    )

    def save() -> HttpResponseRedirect:
        data = form.cleaned_data
        handed = services.leave(
            one=one,
            left_on=data["left_on"],
            scope=request.scope,
            now=now,
            successor_id=int(data["successor"]) if data["successor"] else None,
            hand_over_now=data["hand_over_now"],
        )
        messages.success(request, " ".join([_("The last day is recorded."), *told(handed)]))
        return back(one.pk)

    return form_page(
        request,
        form,
        save,
        heading=_("Leaving: %(name)s") % {"name": one.full_name},
        lead=" ".join(
            [
                ngettext("%(count)d case is open.", "%(count)d cases are open.", card.open_cases)
                % {"count": card.open_cases},
                _("Roles at the organisation end with the last day."),
            ]
        ),
        back_url=address(one.pk),
        button=_("Record the leaving"),
    )


@require_POST
@keepers
def stay(request: ScopedRequest, representative_id: int) -> HttpResponse:
    one = register.get(request.scope, representative_id)
    try:
        services.cancel_leaving(one=one, actor_id=request.scope.user_id, now=timezone.now())
        messages.success(request, _("The leaving is cancelled."))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return back(representative_id)


@never_cache
@editing
@keepers
def train(request: ScopedRequest, representative_id: int) -> HttpResponse:
    one = register.get(request.scope, representative_id)
    form = register_forms.TrainingForm(bound(request))

    def save() -> HttpResponseRedirect:
        services.record_training(
            one=one, training=form.save(commit=False), actor_id=request.scope.user_id, now=timezone.now()
        )
        messages.success(request, _("The certificate is recorded."))
        return back(one.pk)

    return form_page(
        request,
        form,
        save,
        heading=_("Special training: %(name)s") % {"name": one.full_name},
        back_url=address(one.pk),
        button=_("Save"),
    )


@never_cache
@editing
@keepers
def absent(request: ScopedRequest, representative_id: int) -> HttpResponse:
    one = register.get(request.scope, representative_id)
    form = register_forms.AbsenceForm(bound(request))

    def save() -> HttpResponseRedirect:
        services.record_absence(
            one=one, absence=form.save(commit=False), actor_id=request.scope.user_id, now=timezone.now()
        )
        messages.success(request, _("The absence is recorded. No new cases come in that time."))
        return back(one.pk)

    return form_page(
        request,
        form,
        save,
        heading=_("Absence: %(name)s") % {"name": one.full_name},
        back_url=address(one.pk),
        button=_("Save"),
    )


@require_POST
@keepers
def remove(request: ScopedRequest, representative_id: int) -> HttpResponse:
    """Removes a certificate or an absence entered by mistake. Errors: Http404 for what is not this person's."""
    one = register.get(request.scope, representative_id)
    common: dict[str, Any] = {"one": one, "actor_id": request.scope.user_id, "now": timezone.now()}
    training, absence = request.POST.get("training", ""), request.POST.get("absence", "")
    try:
        if training.isdecimal():
            services.remove_training(training_id=int(training), **common)
        elif absence.isdecimal():
            services.remove_absence(absence_id=int(absence), **common)
        else:
            raise Http404("Nothing to remove")
    except (Training.DoesNotExist, Absence.DoesNotExist) as error:
        raise Http404("Not found and not allowed look alike") from error
    messages.success(request, _("Removed."))
    return back(one.pk)
