"""The appeals report for programs: the same objects as the page, as JSON or CSV."""

from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from appeals.reports.dimensions import DIMENSIONS
from appeals.reports.measures import COUNTS, RATES
from omsportal.reports.asking import READERS, Asked, Asking
from omsportal.reports.exports import csv_lines
from omsportal.reports.presenting import Report, report_of
from omsportal.reports.tables import HEAD, report_rows, values
from omsportal.reports.words import BREAKDOWNS
from registry.access import only


def _measures() -> dict[str, serializers.Field[Any, Any, Any, Any]]:
    counts = {name: serializers.IntegerField(help_text=HEAD[name]) for name in COUNTS}
    rates = {name: serializers.FloatField(allow_null=True, help_text=HEAD[name]) for name in RATES}
    return {**counts, **rates}


MeasuresSerializer = type("AppealsMeasuresSerializer", (serializers.Serializer,), _measures())


class AppealsLineSerializer(serializers.Serializer[Any]):
    value = serializers.CharField(help_text="Код значения; пусто, если значения нет")
    name = serializers.CharField(help_text="Название значения")
    heading = serializers.BooleanField(help_text="Заголовок: его строки стоят ниже и в сумму входят сами")
    measures = MeasuresSerializer()
    before = MeasuresSerializer()


class AppealsReportSerializer(serializers.Serializer[Any]):
    owner = serializers.CharField(
        help_text="R и код региона, O и ключ организации, C и ключ медицинской организации"
    )
    name = serializers.CharField()
    first = serializers.DateField()
    last = serializers.DateField()
    by = serializers.CharField()
    adds_up = serializers.BooleanField(help_text="Складываются ли строки разреза в целое")
    count = serializers.IntegerField(help_text="Номер подсчёта: с ним ответ не изменится никогда")
    counted_at = serializers.DateTimeField()
    measures = MeasuresSerializer()
    before = MeasuresSerializer(allow_null=True)
    rows = AppealsLineSerializer(many=True)


PARAMETERS = [
    OpenApiParameter("owner", description="Чьи обращения: R39, O12 или C7; по умолчанию первое доступное"),
    OpenApiParameter(
        "first", OpenApiTypes.DATE, description="Зарегистрированы с; по умолчанию с начала года"
    ),
    OpenApiParameter("last", OpenApiTypes.DATE, description="Зарегистрированы по"),
    OpenApiParameter("by", enum=list(BREAKDOWNS), description="Разрез, по умолчанию kind"),
    OpenApiParameter("against", enum=["before", "year"], description="С чем сравнить"),
    OpenApiParameter("count", OpenApiTypes.INT, description="Номер подсчёта, по умолчанию последний"),
    *[OpenApiParameter(name, description="Отбор по значению; «-» — значения нет") for name in DIMENSIONS],
]


class _Report(APIView):
    access = only(*READERS)

    def asked(self, request: Request) -> Asked:
        asking = Asking.of(request._request, timezone.now())
        if asking.asked is None:
            raise serializers.ValidationError({"owner": ["Отчётов для вас нет или подсчёта ещё не было."]})
        errors = asking.asked.form.errors
        if errors:
            raise serializers.ValidationError(
                {name: [str(one) for one in found] for name, found in errors.items()}
            )
        return asking.asked


class AppealsReportView(_Report):
    """Отчёт по обращениям за период: итоги, сравнение и строки одного разреза."""

    @extend_schema(operation_id="appeals_report", parameters=PARAMETERS, responses=AppealsReportSerializer)
    def get(self, request: Request) -> Response:
        return Response(AppealsReportSerializer(as_plain(report_of(self.asked(request)))).data)


class AppealsReportCsv(_Report):
    """То же таблицей для Excel: с BOM и точкой с запятой."""

    @extend_schema(
        operation_id="appeals_report_csv",
        parameters=PARAMETERS,
        responses={(200, "text/csv"): OpenApiTypes.STR},
    )
    def get(self, request: Request) -> HttpResponse:
        body = "".join(csv_lines(report_rows(report_of(self.asked(request)))))
        return HttpResponse(body, content_type="text/csv; charset=utf-8")


def as_plain(report: Report) -> dict[str, Any]:
    asked = report.asked
    return {
        "owner": str(asked.query.owner),
        "name": asked.place.name,
        "first": asked.query.period.first,
        "last": asked.query.period.last,
        "by": asked.by,
        "adds_up": report.adds_up,
        "count": asked.run.pk,
        "counted_at": asked.run.at,
        "measures": values(report.sums),
        "before": values(report.before) if report.before else None,
        "rows": [
            {
                "value": line.value,
                "name": line.label,
                "heading": line.heading,
                "measures": values(line.sums),
                "before": values(line.before),
            }
            for line in report.lines
        ],
    }
