"""A citizen at the keyboard: fills the wizard page by page, the way a browser would."""

import re
from typing import Any

from django.test import Client

from notifications.models import Message
from tests.factories import UserFactory

TEXT = "Два месяца не могу попасть на МРТ коленного сустава. В регистратуре говорят: записи нет."
ENP = "3952410887000019"
SAID: dict[str, dict[str, str]] = {
    "what": {"kind": "complaint", "text": TEXT},
    "topic": {"topic": "3.1.5.5"},
    "about": {"about": "myself"},
    "person": {
        "last_name": "Ёлкина",
        "first_name": "Мария",
        "middle_name": "Петровна",
        "birth_date": "12.07.1985",
        "enp": "3952 4108 8700 0019",
        "region": "39",
    },
    "insurer": {"insurer": "unknown"},
    "clinic": {"clinic": "other", "other": "Поликлиника на Лесной"},
    "when": {"happened_on": "02.04.2026", "wish": "Помогите записаться"},
    "files": {},
    "contacts": {
        "reply_channel": "email",
        "email": "maria@example.org",
        "phone": "8 (900) 000-00-01",
        "address": "",
    },
    "proof": {},
    "consent": {"agree": "on"},
}
ORDER = tuple(SAID)


def url(step: str) -> str:
    return f"/appeals/new/{step}/"


def say(client: Client, step: str, **other: Any) -> Any:
    """Answers one page. Consent sends the id of the text the page shows; a proof is given as it is asked for."""
    if step == "proof":
        return _prove(client)
    given: dict[str, Any] = {**SAID.get(step, {}), **other}
    if step in ("consent", "check"):
        page = client.get(url(step)).content.decode()
        name = "text_id" if step == "consent" else "seal"
        found = re.search(rf'name="{name}" value="([^"]+)"', page)
        if found:
            given.setdefault(name, found[1])
    return client.post(url(step), given)


def walk(client: Client, until: str = "check", **other: dict[str, Any]) -> Any:
    """Answers every page before `until`; pages that are left out lead on by themselves."""
    response = None
    for step in ORDER:
        if step == until:
            break
        response = say(client, step, **other.get(step, {}))
        assert response.status_code == 302, (step, errors(response))
    return response


def errors(response: Any) -> list[str]:
    """What the page says beside its fields."""
    html = response.content.decode()
    blocks = re.findall(r'class="field-error">(.*?)</div>', html, re.DOTALL)
    return [
        re.sub(r"<[^>]+>", "", line).strip()
        for block in blocks
        for line in block.split("</p>")
        if line.strip()
    ]


def _prove(client: Client) -> Any:
    page = client.get(url("proof"))
    if page.status_code == 302:  # nothing is asked for, or somebody is signed in
        return page
    if b'name="send"' not in page.content:
        client.force_login(UserFactory())
        return client.get(url("proof"))
    client.post(url("proof"), {"send": "1"})
    code = Message.objects.filter(event="contact_code").latest("pk").payload["code"]
    return client.post(url("proof"), {"code": code})
