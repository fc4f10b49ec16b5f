"""Geometry of the portal's charts. Pure: figures in, measures out; templates/charts/ draws them as SVG.

Across, everything is a per cent of the width; down, an em of the text. So a chart follows the width of the
page and the reader's size of letters, with no script and no style attribute.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from omsportal.text import group_number

# Characters of a 16 px label that surely fit a page 360 px wide: alone, and beside a seven-digit value.
LABEL_CHARS = 31
LABEL_CHARS_BESIDE = 22
LINE = 1.4
BAR = 1.1


@dataclass(frozen=True)
class Bar:
    """One figure. `series` picks the colour, from 1 to 3; `url` leads to the rows behind the figure."""

    value: float
    series: int = 1
    name: str = ""
    url: str = ""
    shown: str = ""


@dataclass(frozen=True)
class Group:
    """Bars that are compared with one another, and the norm they are held against."""

    label: str
    bars: Sequence[Bar]
    norm: float | None = None


@dataclass(frozen=True)
class TextLine:
    text: str
    y: str


@dataclass(frozen=True)
class DrawnBar:
    bar: Bar
    shown: str
    text_y: str
    y: str
    width: str
    norm_top: str
    norm_bottom: str


@dataclass(frozen=True)
class DrawnGroup:
    group: Group
    lines: Sequence[TextLine]
    bars: Sequence[DrawnBar]
    norm_x: str
    norm_shown: str


@dataclass(frozen=True)
class BarChart:
    groups: Sequence[DrawnGroup]
    height: str
    bar_height: str
    has_norm: bool


def _em(value: float) -> str:
    return f"{value:.2f}em"


def _pct(value: float) -> str:
    return f"{value:.2f}%"


def nice_top(value: float) -> float:
    """The first round number (1, 1.5, 2, 3, 4, 5, 6, 8 × a power of ten) not below `value`; 1 for nothing."""
    if value <= 0:
        return 1.0
    power = 10.0 ** floor(log10(value))
    return next(step * power for step in (1, 1.5, 2, 3, 4, 5, 6, 8, 10) if step * power >= value * (1 - 1e-9))


def bar_chart(groups: Sequence[Group]) -> BarChart:
    """Horizontal bars on one scale from zero; a label stands over its bar, so words never meet figures.

    Raises ValueError for a negative figure: a bar from zero cannot show it.
    """
    figures = [bar.value for group in groups for bar in group.bars]
    norms = [group.norm for group in groups if group.norm is not None]
    if any(figure < 0 for figure in [*figures, *norms]):
        raise ValueError("a bar chart shows figures from zero up")
    # The longest bar ends at 98 %, so that a norm line at the very end is not cut in two.
    scale = 98 / max([*figures, *norms, 1e-9])
    drawn, y = [], 0.0
    for group in groups:
        one, y = _draw_group(group, y, scale)
        drawn.append(one)
    return BarChart(drawn, _em(max(y - 0.9, 0.0)), _em(BAR), bool(norms))


def _draw_group(group: Group, y: float, scale: float) -> tuple[DrawnGroup, float]:
    alone = len(group.bars) == 1 and not group.bars[0].name
    chars = LABEL_CHARS_BESIDE if alone else LABEL_CHARS
    lines = []
    for part in textwrap.wrap(group.label, chars, break_on_hyphens=False) or [""]:
        y += LINE
        lines.append(TextLine(part, _em(y - 0.35)))
    label_y = y - 0.35
    bars = []
    for bar in group.bars:
        # A single bar needs no name of its own: its figure stands on the line of the label.
        if not alone:
            y += LINE * 0.95
        text_y = label_y if alone else y - 0.3
        shown = bar.shown or group_number(bar.value)
        # The norm is drawn over each bar apart, so that it never strikes out a name between two bars.
        ends = _em(y - 0.1), _em(y + BAR + 0.1)
        bars.append(DrawnBar(bar, shown, _em(text_y), _em(y), _pct(bar.value * scale), *ends))
        y += BAR + 0.15
    norm = group.norm
    drawn = DrawnGroup(
        group=group,
        lines=lines,
        bars=bars,
        norm_x="" if norm is None else _pct(norm * scale),
        norm_shown="" if norm is None else group_number(norm),
    )
    return drawn, y + 0.9


@dataclass(frozen=True)
class Series:
    """A line. One value for each label of the axis; None leaves a gap."""

    name: str
    values: Sequence[float | None]
    urls: Sequence[str] = ()


@dataclass(frozen=True)
class Segment:
    x1: str
    y1: str
    x2: str
    y2: str


@dataclass(frozen=True)
class Point:
    x: str
    y: str
    label: str
    shown: str
    url: str


@dataclass(frozen=True)
class DrawnSeries:
    name: str
    number: int
    segments: Sequence[Segment]
    points: Sequence[Point]


@dataclass(frozen=True)
class Mark:
    x: str
    y: str
    text: str
    anchor: str


@dataclass(frozen=True)
class LineChart:
    series: Sequence[DrawnSeries]
    axis: Sequence[Mark]
    grid: Sequence[Mark]
    norm_y: str
    norm_shown: str
    height: str


PLOT_TOP, PLOT_HEIGHT = 1.5, 11.0
# Per cent kept free for the figures of the scale, «10 000» on a page 360 px wide.
LEFT = 18.0


def line_chart(labels: Sequence[str], series: Sequence[Series], norm: float | None = None) -> LineChart:
    """Lines over `labels` on a scale from zero. At most five labels are written, so they fit 360 px.

    Raises ValueError when a series has another number of values than there are labels.
    """
    if any(len(one.values) != len(labels) for one in series):
        raise ValueError("each series needs one value for each label")
    values = [value for one in series for value in one.values if value is not None]
    top = nice_top(max([*values, norm or 0.0, 0.0]))

    def x(index: int) -> float:
        return LEFT + (98 - LEFT) * (index / (len(labels) - 1) if len(labels) > 1 else 0.5)

    def y(value: float) -> float:
        return PLOT_TOP + PLOT_HEIGHT * (1 - value / top)

    bottom = PLOT_TOP + PLOT_HEIGHT
    written = _written(len(labels))
    anchors = {0: "start", len(labels) - 1: "end"} if len(labels) > 1 else {}
    axis = [Mark(_pct(x(i)), _em(bottom + 1.4), labels[i], anchors.get(i, "middle")) for i in written]
    grid = [Mark("0%", _em(y(top * part)), group_number(top * part), "start") for part in (0.0, 0.5, 1.0)]
    drawn = [_draw_series(one, n, labels, x, y) for n, one in enumerate(series, 1)]
    return LineChart(
        series=drawn,
        axis=axis,
        grid=grid,
        norm_y="" if norm is None else _em(y(norm)),
        norm_shown="" if norm is None else group_number(norm),
        height=_em(bottom + 1.9),
    )


def _written(count: int, most: int = 5) -> list[int]:
    """Which labels to write: all while they are few, else the first, the last and even steps between."""
    if count <= most:
        return list(range(count))
    step = ceil((count - 1) / (most - 1))
    kept = list(range(0, count - 1, step))
    if count - 1 - kept[-1] < step:
        kept.pop()
    return [*kept, count - 1]


def _draw_series(
    one: Series,
    number: int,
    labels: Sequence[str],
    x: Callable[[int], float],
    y: Callable[[float], float],
) -> DrawnSeries:
    segments, points = [], []
    for index, value in enumerate(one.values):
        if value is None:
            continue
        url = one.urls[index] if index < len(one.urls) else ""
        points.append(Point(_pct(x(index)), _em(y(value)), labels[index], group_number(value), url))
        before = one.values[index - 1] if index else None
        if before is not None:
            segments.append(Segment(_pct(x(index - 1)), _em(y(before)), _pct(x(index)), _em(y(value))))
    return DrawnSeries(one.name, number, segments, points)


@dataclass(frozen=True)
class Tile:
    """A region on the tile map. `state`: ok, warn, danger, none; `word` says the same in words."""

    code: str
    label: str
    value: str
    state: str
    word: str
    url: str = ""


@dataclass(frozen=True)
class DrawnTile:
    tile: Tile
    x: str
    y: str
    centre: str
    code_y: str
    value_y: str


@dataclass(frozen=True)
class TileMap:
    tiles: Sequence[DrawnTile]
    width: str
    tile_height: str
    height: str


TILE_HEIGHT = 3.6


def tile_map(tiles: Sequence[Tile], columns: int = 5) -> TileMap:
    """Equal tiles in reading order, `columns` to a row, so a small region is as visible as a large one."""
    if columns < 1:
        raise ValueError("a tile map needs a column")
    width = 100 / columns
    drawn = []
    for index, tile in enumerate(tiles):
        column, row = index % columns, index // columns
        y = row * TILE_HEIGHT
        drawn.append(
            DrawnTile(
                tile, _pct(column * width), _em(y), _pct((column + 0.5) * width), _em(y + 1.5), _em(y + 2.8)
            )
        )
    rows = ceil(len(tiles) / columns)
    return TileMap(drawn, _pct(width), _em(TILE_HEIGHT), _em(rows * TILE_HEIGHT))
