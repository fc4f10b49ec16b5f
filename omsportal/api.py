"""The API's front door: the OpenAPI document and its interactive pages, served without a CDN."""

from typing import Any

from csp.constants import SELF
from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponseBase
from django.utils.decorators import method_decorator
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from registry.access import PUBLIC


class Schema(SpectacularAPIView):
    access = PUBLIC


# Swagger UI styles itself from its script: inline style is allowed on this page alone.
@method_decorator(csp_update({"style-src": [SELF, "'unsafe-inline'"]}), name="dispatch")
class Docs(SpectacularSwaggerSplitView):
    access = PUBLIC

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response
