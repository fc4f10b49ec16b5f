"""Every component on a page, with long Russian words, errors and empty places. For developers, demo only."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from omsportal import charts

PAGES = ("components", "home", "question", "answers", "receipt", "staff", "board")

LONG_CLINIC = (
    "Государственное бюджетное учреждение здравоохранения «Калининградская областная клиническая "
    "больница имени святого равноапостольного князя Владимира»"
)


class SampleForm(forms.Form):
    enp = forms.CharField(
        label="Номер полиса ОМС",
        help_text="16 цифр на лицевой стороне полиса, например 3952 4108 8700 0019",
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "off", "class": "input-digits"}
        ),
        error_messages={"required": "Введите номер полиса: 16 цифр без пробелов или с пробелами"},
    )
    what = forms.ChoiceField(
        label="О чём вы хотите сообщить?",
        choices=[
            ("wait", "Долго не могу попасть к врачу или на исследование"),
            ("quality", "Недоволен тем, как лечили, или лечение не помогло"),
            ("money", "Взяли деньги за помощь, которая должна быть бесплатной по полису"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Выберите, что произошло"},
    )
    clinic = forms.ChoiceField(
        label="Медицинская организация", choices=[("", "Не выбрана"), ("1", LONG_CLINIC)], required=False
    )
    story = forms.CharField(
        label="Расскажите, что случилось",
        help_text="Когда это было, к кому вы обращались и что вам ответили. Диагноз можно не указывать.",
        widget=forms.Textarea(attrs={"rows": 6, "data-counter": "story-left", "data-limit": "4000"}),
        error_messages={"required": "Опишите, что случилось, хотя бы одним предложением"},
    )
    documents: forms.Field = forms.FileField(
        label="Документы", help_text="PDF, JPG или PNG, до 10 МБ каждый", required=False
    )
    agree = forms.BooleanField(
        label="Согласен на обработку персональных данных для рассмотрения обращения",
        error_messages={"required": "Без согласия мы не можем рассмотреть обращение"},
    )


def _cases(today: date) -> list[dict[str, Any]]:
    rows = [
        ("39-2026-0000412-7", "Ожидание МРТ", "Петров Иван Сергеевич", -1, "вы"),
        ("39-2026-0000455-0", "Качество медицинской помощи", "Юн Анна", 3, "свободно"),
        ("39-2026-0000461-8", "Отказ в плановой госпитализации в другом субъекте Российской Федерации",
         "Константинопольская-Задунайская Александра Владиславовна", 0, "Смирнова О."),
        ("39-2026-0000502-1", "Взимание денег за лекарства и расходные материалы", "Ли Ян", 21, "вы"),
        ("39-2026-0000503-9", "Выбор страховой медицинской организации", "Воробьёв Пётр", -12, "Ким А."),
    ]  # fmt: skip
    return [
        {"number": number, "topic": topic, "person": person, "owner": owner,
         "due_on": today + timedelta(days=days),
         "url": "#", "current": index == 0}
        for index, (number, topic, person, days, owner) in enumerate(rows)
    ]  # fmt: skip


RAIL = [
    {"url": "#", "label": "Очередь", "icon": "inbox", "current": True, "count": 19},
    {"url": "#", "label": "Звонки", "icon": "telephone", "current": False, "count": 4},
    {"url": "#", "label": "Списки", "icon": "list-check", "current": False, "count": "1 000+"},
    {"url": "#", "label": "Показатели", "icon": "bar-chart", "current": False},
    {"url": "#", "label": "Отчёты", "icon": "file-earmark-spreadsheet", "current": False},
]

TABS = [
    {"url": "#", "label": "Мои", "count": 12, "current": True},
    {"url": "#", "label": "Предложены", "count": 2},
    {"url": "#", "label": "Просрочены", "count": 1},
    {"url": "#", "label": "Ждут", "count": 4},
]

DOORS = [
    {"url": "#", "label": "Подать обращение", "icon": "pencil-square",
     "text": "Жалоба, заявление или вопрос. Займёт около пяти минут."},
    {"url": "#", "label": "Узнать ответ по номеру", "icon": "search",
     "text": "Нужны номер обращения и код доступа."},
    {"url": "#", "label": "Мой страховой представитель", "icon": "person-badge",
     "text": "Кто помогает именно вам и как ему позвонить."},
    {"url": "#", "label": "Мои осмотры", "icon": "calendar-check",
     "text": "Что положено в этом году бесплатно и когда."},
]  # fmt: skip

EVENTS = [
    {"title": "Отправили вам ответ", "who": "Смирнова Ольга, страховой представитель",
     "at": datetime(2026, 11, 20, 12, 5, tzinfo=UTC),
     "text": "Ответ пришёл вам на почту и есть на этой странице."},
    {"title": "Запросили документы у поликлиники", "who": LONG_CLINIC,
     "at": datetime(2026, 11, 12, 7, 30, tzinfo=UTC), "text": ""},
    {"title": "Зарегистрировали обращение", "who": "", "text": "",
     "at": datetime(2026, 11, 10, 6, 0, tzinfo=UTC)},
]  # fmt: skip

ANSWERS = [
    {
        "label": "Что случилось",
        "value": "Долго не могу попасть к врачу или на исследование",
        "change_url": "#",
    },
    {"label": "Медицинская организация", "value": LONG_CLINIC, "change_url": "#"},
    {"label": "Документы", "value": "", "change_url": "#"},
    {"label": "Телефон", "value": "+7 (900) 000-00-00", "change_url": "#"},
]


def _level(label: str, now: int, before: int, norm: int, url: str) -> charts.Group:
    return charts.Group(label, [charts.Bar(now, 1, "факт", url), charts.Bar(before, 2, "год назад")], norm)


def _bars() -> charts.BarChart:
    return charts.bar_chart(
        [
            _level("Первый уровень: контакт-центр", 17, 14, 24, "#l1"),
            _level("Второй уровень: специалисты по защите прав застрахованных", 26, 28, 28, "#l2"),
            _level("Третий уровень: эксперты", 11, 0, 10, "#l3"),
        ]
    )  # fmt: skip


def _line() -> charts.LineChart:
    months = ["янв", "фев", "мар", "апр", "май", "июн", "июл", "авг", "сен", "окт", "ноя", "дек"]
    return charts.line_chart(
        months,
        [
            charts.Series(
                "2026 год", [812, 930, 1180, 1010, 990, 870, 760, 800, 1120, 1240, 1090, None], ["#m"] * 12
            ),
            charts.Series("2025 год", [700, 760, 900, 940, 910, 820, 700, 690, 960, 1010, 1000, 880]),
        ],
        1000,
    )


def _tiles() -> charts.TileMap:
    tile = charts.Tile
    return charts.tile_map(
        [
            tile("39", "Калининградская область", "96 %", "ok", "норма выполнена", "#39"),
            tile("42", "Кузбасс", "81 %", "warn", "ниже нормы", "#42"),
            tile("26", "Ставропольский край", "58 %", "danger", "намного ниже нормы", "#26"),
            tile("34", "Волгоградская область", "—", "none", "нет данных"),
        ],
        4,
    )


def _table(caption: str) -> dict[str, Any]:
    def row(*cells: str) -> dict[str, Any]:
        return {"cells": [{"text": text, "num": index > 0} for index, text in enumerate(cells)]}

    columns = [
        {"label": label, "num": index > 0}
        for index, label in enumerate(["Уровень", "Факт", "Норма", "Разница"])
    ]
    rows = [row("Первый", "17", "24", "−7"), row("Второй", "26", "28", "−2"), row("Третий", "11", "10", "+1")]
    return {"caption": caption, "columns": columns, "rows": rows, "foot": row("Всего", "54", "62", "−8")}


def gallery(request: HttpRequest, page: str = "components") -> HttpResponse:
    """One page of samples; `?errors` shows the form as it comes back. Only the demo links here."""
    if page not in PAGES:
        raise Http404
    today = timezone.localdate()
    wrong = "errors" in request.GET or page == "components"
    context: dict[str, Any] = {
        "page": page,
        "pages": PAGES,
        "today": today,
        "sample": SampleForm({"enp": "12"} if wrong else None),
        "due_days": [today + timedelta(days=days) for days in (30, 3, 1, 0, -1, -5, -21)],
        "cases": _cases(today),
        "tabs": TABS,
        "doors": DOORS,
        "events": EVENTS,
        "answers": ANSWERS,
        "clinic": LONG_CLINIC,
        "bars": _bars(),
        "line": _line(),
        "tiles": _tiles(),
        "series_names": [(1, "ноябрь 2026"), (2, "ноябрь 2025")],
        "table": _table("Представители по уровням, Калининградская область"),
        "now": timezone.now(),
    }
    if page == "question":
        context["form"] = context["sample"]
    if page in ("staff", "board"):
        context |= {"rail": RAIL, "case_open": page == "staff"}
    return render(request, f"gallery/{page}.html" if page != "components" else "gallery.html", context)
