"""Staff: the list of campaigns, a new one, one campaign, and the steps of its life."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dispensary import lifecycle, selectors, services
from dispensary.forms import BudgetForm, CampaignForm
from dispensary.lifecycle import Action, State
from dispensary.models import Campaign
from dispensary.reference import current_rules
from dispensary.views import figures
from registry.access import roles
from registry.middleware import ScopedRequest
from registry.models import User
from registry.scoping import Role

READERS = (Role.FUND_ADMIN, Role.SUPERVISOR, Role.CASE_WORKER)
PLANNERS = (Role.FUND_ADMIN, Role.SUPERVISOR)

BUSY = _("The invitations are being written at this very moment. Try again in a minute.")

ACTIONS = {
    Action.APPROVE: _("Approve"),
    Action.START: _("Start"),
    Action.PAUSE: _("Pause"),
    Action.RESUME: _("Resume"),
    Action.CLOSE: _("Close the campaign"),
}
DONE = {
    Action.APPROVE: _("The campaign is approved. It can be started now."),
    Action.START: _("The campaign has started. Invitations are being written."),
    Action.PAUSE: _("The campaign is paused. Nothing more is sent."),
    Action.RESUME: _("The campaign goes on."),
    Action.CLOSE: _("The campaign is closed. Nothing more is sent."),
}


def staff_context(request: ScopedRequest, **context: Any) -> dict[str, Any]:
    """What stands on the page, and whether the reader may plan campaigns."""
    return {"may_plan": request.scope.has(*PLANNERS), **context}


def acting_user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 - the access rule has let only signed-in staff in
    return request.user


@require_GET
@roles(*READERS)
def campaign_list(request: ScopedRequest) -> HttpResponse:
    campaigns = selectors.campaigns(request.scope)
    after = request.GET.get("before", "")
    if after.isdecimal():
        campaigns = campaigns.filter(pk__lt=int(after))
    found = list(campaigns.order_by("-pk")[: selectors.PAGE + 1])
    page = found[: selectors.PAGE]
    older = f"?before={page[-1].pk}" if len(found) > selectors.PAGE else ""
    progress = selectors.progress_of(page, request.scope)
    rows = [(campaign, figures.status(campaign), progress.get(campaign.pk)) for campaign in page]
    return render(request, "dispensary/campaign_list.html", staff_context(request, rows=rows, next_url=older))


@require_http_methods(["GET", "POST"])
@roles(*PLANNERS)
def campaign_new(request: ScopedRequest) -> HttpResponse:
    now = timezone.now()
    form = CampaignForm(
        request.POST or None,
        places=selectors.places(request.scope),
        rules=current_rules(),
        today=timezone.localdate(now),
    )
    if request.method == "POST" and form.is_valid():
        campaign = _create(request, form)
        if campaign is not None:
            return redirect("dispensary:campaign", campaign.pk)
        form.add_error("place", _("Such a campaign is already planned or running."))
    return render(request, "dispensary/campaign_new.html", staff_context(request, form=form))


def _create(request: ScopedRequest, form: CampaignForm) -> Campaign | None:
    data = form.cleaned_data
    place = form.places[data["place"]]
    try:
        with transaction.atomic():
            return services.create_campaign(
                actor=acting_user(request),
                scope=request.scope,
                programme=data["programme"],
                year=data["year"],
                region=place.region,
                insurer=place.insurer,
                inform_by=data["inform_by"],
                attend_by=data["attend_by"],
                budget=data["budget"],
                holdout_percent=data["holdout_percent"] or 0,
                now=timezone.now(),
            )
    except IntegrityError as error:
        if "campaign_one_active" not in str(error):
            raise
        return None


@require_GET
@roles(*READERS)
def campaign_page(request: ScopedRequest, campaign_id: int) -> HttpResponse:
    campaign = get_object_or_404(selectors.campaigns(request.scope), pk=campaign_id)
    actor = services.actor_of(campaign, actor=acting_user(request), scope=request.scope)
    state = State(campaign.state)
    allowed = lifecycle.allowed(state, actor)
    context: dict[str, Any] = {
        "campaign": campaign,
        "status": figures.status(campaign),
        "actions": [(action, ACTIONS[action]) for action in allowed],
        # A planner who waits should see why there is no button.
        "hint": lifecycle.refusal(state, Action.APPROVE, actor) if state is State.PLANNED else None,
        "facts": figures.facts(campaign),
        "budget": figures.budget(campaign),
        "may_recount": actor.manages and state in (State.PLANNED, State.APPROVED) and campaign.dry_run_at,
        "may_set_budget": actor.manages and state is not State.CLOSED,
    }
    if campaign.cohort_at is None:
        context |= figures.of_dry_run(campaign)
    else:
        report = selectors.coverage_of(campaign, request.scope)
        context |= figures.of_coverage(campaign, report)
        context |= figures.of_progress(campaign, report, now=timezone.now())
        context |= figures.of_surveys(selectors.surveys_of(campaign, request.scope))
        context |= figures.of_uplift(selectors.uplift_of(campaign, request.scope))
    return render(request, "dispensary/campaign.html", staff_context(request, **context))


@require_POST
@roles(*PLANNERS)
def campaign_act(request: ScopedRequest, campaign_id: int, action: str) -> HttpResponseRedirect:
    try:
        step = Action(action)
        services.act(
            campaign_id=campaign_id,
            action=step,
            actor=acting_user(request),
            scope=request.scope,
            now=timezone.now(),
        )
    except (ValueError, Campaign.DoesNotExist) as error:
        if not isinstance(error, lifecycle.Refused):
            raise Http404 from error
        messages.error(request, error.refusal.text)
    except services.BusyError:
        messages.warning(request, BUSY)
    else:
        messages.success(request, DONE[step])
    return redirect("dispensary:campaign", campaign_id)


@require_POST
@roles(*PLANNERS)
def campaign_recount(request: ScopedRequest, campaign_id: int) -> HttpResponseRedirect:
    return _change(
        request,
        campaign_id,
        lambda: services.recount(campaign_id=campaign_id, actor=acting_user(request), scope=request.scope),
        done=_("The people are being counted anew."),
        refused=_("The campaign has started: its people are counted by what became of them."),
    )


@require_POST
@roles(*PLANNERS)
def campaign_budget(request: ScopedRequest, campaign_id: int) -> HttpResponseRedirect:
    form = BudgetForm(request.POST)
    if not form.is_valid():
        get_object_or_404(Campaign.objects.visible_to(request.scope), pk=campaign_id)
        messages.error(request, _("Write the budget as an amount of roubles, or leave it empty."))
        return redirect("dispensary:campaign", campaign_id)
    return _change(
        request,
        campaign_id,
        lambda: services.set_budget(
            campaign_id=campaign_id,
            actor=acting_user(request),
            scope=request.scope,
            budget=form.cleaned_data["budget"],
        ),
        done=_("The budget is changed."),
        refused=_("The budget cannot be less than what is committed already."),
    )


def _change(
    request: ScopedRequest, campaign_id: int, change: Callable[[], bool], *, done: Promise, refused: Promise
) -> HttpResponseRedirect:
    try:
        changed = change()
    except Campaign.DoesNotExist as error:
        raise Http404 from error
    except lifecycle.Refused as error:
        messages.error(request, error.refusal.text)
    except services.BusyError:
        messages.warning(request, BUSY)
    else:
        messages.add_message(
            request, messages.SUCCESS if changed else messages.ERROR, str(done if changed else refused)
        )
    return redirect("dispensary:campaign", campaign_id)
