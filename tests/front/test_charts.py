from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omsportal.charts import Bar, Group, Series, Tile, bar_chart, line_chart, nice_top, tile_map


def number(measure: str) -> float:
    return float(measure.removesuffix("em").removesuffix("%"))


values = st.floats(0, 1e9, allow_nan=False)
groups = st.lists(
    st.builds(
        Group,
        label=st.text(max_size=120),
        bars=st.lists(
            st.builds(Bar, value=values, name=st.sampled_from(["", "факт"])), min_size=1, max_size=3
        ),
        norm=st.none() | values,
    ),
    max_size=6,
)


@given(groups)
def test_nothing_overlaps_and_nothing_leaves_the_chart(sample: list[Group]) -> None:
    chart = bar_chart(sample)
    floor = 0.0
    for group in chart.groups:
        for line in group.lines:
            assert number(line.y) >= floor + 1
            floor = number(line.y)
            assert len(line.text) <= 31
        for bar in group.bars:
            assert number(bar.y) > number(bar.text_y)
            assert number(bar.y) >= floor
            assert 0 <= number(bar.width) <= 98
            floor = number(bar.y) + number(chart.bar_height)
        assert not group.norm_x or number(group.norm_x) <= 98
    assert floor <= number(chart.height) + 0.2


def test_bars_keep_their_proportion_to_the_norm() -> None:
    chart = bar_chart([Group("", [Bar(10)], norm=20)])
    assert number(chart.groups[0].norm_x) == pytest.approx(2 * number(chart.groups[0].bars[0].width))


def test_a_negative_bar_is_refused() -> None:
    with pytest.raises(ValueError, match="zero"):
        bar_chart([Group("", [Bar(-1)])])


@given(st.floats(1e-6, 1e12))
def test_top_of_the_scale_is_near_and_never_below(value: float) -> None:
    assert value * 0.999 <= nice_top(value) <= value * 1.67


def test_a_gap_breaks_the_line() -> None:
    chart = line_chart(["1", "2", "3", "4"], [Series("a", [1, None, 3, 4])])
    assert len(chart.series[0].points) == 3
    assert len(chart.series[0].segments) == 1


@given(st.integers(1, 60))
def test_few_labels_are_written_and_the_last_is_among_them(count: int) -> None:
    labels = [str(index) for index in range(count)]
    chart = line_chart(labels, [Series("a", [1.0] * count)])
    assert len(chart.axis) <= 5
    assert chart.axis[-1].text == labels[-1]
    places = [number(mark.x) for mark in chart.axis]
    assert all(later - earlier >= 13 for earlier, later in pairwise(places))


def test_values_must_match_the_labels() -> None:
    with pytest.raises(ValueError, match="one value"):
        line_chart(["1", "2"], [Series("a", [1.0])])


def test_tiles_go_in_rows() -> None:
    tiles = [Tile(str(code), "", "", "ok", "") for code in range(5)]
    chart = tile_map(tiles, columns=2)
    assert [drawn.x for drawn in chart.tiles] == ["0.00%", "50.00%", "0.00%", "50.00%", "0.00%"]
    assert number(chart.height) == pytest.approx(3 * number(chart.tile_height))
