from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView, get_object_or_404
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from dispensary import selectors
from dispensary.coverage import Coverage
from dispensary.models import Campaign
from dispensary.views.campaigns import READERS
from registry.access import only
from registry.scoping import Scope


def scope_of(request: Request) -> Scope:
    scope = request._request.scope  # type: ignore[attr-defined]
    assert isinstance(scope, Scope)  # noqa: S101 - the middleware puts it on every request
    return scope


class CampaignSerializer(serializers.ModelSerializer[Campaign]):
    class Meta:
        model = Campaign
        fields = (
            "id",
            "programme",
            "year",
            "region",
            "insurer",
            "state",
            "inform_by",
            "attend_by",
            "planned_at",
            "approved_at",
            "started_at",
            "closed_at",
        )
        extra_kwargs = {"insurer": {"help_text": "Пусто: все застрахованные региона"}}


class CoverageCountsSerializer(serializers.Serializer[Coverage]):
    planned = serializers.IntegerField(help_text="Запланированы; равно сумме четырёх следующих чисел")
    informed = serializers.IntegerField()
    excluded = serializers.IntegerField()
    failed = serializers.IntegerField(help_text="Не удалось связаться")
    pending = serializers.IntegerField()
    came = serializers.IntegerField(help_text="Пришли на осмотр из числа информированных")


class ClinicCoverageCountsSerializer(CoverageCountsSerializer):
    clinic = serializers.IntegerField(allow_null=True, help_text="Пусто: человек не прикреплён")


class CoverageSerializer(serializers.Serializer[Any]):
    campaign = serializers.IntegerField()
    counted_at = serializers.DateTimeField(allow_null=True)
    total = CoverageCountsSerializer()
    clinics = ClinicCoverageCountsSerializer(many=True)
    problems = serializers.ListField(
        child=serializers.CharField(), help_text="Суммы, которые не сошлись; пусто, если сошлись все"
    )


class NewestFirst(CursorPagination):
    page_size = 50
    ordering = "-id"


class CampaignsView(ListAPIView[Campaign]):
    """Кампании осмотров, которые видны читателю, новые первыми."""

    access = only(*READERS)
    serializer_class = CampaignSerializer
    pagination_class = NewestFirst
    queryset = Campaign.objects.none()

    def get_queryset(self) -> QuerySet[Campaign]:
        return Campaign.objects.visible_to(scope_of(self.request))


class CoverageView(APIView):
    """Охват кампании: запланированы = информированы + исключены + не удалось + ожидают."""

    access = only(*READERS)

    @extend_schema(operation_id="campaign_coverage", responses=CoverageSerializer)
    def get(self, request: Request, campaign_id: int) -> Response:
        scope = scope_of(request)
        campaign = get_object_or_404(Campaign.objects.visible_to(scope), pk=campaign_id)
        report = selectors.coverage_of(campaign, scope)
        answer = {
            "campaign": campaign.pk,
            "counted_at": report.counted_at,
            "total": report.total,
            "clinics": [_counts(counts) | {"clinic": clinic} for clinic, counts in report.clinics.items()],
            "problems": [problem.text for problem in report.problems],
        }
        return Response(CoverageSerializer(answer).data)


def _counts(counts: Coverage) -> dict[str, Any]:
    return dict(CoverageCountsSerializer(counts).data)
