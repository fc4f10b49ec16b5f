import time
from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Sum
from django.utils import timezone

from dispensary.models import Campaign, InvitationState, OutcomeCount, PlanCount, Round
from dispensary.progress import Pace

_WIDTH = 40
_PENDING = (InvitationState.PLANNED, InvitationState.QUEUED, InvitationState.LISTED)


class Command(BaseCommand):
    help = "Prints how far campaigns are: a bar, the pace and the time left; --watch repeats it until all are done."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "campaign", nargs="*", type=int, help="keys of campaigns; all running ones if empty"
        )
        parser.add_argument("--watch", type=float, metavar="SECONDS", help="repeat every so many seconds")

    def handle(self, **options: Any) -> None:
        while self.report(options["campaign"]) and options["watch"]:
            time.sleep(options["watch"])

    def report(self, keys: list[int]) -> bool:
        """Prints one line a campaign; returns whether anybody is still waiting."""
        campaigns = Campaign.objects.filter(pk__in=keys) if keys else Campaign.objects.filter(state="running")
        if keys and (missing := set(keys) - {campaign.pk for campaign in campaigns}):
            raise CommandError(f"There is no campaign {min(missing)}")
        waiting = False
        for campaign in campaigns.order_by("pk"):
            planned = _people(PlanCount.objects.filter(campaign=campaign))
            pending = _people(OutcomeCount.objects.filter(campaign=campaign, state__in=_PENDING))
            self.stdout.write(line(campaign, planned, pending))
            waiting = waiting or bool(pending)
        return waiting


def _people(rows: Any) -> int:
    return int(rows.filter(round=Round.PRIMARY).aggregate(sum=Sum("people"))["sum"] or 0)


def line(campaign: Campaign, planned: int, pending: int) -> str:
    done = planned - pending
    filled = _WIDTH * done // planned if planned else 0
    left = Pace(per_hour=campaign.pace).left(pending)
    bar = "█" * filled + "·" * (_WIDTH - filled)
    pace = "—" if campaign.pace is None else f"{campaign.pace:,.0f} в час".replace(",", " ")
    state = campaign.get_state_display()
    return f"{campaign.pk:>5} {bar} {done} из {planned} · {pace} · {_left(left)} · {state}"


def _left(left: timedelta | None) -> str:
    if left is None:
        return "срок неизвестен"
    if not left:
        return "готово"
    end = timezone.localtime(timezone.now() + left)
    return f"осталось {timedelta(seconds=round(left.total_seconds()))}, до {end:%d.%m %H:%M}"
