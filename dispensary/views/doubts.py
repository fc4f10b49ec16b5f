"""The queue of doubtful rows: a person compares the file with the register and decides."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dispensary.files import selectors, services
from dispensary.models import ClinicFileRow
from dispensary.views.campaigns import acting_user
from dispensary.views.files import READERS, file_of, log_read
from registry.access import roles
from registry.middleware import ScopedRequest


@require_GET
@roles(*READERS)
def doubt_list(request: ScopedRequest, file_key: UUID) -> HttpResponse:
    file = file_of(request, file_key)
    after = request.GET.get("after", "")
    doubts, following = selectors.doubts(file, request.scope, after=int(after) if after.isdecimal() else 0)
    if doubts:
        log_read(request, file, len(doubts))
    context = {"file": file, "doubts": doubts, "next_url": f"?after={following}" if following else ""}
    return render(request, "dispensary/files/doubts.html", context)


@require_POST
@roles(*READERS)
def doubt_decide(request: ScopedRequest, file_key: UUID, row: int) -> HttpResponseRedirect:
    file = file_of(request, file_key)
    doubtful = ClinicFileRow.objects.filter(file=file, row=row).first()
    back = redirect("dispensary:clinic-doubts", file.key)
    if doubtful is None:
        messages.info(request, _("This row has been decided already."))
        return back
    chosen = request.POST.get("person", "")
    # Only somebody who was on the page: the number of a person is not taken on trust.
    people = {str(one.pk): one for one in selectors.doubt_of(file, doubtful, request.scope).candidates}
    if chosen != "none" and chosen not in people:
        raise Http404
    try:
        services.decide(
            file=file,
            row=row,
            person=people.get(chosen),
            actor=acting_user(request),
            scope=request.scope,
            now=timezone.now(),
            page=request.path,
        )
    except ClinicFileRow.DoesNotExist:
        messages.info(request, _("This row has been decided already."))
    except services.DecisionRefused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Row %(row)s is decided.") % {"row": row})
    return back
