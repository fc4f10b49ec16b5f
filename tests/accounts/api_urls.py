"""The portal's routes with one API view more, to see what the gate does to it."""

from django.urls import path
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from omsportal.urls import urlpatterns as portal
from registry.access import SIGNED_IN


class Probe(APIView):
    access = SIGNED_IN

    def get(self, request: Request) -> Response:
        return Response({})


urlpatterns = [*portal, path("api/probe/", Probe.as_view())]
