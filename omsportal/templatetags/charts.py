"""Charts for templates of any app: `{% load charts %}`. An app gives plain figures and never imports the geometry."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import template

from omsportal import charts

register = template.Library()


@register.simple_tag
def line_chart(labels: Sequence[str], series: Iterable[Mapping[str, Any]]) -> charts.LineChart:
    """`{% line_chart labels series as chart %}`, then include charts/line.html. A series has `name`, `values` and,
    where wanted, `urls`, one for each label."""
    return charts.line_chart(labels, [charts.Series(**one) for one in series])


@register.simple_tag
def tile_map(tiles: Iterable[Mapping[str, Any]]) -> charts.TileMap:
    """`{% tile_map tiles as chart %}`, then include charts/tile.html. A tile has the fields of `charts.Tile`."""
    return charts.tile_map([charts.Tile(**tile) for tile in tiles])


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
