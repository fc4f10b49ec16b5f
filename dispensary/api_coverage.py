"""The coverage report for programs: the same selector as the page."""

from typing import Any

from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from dispensary import coverage_report
from dispensary.api import scope_of
from dispensary.coverage_report import COUNTED, SPLITS, Line, Query
from dispensary.models import CoverageCount
from dispensary.views.campaigns import READERS
from registry.access import only

_MEANING = {
    "planned": "Запланированы; равно сумме четырёх следующих чисел",
    "failed": "Не удалось связаться",
    "came": "Пришли из информированных",
    "attended": "Пришли всего, приглашённые или нет",
    "left_out": "Случайная контрольная группа: не приглашены по жребию",
}


class CoverageLineSerializer(serializers.ModelSerializer[CoverageCount]):
    key = serializers.CharField(help_text="Значение для одноимённого параметра; none — нет")
    name = serializers.CharField()
    target = serializers.IntegerField(allow_null=True, help_text="План, % запланированных")

    class Meta:
        model = CoverageCount
        fields = ("key", "name", "target", *COUNTED)
        extra_kwargs = {name: {"help_text": text} for name, text in _MEANING.items()}


class CoverageReportSerializer(serializers.Serializer[Any]):
    year = serializers.IntegerField()
    by = serializers.ChoiceField(choices=tuple(SPLITS))
    counted_at = serializers.DateTimeField(allow_null=True)
    lines = CoverageLineSerializer(many=True)
    total = CoverageLineSerializer()
    stated = serializers.IntegerField(
        allow_null=True, help_text="Сколько записало само планирование; должно совпасть с total.planned"
    )
    problems = serializers.ListField(child=serializers.CharField())


def _parameter(name: str, text: str) -> OpenApiParameter:
    return OpenApiParameter(name, OpenApiTypes.STR, description=text)


class CoverageReportView(APIView):
    """Охват за год: запланированы = информированы + исключены + не удалось + ожидают, в каждой строке."""

    access = only(*READERS)

    @extend_schema(
        operation_id="coverage_report",
        responses=CoverageReportSerializer,
        parameters=[
            OpenApiParameter("year", OpenApiTypes.INT, description="Год; без него последний с кампаниями"),
            OpenApiParameter(
                "by",
                OpenApiTypes.STR,
                enum=list(SPLITS),
                description="По чему разбить; без него по программам",
            ),
            _parameter("programme", "Код программы"),
            _parameter("insurer", "Ключ страховой организации"),
            _parameter("clinic", "Ключ медицинской организации или none"),
            _parameter("age", "Наименьший возраст группы: 0, 18, 40 или 65"),
            _parameter("channel", "Канал или none"),
            _parameter("month", "Первое число месяца плана, ГГГГ-ММ-ДД"),
        ],
    )
    def get(self, request: Request) -> Response:
        now, scope = timezone.now(), scope_of(request)
        years = coverage_report.years(scope)
        latest = years[0] if years else coverage_report.this_year(now)
        query = Query.of(request.query_params.dict(), year=latest)
        found = coverage_report.report(query, scope, today=timezone.localdate(now))
        answer = {
            "year": query.year,
            "by": query.by,
            "counted_at": found.counted_at,
            "lines": [_line(line) for line in found.lines],
            "total": _line(found.total),
            "stated": found.stated,
            "problems": [problem.text for problem in found.problems],
        }
        return Response(CoverageReportSerializer(answer).data)


def _line(line: Line) -> dict[str, Any]:
    counts = {name: getattr(line.counts, name) for name in COUNTED}
    return {"key": line.key, "name": line.label, "target": line.target, **counts}
