from typing import Any

from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from registry.access import only
from registry.scoping import Role
from representatives.forms import DayForm
from representatives.selectors import staffing
from representatives.staffing import StaffingReport
from representatives.views.staffing import reader_today


class CountsSerializer(serializers.Serializer[Any]):
    people = serializers.IntegerField(help_text="Всего представителей")
    trained = serializers.IntegerField(help_text="С действующей специальной подготовкой")
    staff = serializers.IntegerField(help_text="В штате")
    contract = serializers.IntegerField(help_text="По гражданско-правовому договору")


class NormSerializer(serializers.Serializer[Any]):
    insured_per_representative = serializers.IntegerField()
    basis = serializers.CharField(source="source", help_text="Откуда взят норматив")
    confirmed = serializers.BooleanField(help_text="Подтверждён ли норматив документом")


class LineSerializer(serializers.Serializer[Any]):
    level = serializers.IntegerField(min_value=1, max_value=3)
    counts = CountsSerializer()
    centres = serializers.DictField(child=CountsSerializer(), help_text="Контакт-центры первого уровня")
    insured = serializers.IntegerField(allow_null=True)
    insured_per_representative = serializers.IntegerField(allow_null=True)
    norm = NormSerializer(allow_null=True)
    needed = serializers.IntegerField(
        allow_null=True, help_text="Застрахованные ÷ норматив, с округлением вверх"
    )
    planned = serializers.IntegerField(allow_null=True, help_text="Должностей по штатному расписанию")
    vacant = serializers.IntegerField(allow_null=True, help_text="Незанятых должностей")
    balance = serializers.IntegerField(allow_null=True, help_text="Избыток (+) или нехватка (−), человек")


class OrganizationStaffingSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()
    is_fund = serializers.BooleanField()
    insured = serializers.IntegerField(allow_null=True)
    lines = LineSerializer(many=True)


class RegionStaffingSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()
    whole = serializers.BooleanField(help_text="Виден ли читателю весь регион")
    insured = serializers.IntegerField(allow_null=True)
    total = CountsSerializer()
    shortage = serializers.IntegerField(allow_null=True)
    lines = LineSerializer(many=True)
    organizations = OrganizationStaffingSerializer(many=True)


class StaffingReportSerializer(serializers.Serializer[StaffingReport]):
    on = serializers.DateField()
    regions = RegionStaffingSerializer(many=True)


class StaffingView(APIView):
    """Численность страховых представителей против нормативов на дату, по видимым читателю регионам."""

    access = only(Role.FUND_ADMIN, Role.SUPERVISOR)

    @extend_schema(
        operation_id="staffing",
        parameters=[OpenApiParameter("on", OpenApiTypes.DATE, description="Дата, по умолчанию сегодня")],
        responses=StaffingReportSerializer,
    )
    def get(self, request: Request) -> Response:
        plain: Any = request._request
        form = DayForm.asked(plain.GET, reader_today(plain, timezone.now()))
        if not form.is_valid():
            raise serializers.ValidationError(
                {name: [str(error) for error in errors] for name, errors in form.errors.items()}
            )
        return Response(StaffingReportSerializer(staffing(plain.scope, form.cleaned_data["on"])).data)
