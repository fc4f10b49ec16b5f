"""Duty posts and direct lines: who sits where and when, what waits for a signature, which clinic has neither."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from registry.access import roles
from registry.middleware import ScopedRequest
from registry.models import Clinic
from registry.scoping import Role
from representatives import duty, posts_forms, register
from representatives.models import DirectLine, DutyChange, DutyPost, Level
from representatives.selectors import seen_organizations
from representatives.services import posts as services
from representatives.views.register import bound, chosen_place, editing, form_page, keepers
from representatives.views.staffing import reader_today


@never_cache
@require_safe
@keepers
def places(request: ScopedRequest) -> HttpResponse:
    """Clinics with their posts and lines. Everything shown is published or will be: nobody's record is read."""
    today = reader_today(request, timezone.now())
    region, tabs, offices = chosen_place(request, register.organizations_for(request.scope))
    only = request.GET.get("only", "")
    found = duty.places(request.scope, region, on=today, only=only, after=request.GET.get("after", ""))
    query = request.GET.copy()
    query["after"] = found.next_key
    shown = {"": _("all clinics"), "waiting": _("waiting for something"), "none": _("neither post nor line")}
    filters = [
        {"url": f"?region={region}&only={key}", "label": label, "count": None, "current": key == only}
        for key, label in shown.items()
    ]
    context = {
        "found": found,
        "tabs": tabs,
        "filters": filters,
        "region": region,
        "has_places": bool(offices),
        "next_url": f"?{query.urlencode()}" if found.next_key else "",
    }
    return render(request, "representatives/posts/places.html", context)


def _clinics(region: str) -> list[Clinic]:
    return list(Clinic.objects.filter(region=region, closed_on__isnull=True).order_by("short_name", "pk"))


def _post(request: ScopedRequest, post_id: int) -> DutyPost:
    rows = DutyPost.objects.visible_to(request.scope).select_related("representative__organization", "clinic")
    return get_object_or_404(rows, pk=post_id)


def to_places(region: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(f"{reverse('representatives:posts')}?region={region}")


@never_cache
@editing
@keepers
def post_new(request: ScopedRequest, representative_id: int) -> HttpResponse:
    one = register.get(request.scope, representative_id)
    if one.level != Level.SECOND or one.left_on is not None:
        raise Http404("Specialists who work there sit in clinics")
    form = posts_forms.PostForm(
        bound(request), instance=DutyPost(representative=one), clinics=_clinics(one.region_id)
    )
    return _post_form(request, form, _("New duty post: %(name)s") % {"name": one.full_name})


@never_cache
@editing
@keepers
def post_edit(request: ScopedRequest, post_id: int) -> HttpResponse:
    post = _post(request, post_id)
    form = posts_forms.PostForm(bound(request), instance=post, clinics=_clinics(post.clinic.region_id))
    return _post_form(request, form, _("Duty post: %(name)s") % {"name": post.representative.full_name})


def _post_form(request: ScopedRequest, form: posts_forms.PostForm, heading: str) -> HttpResponse:
    region = form.instance.representative.region_id

    def save() -> HttpResponseRedirect:
        try:
            services.save_post(post=form.save(commit=False))
        except ValidationError as error:
            raise as_of_code(error) from error
        messages.success(
            request, _("The post is saved as a draft. It is published after both sides approve it.")
        )
        return to_places(region)

    return form_page(
        request,
        form,
        save,
        heading=heading,
        back_url=f"{reverse('representatives:posts')}?region={region}",
        button=_("Save the draft"),
    )


def as_of_code(error: ValidationError) -> ValidationError:
    """The form asks for the clinic by its code; what is wrong with the clinic stands there."""
    if not hasattr(error, "error_dict"):
        return error
    return ValidationError(
        {("clinic_code" if name == "clinic" else name): texts for name, texts in error.message_dict.items()}
    )


@require_POST
@roles(Role.FUND_ADMIN, Role.SUPERVISOR, Role.CLINIC_STAFF)
def post_act(request: ScopedRequest, post_id: int) -> HttpResponse:
    """Signs or publishes a post. Errors: Http404 for an action that is not this reader's."""
    post = _post(request, post_id)
    keeper = request.scope.has(Role.FUND_ADMIN, Role.SUPERVISOR) and register.get(
        request.scope, post.representative_id
    )
    clinic = post.clinic_id in request.scope.clinics(Role.CLINIC_STAFF)
    action = request.POST.get("action", "")
    try:
        if action == "approve" and (keeper or clinic):
            side = "insurer" if keeper else "clinic"
            services.approve(post_id=post.pk, side=side, actor_id=request.scope.user_id, now=timezone.now())
            messages.success(request, _("Approved."))
        elif action == "publish" and keeper:
            services.publish(post_id=post.pk)
            messages.success(request, _("Published: everybody sees it now."))
        else:
            raise Http404("There is no such action")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    if keeper:
        return to_places(post.clinic.region_id)
    return HttpResponseRedirect(reverse("representatives:clinic-posts"))


@never_cache
@editing
@keepers
def post_end(request: ScopedRequest, post_id: int) -> HttpResponse:
    post = _post(request, post_id)
    form = posts_forms.EndForm(bound(request))

    def save() -> HttpResponseRedirect:
        services.end_post(post_id=post.pk, last_day=form.cleaned_data["last_day"])
        messages.success(request, _("The post ends."))
        return to_places(post.clinic.region_id)

    return form_page(
        request,
        form,
        save,
        heading=_("End of the post: %(post)s, %(clinic)s") % {"post": post, "clinic": post.clinic.short_name},
        back_url=f"{reverse('representatives:posts')}?region={post.clinic.region_id}",
        button=_("End the post"),
    )


@never_cache
@editing
@keepers
def post_day(request: ScopedRequest, post_id: int) -> HttpResponse:
    """Another person, or nobody, on one day of a post."""
    post = _post(request, post_id)
    today = reader_today(request, timezone.now())
    changed = set(post.changes.values_list("day", flat=True))
    days = [one for one in services.days_of(post, today) if one not in changed]
    people = register.colleagues(request.scope, post.representative, on=today)
    form = posts_forms.DayChangeForm(bound(request), days=days, people=people)

    def save() -> HttpResponseRedirect:
        data = form.cleaned_data
        cover = register.get(request.scope, int(data["cover"])) if data["cover"] else None
        change = DutyChange(
            post=post, day=date.fromisoformat(data["day"]), cover=cover, reason=data["reason"]
        )
        services.change_day(change=change)
        messages.success(request, _("The day is changed."))
        return to_places(post.clinic.region_id)

    values = {"name": post.representative.full_name, "clinic": post.clinic.short_name}
    return form_page(
        request,
        form,
        save,
        heading=_("Another duty day: %(name)s, %(clinic)s") % values,
        back_url=f"{reverse('representatives:posts')}?region={post.clinic.region_id}",
        button=_("Save"),
    )


@never_cache
@editing
@keepers
def line_new(request: ScopedRequest) -> HttpResponse:
    region, _tabs, offices = chosen_place(request, register.organizations_for(request.scope))
    form = posts_forms.LineForm(bound(request), clinics=_clinics(region), places=offices)
    return _line_form(request, form, region, _("New direct line"))


@never_cache
@editing
@keepers
def line_edit(request: ScopedRequest, line_id: int) -> HttpResponse:
    rows = DirectLine.objects.filter(organization__in=seen_organizations(request.scope))
    line = get_object_or_404(rows.select_related("clinic", "organization"), pk=line_id)
    region = line.clinic.region_id
    form = posts_forms.LineForm(
        bound(request),
        instance=line,
        clinics=_clinics(region),
        places=register.organizations_for(request.scope, region),
    )
    return _line_form(request, form, region, _("Direct line"), remove=line.pk)


def _line_form(
    request: ScopedRequest, form: posts_forms.LineForm, region: str, heading: str, **context: Any
) -> HttpResponse:
    def save() -> HttpResponseRedirect:
        try:
            services.save_line(line=form.save(commit=False))
        except ValidationError as error:
            raise as_of_code(error) from error
        messages.success(request, _("The line is saved and published."))
        return to_places(region)

    return form_page(
        request,
        form,
        save,
        heading=heading,
        back_url=f"{reverse('representatives:posts')}?region={region}",
        button=_("Save"),
        **context,
    )


@require_POST
@keepers
def line_remove(request: ScopedRequest, line_id: int) -> HttpResponse:
    rows = DirectLine.objects.filter(organization__in=seen_organizations(request.scope))
    line = get_object_or_404(rows.select_related("clinic"), pk=line_id)
    line.delete()
    messages.success(request, _("Removed."))
    return to_places(line.clinic.region_id)


@never_cache
@require_safe
@roles(Role.CLINIC_STAFF)
def clinic_posts(request: ScopedRequest) -> HttpResponse:
    """The clinic's side: what waits for its signature, and what was agreed."""
    today = reader_today(request, timezone.now())
    context = {"posts": duty.at_clinic(request.scope, today)}
    return render(request, "representatives/posts/clinic.html", context)
