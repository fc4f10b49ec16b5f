"""Charts for templates of any app: `{% load charts %}`. An app gives plain figures and never imports the geometry."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import template

from omsportal import charts

register = template.Library()


@register.simple_tag
def bar_chart(groups: Iterable[Mapping[str, Any]]) -> charts.BarChart:
    """`{% bar_chart groups as chart %}`, then include charts/bar.html. A group has `label`, `norm` (or None) and
    `bars`, each with `value` and, where wanted, `series`, `name`, `url`, `shown`."""
    return charts.bar_chart(
        [
            charts.Group(str(group["label"]), [charts.Bar(**bar) for bar in group["bars"]], group.get("norm"))
            for group in groups
        ]
    )
