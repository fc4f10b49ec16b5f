"""One of several processes that act on the same appeals at random: `python -m tests.appeals.hammer` with JSON on stdin.

Refusals of the portal are expected; anything else ends the process with a trace. Prints what it did as JSON.
"""

import json
import os
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import django

Job = Callable[[], object]


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "omsportal.settings")
    django.setup()
    print(json.dumps(Hammer(json.load(sys.stdin)).run()))


class Hammer:
    """`plan`: appeals, users by role, clinic, insurer, fund, seconds, seed, now, began (of the clock on the wall)."""

    def __init__(self, plan: dict[str, Any]) -> None:
        from registry.models import User
        from registry.selectors import scope_of

        self.plan, self.random = plan, Random(plan["seed"])
        self.now = self.start = datetime.fromisoformat(plan["now"])
        users = User.objects.in_bulk(list(plan["users"].values()))
        self.scopes = {
            role: scope_of(users[pk], now=datetime.now(self.now.tzinfo)) for role, pk in plan["users"].items()
        }

    def run(self) -> dict[str, dict[str, int]]:
        from appeals.errors import AppealError

        done: Counter[str] = Counter()
        refused: Counter[str] = Counter()
        until = time.monotonic() + self.plan["seconds"]
        while time.monotonic() < until:
            # One clock for all processes, a minute a second.
            self.now = self.start + timedelta(minutes=time.time() - self.plan["began"])
            name, job = self._job()
            try:
                if job() is not None:
                    done[name] += 1
            except AppealError as error:
                refused[error.code] += 1
        return {"done": dict(done), "refused": dict(refused)}

    def _job(self) -> tuple[str, Job]:
        from appeals import services
        from representatives.models import Representative

        if self.random.random() < 0.1:
            role = self.random.choice(["operator", "case_worker", "expert"])
            me = Representative.objects.get(user=self.plan["users"][role])
            scope = self.scopes[role]
            return "next_case", lambda: services.next_case(scope=scope, representative=me, now=self.now)
        if self.random.random() < 0.05:
            return "climb", lambda: services.climb(now=self.now, limit=20)
        return self._act()

    def _act(self) -> tuple[str, Job]:
        from appeals import services
        from appeals.actors import Actor
        from appeals.models import Appeal

        pk = self.random.choice(self.plan["appeals"])
        role = self.random.choice([*self.scopes, "citizen", "citizen"])
        actor = Actor.holder(pk) if role == "citizen" else Actor.of(self.scopes[role])
        given: dict[str, Any] = {"appeal_id": pk, "actor": actor, "now": self.now}
        if self.random.random() < 0.5:
            given["expected_version"] = Appeal.objects.values_list("version", flat=True).get(pk=pk)
        inputs = self._inputs(pk)
        name = self._likely(pk, actor) or self.random.choice(sorted(inputs))
        if name == "clinic_replied":
            given["actor"] = Actor.clinic(self.scopes["clinic_staff"], pk)
        more = inputs[name]
        if name == "route_appeal":
            return name, lambda: services.route_appeal(appeal_id=pk, now=self.now)
        service = getattr(services, name)
        return name, lambda: service(**given, **more)

    def _likely(self, pk: int, actor: Any) -> str:
        """Mostly something that should succeed, or the day would go by in refusals."""
        from appeals.lifecycle import Action
        from appeals.models import Appeal
        from appeals.selectors import possible

        appeal = Appeal.objects.select_related("organization", "received_by", "region").get(pk=pk)
        can = [
            action
            for action in possible(actor.roles_on(appeal), appeal)
            if action not in (Action.CHECK_WAITING, Action.MARK_PAPER)
        ]
        if not can or self.random.random() < 0.3:
            return ""
        action = self.random.choice(can).value
        return {"applicant_replied": "receive_reply", "expertise_received": "record_expertise"}.get(
            action, action
        )

    def _other(self, pk: int) -> str:
        from appeals.models import Appeal

        other = self.random.choice([one for one in self.plan["appeals"] if one != pk])
        return Appeal.objects.values_list("number", flat=True).get(pk=other)

    def _inputs(self, pk: int) -> dict[str, dict[str, Any]]:
        """What each service needs besides, fitting more often than not."""
        from appeals import services
        from appeals.models import ClinicRequest
        from appeals.terms import Kind
        from representatives.models import Representative

        asked = ClinicRequest.objects.filter(appeal=pk, answered_at=None).values_list("pk", flat=True).first()
        people = list(Representative.objects.order_by("pk").values_list("pk", flat=True))
        order = services.Order(
            kind="ekmp", clinic_id=self.plan["clinic"], period_from=date(2026, 5, 1),
            period_to=date(2026, 5, 2), task="Проверить", expert="Образцов П. П.",
        )  # fmt: skip
        act = services.Outcome(act_number="1", act_on=date(2026, 6, 2), conclusion="Нарушений нет")
        office = self.random.choice([self.plan["insurer"], self.plan["insurer"], self.plan["fund"]])
        return {
            "take": {},
            "assign": {"representative_id": self.random.choice(people)},
            "hand_over": {"level": self.random.randrange(1, 4), "note": "Посмотрите"},
            "accept_hand_over": {},
            "return_hand_over": {"reason": "Не наше"},
            "ask_applicant": {"question": "Когда это было?"},
            "inform_applicant": {"text": "Запросили документы"},
            "receive_reply": {"reply": "Вчера"},
            "ask_clinic": {"clinic_id": self.plan["clinic"], "question": "Пришлите выписку"},
            "clinic_replied": {"request_id": asked or 0, "reply": "Выписка"},
            "order_expertise": {"order": order},
            "record_expertise": {"outcome": act},
            "resume": {"reason": "Не дождались"},
            "submit_for_review": {"answer": "Проект"},
            "send_back": {"reason": "Неполно"},
            "answer": {"text": "Ответ"},
            "extend": {"days": 5, "reason": "Документы"},
            "forward": {"addressee": "roszdravnadzor", "letter": "Просим рассмотреть"},
            "decline": {"ground": "abusive", "reason": "Угрозы"},
            "withdraw": {"statement": "Не нужно"},
            "reopen": {"reason": "Не согласна"},
            "close": {},
            "convert": {"kind": Kind.COMPLAINT, "topic": "3.1.6", "reason": "Жалоба"},
            "reroute": {
                "organization_id": office,
                "level": self.random.randrange(1, 4) if office == self.plan["insurer"] else None,
                "reason": "Ошибка",
            },
            "mark_validity": {"validity": "justified"},
            "route_appeal": {},
            "split": {"parts": [services.Part(Kind.COMPLAINT, "3.1.4", "Ещё")], "reason": "Два вопроса"},
            "link": {"earlier": self._other(pk), "kind": "related"},
            "instruct": {"text": "Проверьте и доложите", "control_on": date(2026, 6, 9)},
            "report_back": {"text": "Проверено"},
        }


if __name__ == "__main__":
    main()
