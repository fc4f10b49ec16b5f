"""The API of clinic files: sending one, asking how far it is, reading its protocol."""

from typing import Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.generics import get_object_or_404
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from dispensary.api import scope_of
from dispensary.files import selectors, services
from dispensary.files.answer import answer_of, line_of, summary_of
from dispensary.files.codes import FileRejected
from dispensary.files.kinds import KINDS
from dispensary.models import ClinicFile
from registry.access import only
from registry.audit import record_read
from registry.models import User
from registry.scoping import Role
from registry.subjects import Subject

READERS = (Role.CLINIC_STAFF, Role.FUND_ADMIN)
FIRST_LINES = 200


class FileIn(serializers.Serializer[Any]):
    kind = serializers.RegexField(
        f"^({'|'.join(KINDS)})$",
        help_text="; ".join(f"{one.code}: {one.title}" for one in KINDS.values()),
    )
    clinic = serializers.RegexField(
        r"^\d{6}$", required=False, help_text="Код медицинской организации, если их у вас несколько"
    )
    rows = serializers.IntegerField(
        required=False, min_value=0, help_text="Сколько строк должно быть: неполный файл будет отклонён"
    )
    file = serializers.FileField(help_text="CSV, XLSX или XML")


class FaultOut(serializers.Serializer[Any]):
    row = serializers.IntegerField(help_text="Номер строки, как в таблице; в XML номер элемента row")
    field = serializers.CharField(allow_blank=True)
    code = serializers.CharField()
    level = serializers.ChoiceField(
        choices=["row", "note"], help_text="row: строка не принята; note: замечание"
    )
    value = serializers.CharField(allow_blank=True)
    text = serializers.CharField()
    remedy = serializers.CharField()


class RejectedOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    text = serializers.CharField()


class FileOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    key = serializers.UUIDField()
    kind = serializers.CharField()
    name = serializers.CharField()
    clinic = serializers.CharField()
    state = serializers.CharField(help_text="waiting, reading, applying, done, rejected")
    format = serializers.CharField(allow_blank=True)
    encoding = serializers.CharField(allow_blank=True)
    sent_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    rejected = RejectedOut(allow_null=True)
    rows = serializers.IntegerField(help_text="Равно taken + same + bad + doubtful, когда файл обработан")
    taken = serializers.IntegerField()
    same = serializers.IntegerField()
    bad = serializers.IntegerField()
    doubtful = serializers.IntegerField()


class ProtocolOut(FileOut):
    codes = serializers.DictField(child=serializers.IntegerField())
    faults = FaultOut(
        many=True, help_text=f"Первые {FIRST_LINES} строк протокола; остальные по адресу faults/"
    )


class SentOut(FileOut):
    new = serializers.BooleanField(help_text="false: этот файл уже приходил, второй раз ничего не сделано")
    url = serializers.URLField()


class FilesView(APIView):
    """Файлы медицинской организации."""

    access = only(*READERS)
    parser_classes = (MultiPartParser,)

    @extend_schema(
        operation_id="clinic_file_send",
        request={"multipart/form-data": FileIn},
        responses={202: SentOut, 400: RejectedOut},
    )
    def post(self, request: Request) -> Response:
        """Принимает файл. Обработка идёт в фоне: смотрите адрес url."""
        given = FileIn(data=request.data)
        given.is_valid(raise_exception=True)
        data = given.validated_data
        clinics = selectors.clinics_of(scope_of(request)).order_by("mo_code")
        if "clinic" in data:
            clinics = clinics.filter(mo_code=data["clinic"])
        clinic = clinics.first()
        if clinic is None:
            return Response({"detail": "Not found."}, status=status.HTTP_404_NOT_FOUND)
        actor = request.user
        assert isinstance(actor, User)  # noqa: S101 - the access rule has let only signed-in staff in
        try:
            received = services.receive(
                clinic=clinic,
                kind=data["kind"],
                upload=data["file"],
                actor=actor,
                now=timezone.now(),
                declared_rows=data.get("rows"),
            )
        except FileRejected as error:
            return Response({"code": error.code, "text": error.text}, status=status.HTTP_400_BAD_REQUEST)
        url = reverse("api-clinic-file", args=[received.file.key], request=request)
        answer = {**summary_of(received.file), "new": received.is_new, "url": url}
        return Response(answer, status=status.HTTP_202_ACCEPTED)

    @extend_schema(operation_id="clinic_file_list", responses=FileOut(many=True))
    def get(self, request: Request) -> Response:
        """Последние файлы, новые первыми; дальше по параметру before (id)."""
        before = request.query_params.get("before", "")
        page, _following = selectors.files(
            scope_of(request), before=int(before) if before.isdecimal() else None
        )
        return Response([summary_of(file) for file in page])


def _file(request: Request, key: UUID) -> ClinicFile:
    rows = ClinicFile.objects.visible_to(scope_of(request)).select_related("clinic")
    return get_object_or_404(rows, key=key)


def _log(request: Request, file: ClinicFile, rows: int) -> None:
    record_read(
        scope=scope_of(request),
        subject=Subject.CLINIC_FILE,
        key=str(file.pk),
        rows=rows,
        page=request.path,
        region_id=file.region_id,
        now=timezone.now(),
    )


class FileView(APIView):
    """Один файл: состояние, итоги и начало протокола."""

    access = only(*READERS)

    @extend_schema(operation_id="clinic_file", responses=ProtocolOut)
    def get(self, request: Request, file_key: UUID) -> Response:
        file = _file(request, file_key)
        answer = answer_of(file, limit=FIRST_LINES)
        _log(request, file, len(answer["faults"]))
        return Response(answer)


class FaultsView(APIView):
    """Протокол постранично, в порядке строк."""

    access = only(*READERS)

    @extend_schema(operation_id="clinic_file_faults", responses=FaultOut(many=True))
    def get(self, request: Request, file_key: UUID) -> Response:
        """Параметры: code (вид ошибки) и after («строка-номер» из заголовка X-Next)."""
        file = _file(request, file_key)
        row, _dash, pk = request.query_params.get("after", "").partition("-")
        after = (int(row), int(pk)) if row.isdecimal() and pk.isdecimal() else None
        lines, following = selectors.protocol(file, code=request.query_params.get("code", ""), after=after)
        _log(request, file, len(lines))
        headers = {"X-Next": f"{following[0]}-{following[1]}"} if following else {}
        return Response([line_of(line) for line in lines], headers=headers)
