"""The door of telephone exchanges: voice messages of the night come in here."""

from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from appeals.api import invalid, problem
from appeals.calls import recording
from appeals.calls.sounds import MAX_BYTES
from appeals.errors import AppealError, FileRefused, InvalidInput
from appeals.serializers import ProblemOut
from registry.access import BY_SECRET

_ROOM = 64 * 1024  # of the other fields and the frame of the form


class VoiceMessageIn(serializers.Serializer[dict[str, Any]]):
    file = serializers.FileField(help_text="WAV, MP3 or Ogg, 10 MB at most", max_length=200)
    received_at = serializers.DateTimeField(help_text="When it was left, with offset")
    phone = serializers.CharField(
        required=False, default="", allow_blank=True, max_length=40, help_text="Empty for a hidden number"
    )
    seconds = serializers.IntegerField(
        required=False, default=None, allow_null=True, min_value=0, max_value=36000
    )


class VoiceMessageOut(serializers.Serializer[dict[str, Any]]):
    key = serializers.UUIDField(help_text="Of the call that is owed")
    due_at = serializers.DateTimeField(help_text="By when the caller will have been called")
    repeated = serializers.BooleanField(
        help_text="true: this message had come before, nothing was written now"
    )


class VoiceMessages(APIView):
    """A message left outside hours. The same key again gives the same call and writes nothing."""

    access = BY_SECRET
    # The key in the header is the permission; a session counts for nothing here.
    authentication_classes = ()
    parser_classes = (MultiPartParser,)

    @extend_schema(
        operation_id="voice_messages_send",
        tags=["calls"],
        auth=[],
        parameters=[
            OpenApiParameter(
                "Idempotency-Key",
                OpenApiTypes.UUID,
                OpenApiParameter.HEADER,
                required=True,
                description="A fresh UUID for each message. Repeat with the same one after a broken connection.",
            ),
            OpenApiParameter(
                "Authorization",
                OpenApiTypes.STR,
                OpenApiParameter.HEADER,
                required=True,
                description="`Bearer` and the key of the exchange, made by `manage.py voice_key`",
            ),
        ],
        request={"multipart/form-data": VoiceMessageIn},
        responses={
            201: VoiceMessageOut,
            200: VoiceMessageOut,
            400: ProblemOut,
            401: ProblemOut,
            409: ProblemOut,
        },
    )
    def post(self, request: Request) -> Response:
        now = timezone.now()
        scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
        office = recording.office_of_key(secret.strip(), now=now) if scheme.lower() == "bearer" else None
        if office is None:
            body = {"code": "no_key", "detail": _("Send the key of the exchange."), "problems": {}}
            return Response(body, status.HTTP_401_UNAUTHORIZED, headers={"WWW-Authenticate": "Bearer"})
        if int(request.META.get("CONTENT_LENGTH") or 0) > MAX_BYTES + _ROOM:
            return problem(FileRefused(_("The recording is larger than 10 MB."), code="too_large"))
        try:
            key = UUID(request.headers.get("Idempotency-Key", ""))
        except ValueError:
            return problem(InvalidInput({"Idempotency-Key": _("Send a fresh UUID in this header.")}))
        given = VoiceMessageIn(data=request.data)
        if not given.is_valid():
            return invalid(given)
        data = given.validated_data
        try:
            received = recording.receive(
                office=office,
                upload=data["file"],
                phone=data["phone"],
                received_at=data["received_at"],
                seconds=data["seconds"],
                source_key=key,
                now=now,
            )
        except AppealError as error:
            return problem(error)
        owed = received.recording.call_back
        told = {"key": owed.key, "due_at": owed.due_at, "repeated": received.repeated}
        code = status.HTTP_200_OK if received.repeated else status.HTTP_201_CREATED
        return Response(VoiceMessageOut(told).data, status=code)
