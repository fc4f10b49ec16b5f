from typing import Any

from django.conf import settings
from django.http import HttpRequest


def portal(request: HttpRequest) -> dict[str, Any]:
    """What every page knows: whether this is the demo, and the reader's scope."""
    return {"demo_mode": settings.DEMO, "scope": getattr(request, "scope", None)}
