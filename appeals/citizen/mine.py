"""An appeal of the own household, opened from the cabinet: no code is asked of whoever signed in."""

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from appeals.citizen.follow import status_context
from appeals.citizen.holding import Holder


def own_appeal(request: HttpRequest, holder: Holder) -> HttpResponseBase:
    context = status_context(holder.appeal, number=holder.number)
    context |= {"back_url": reverse("cabinet"), "in_cabinet": True}
    return render(request, "appeals/citizen/status.html", context)
