"""The official forms as JSON: the same objects as on the pages."""

from typing import Any

from django.http import Http404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from omsportal.zpz import reading
from omsportal.zpz.forms import PeriodForm
from registry.access import only
from registry.scoping import Role
from representatives.models.zpz import ZpzReport, ZpzStatus
from representatives.views.staffing import reader_today
from representatives.zpz.layout import TABLES, Filled
from representatives.zpz.periods import Period

ACCESS = only(Role.FUND_ADMIN, Role.SUPERVISOR)


class FormLineSerializer(serializers.Serializer[Any]):
    code = serializers.CharField(help_text="Номер строки формы")
    title = serializers.CharField()
    cells = serializers.DictField(
        child=serializers.IntegerField(allow_null=True), help_text="Графа → число; null, где числа нет"
    )
    confirmed = serializers.BooleanField(help_text="Сверено ли наименование строки с приказом")


class FormSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    organization = serializers.CharField(source="organization.code")
    region = serializers.CharField(source="region_id")
    table = serializers.ChoiceField(choices=list(TABLES))
    year = serializers.IntegerField()
    period = serializers.CharField(help_text="M01…M12, Q1…Q4, H1, N9, Y")
    status = serializers.ChoiceField(choices=ZpzStatus.values)
    version = serializers.IntegerField(source="number", help_text="Последняя версия")
    submitted_version = serializers.IntegerField(source="submitted_number", allow_null=True)
    accepted_version = serializers.IntegerField(source="accepted_number", allow_null=True)
    changed_at = serializers.DateTimeField()


class FilledFormSerializer(FormSerializer):
    shown_version = serializers.IntegerField(help_text="Версия, чьи числа показаны")
    sha256 = serializers.CharField(help_text="Контрольная сумма содержания")
    counted_at = serializers.DateTimeField()
    lines = FormLineSerializer(many=True)


class RegionFormSerializer(serializers.Serializer[Any]):
    region = serializers.CharField()
    table = serializers.ChoiceField(choices=list(TABLES))
    year = serializers.IntegerField()
    period = serializers.CharField()
    included = serializers.ListField(child=serializers.CharField(), help_text="Чьи принятые формы вошли")
    missing = serializers.ListField(child=serializers.CharField(), help_text="Чьи формы ещё не приняты")
    lines = FormLineSerializer(many=True)


def _lines(filled: Filled) -> list[dict[str, Any]]:
    return [
        {
            "code": line.row.code,
            "title": line.row.title,
            "cells": line.cells,
            "confirmed": line.row.confirmed,
        }
        for line in filled.lines
    ]


class FormsView(APIView):
    """Официальные формы за период, видимые читателю; по умолчанию за последний закончившийся квартал."""

    access = ACCESS

    @extend_schema(
        operation_id="forms",
        parameters=[
            OpenApiParameter("period", OpenApiTypes.STR, description="M01…M12, Q1…Q4, H1, N9 или Y"),
            OpenApiParameter("year", OpenApiTypes.INT),
        ],
        responses=FormSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        plain: Any = request._request
        form = PeriodForm.asked(plain.GET, reader_today(plain, timezone.now()))
        if not form.is_valid():
            raise serializers.ValidationError(
                {name: [str(error) for error in errors] for name, errors in form.errors.items()}
            )
        data = form.cleaned_data
        found = ZpzReport.objects.visible_to(plain.scope).filter(year=data["year"], period=data["period"])
        rows = found.select_related("organization").order_by("region", "organization__code", "table")
        return Response(FormSerializer(rows, many=True).data)


class FormView(APIView):
    """Одна форма со всеми клетками; по умолчанию последняя версия, видимая читателю."""

    access = ACCESS

    @extend_schema(
        operation_id="form",
        parameters=[OpenApiParameter("version", OpenApiTypes.INT, description="Номер версии")],
        responses=FilledFormSerializer,
    )
    def get(self, request: Request, report_id: int) -> Response:
        plain: Any = request._request
        report = reading.one_report(plain.scope, report_id)
        version = reading.version_of(plain.scope, report, plain.GET.get("version", ""))
        told = {
            **FormSerializer(report).data,
            "shown_version": version.number,
            "sha256": version.sha256,
            "counted_at": version.counted_at,
            "lines": _lines(version.filled),
        }
        return Response(told)


class RegionFormView(APIView):
    """Сводная форма региона: сумма принятых форм."""

    access = ACCESS

    @extend_schema(operation_id="region_form", responses=RegionFormSerializer)
    def get(self, request: Request, region: str, table: str, year: str, period: str) -> Response:
        plain: Any = request._request
        try:
            span = Period(int(year), period)
        except ValueError as error:
            raise Http404(str(error)) from error
        whole = reading.consolidated(plain.scope, region, table, span)
        told = {
            "region": region,
            "table": table,
            "year": span.year,
            "period": span.code,
            "included": [part.organization.code for part in whole.parts if part.counts],
            "missing": [one.code for one in whole.missing],
            "lines": _lines(whole.filled),
        }
        return Response(told)
