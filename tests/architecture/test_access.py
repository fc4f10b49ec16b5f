"""No route without a rule, no table of personal data without a predicate, no queue without a consumer."""

import pytest
from celery import current_app
from django.apps import apps
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path

from registry.access import access_of, access_of_foreign_route, public
from registry.scoping import EMPTY_SCOPE, ScopedQuerySet
from tests.architecture.routes import Route, all_routes, match_of

OUR_APPS = ("registry", "notifications", "representatives", "appeals", "dispensary", "omsportal")
# Tables without a reader's predicate, and why they need none.
NOT_PERSONAL = {
    "registry.Region": "public reference",
    "registry.Organization": "public reference",
    "registry.Insurer": "public reference (proxy)",
    "registry.TerritorialFund": "public reference (proxy)",
    "registry.Clinic": "public reference",
    "registry.InsuredCount": "published statement",
    "registry.ConsentText": "public text",
    "registry.CalendarDay": "public reference",
    "notifications.TemplateDraft": "wordings, without persons",
    "notifications.MessageTemplate": "wordings, without persons",
    "notifications.Provider": "limits and standing of providers, no people",
    "notifications.QuietWindow": "public reference",
    "notifications.ContactCap": "public reference",
    "registry.User": "read only as oneself or in the administration",
    "registry.RoleGrant": "read only to compute a scope, or in the administration",
    "representatives.StaffingNorm": "public reference",
    "representatives.PlannedPositions": "staff plans, no people",
    "representatives.DirectLine": "published contact",
    "representatives.IncomingCount": "counts, no people",
    "representatives.ZpzRow": "rows of an official form",
    "appeals.AppealTopic": "public reference",
    "appeals.Body": "public reference",
    "appeals.AppealTerm": "public reference",
    "appeals.ViolationCode": "public reference",
    "appeals.WaitingTimeNorm": "public reference",
    "appeals.CallPolicy": "public reference",
    "appeals.VoiceKey": "digests of the keys of telephone exchanges, no people",
    "appeals.NumberCounter": "holds no person",
    "appeals.DeclineGround": "public reference",
    "appeals.LetterCounter": "holds no person",
    "appeals.Letterhead": "requisites printed on every letter",
    "appeals.BodyAddress": "public reference",
    "appeals.ProofRule": "public reference",
    "appeals.AppealChange": "keys of appeals to be counted, emptied by the count",
    "appeals.CountRun": "when appeals were counted",
    "appeals.AppealSum": "counts, no people; whose they are is asked by appeals.reports.reading.place_of",
    "appeals.ReplyTemplate": "wordings, without persons; whose they are is asked by usable_by and editable_by",
    "appeals.Macro": "wordings, without persons; whose they are is asked by usable_by and editable_by",
    "appeals.QualityCriterion": "public reference",
    "appeals.NoticeSetting": "one switch of a colleague, read and set by that colleague alone",
    "appeals.SurveyRefusal": "keyed digests of contacts, which name nobody",
    "appeals.Article": "public text",
    "appeals.ArticleVersion": "public text; drafts are for all editors",
    "appeals.ArticleEvent": "which editor changed a public text",
    "appeals.ArticleDay": "counts, no people",
    "dispensary.Programme": "public reference",
    "dispensary.ProgrammeRule": "public reference",
    "dispensary.ProgrammeTest": "public reference",
    "dispensary.Category": "public reference",
    "dispensary.ObservationRule": "public reference",
    "dispensary.CoverageTarget": "public reference",
    "dispensary.FileKeeping": "public reference",
    "dispensary.InformingPolicy": "public reference",
    "dispensary.SumProof": "published sums of regions",
    "dispensary.Reason": "dictionary of answers",
    "dispensary.Tariff": "prices, no people",
    "dispensary.ClinicCapacity": "numbers of free places, no people",
}


def declares_access(route: Route) -> bool:
    return (access_of(route.callback) or access_of_foreign_route(match_of(route))) is not None


@pytest.mark.parametrize("route", list(all_routes()), ids=lambda route: route.pattern)
def test_every_route_declares_who_may_call_it(route: Route) -> None:
    assert declares_access(route), f"{route.pattern} ({route.view_name}) declares no access"


def undeclared(request: HttpRequest) -> HttpResponse:
    return HttpResponse("secret")


@public
def declared(request: HttpRequest) -> HttpResponse:
    return HttpResponse("open")


urlpatterns = [path("undeclared/", undeclared), path("declared/", declared)]


@pytest.mark.django_db
@override_settings(ROOT_URLCONF=__name__)
def test_an_undeclared_route_is_closed() -> None:
    assert Client().get("/declared/").content == b"open"
    assert Client().get("/undeclared/").status_code == 404


def our_models() -> list[type]:
    return [model for model in apps.get_models() if model._meta.app_label in OUR_APPS]


@pytest.mark.parametrize("model", our_models(), ids=lambda model: model._meta.label)
def test_every_table_is_scoped_or_listed_with_a_reason(model) -> None:
    scoped = isinstance(model._default_manager.all(), ScopedQuerySet)
    assert scoped != (model._meta.label in NOT_PERSONAL), f"{model._meta.label}: say who sees its rows"


@pytest.mark.django_db
@pytest.mark.parametrize("model", our_models(), ids=lambda model: model._meta.label)
def test_an_empty_scope_sees_nothing(model, cast) -> None:
    queryset = model._default_manager.all()
    if isinstance(queryset, ScopedQuerySet):
        assert not queryset.visible_to(EMPTY_SCOPE).exists()


def test_every_task_goes_to_a_queue_that_the_worker_consumes() -> None:
    current_app.loader.import_default_modules()
    consumed = {queue.name for queue in current_app.conf.task_queues}
    router = current_app.amqp.router
    for name in current_app.tasks:
        if not name.startswith("celery."):
            assert router.route({}, name)["queue"].name in consumed, name


def test_every_scheduled_task_exists() -> None:
    current_app.loader.import_default_modules()
    for name, entry in current_app.conf.beat_schedule.items():
        assert entry["task"] in current_app.tasks, name
