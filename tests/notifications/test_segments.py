"""How many SMS a text costs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.segments import Encoding, count_segments


@pytest.mark.parametrize(
    ("text", "encoding", "units", "count"),
    [
        ("", Encoding.GSM7, 0, 0),
        ("a" * 160, Encoding.GSM7, 160, 1),
        ("a" * 161, Encoding.GSM7, 161, 2),
        ("a" * 306, Encoding.GSM7, 306, 2),
        ("a" * 307, Encoding.GSM7, 307, 3),
        ("€" * 80, Encoding.GSM7, 160, 1),
        ("€" * 81, Encoding.GSM7, 162, 2),
        # 76 euro signs fill 152 septets; the 77th does not fit into the 153rd.
        ("€" * 153, Encoding.GSM7, 306, 3),
        ("ж" * 70, Encoding.UCS2, 70, 1),
        ("ж" * 71, Encoding.UCS2, 71, 2),
        ("ж" * 134, Encoding.UCS2, 134, 2),
        ("ж" * 135, Encoding.UCS2, 135, 3),
        ("a" * 70 + "ж", Encoding.UCS2, 71, 2),
        ("🙂" * 35, Encoding.UCS2, 70, 1),
        # 33 pairs fill 66 units; the 34th moves on whole.
        ("🙂" * 67, Encoding.UCS2, 134, 3),
        ("«", Encoding.UCS2, 1, 1),
    ],
)
def test_known_lengths(text: str, encoding: Encoding, units: int, count: int) -> None:
    segments = count_segments(text)
    assert (segments.encoding, segments.units, segments.count) == (encoding, units, count)


@given(st.text(max_size=400), st.text(max_size=5))
def test_a_longer_text_never_costs_less(text: str, more: str) -> None:
    assert count_segments(text + more).count >= count_segments(text).count


@given(st.text(min_size=1, max_size=600))
def test_segments_can_hold_the_text(text: str) -> None:
    segments = count_segments(text)
    single, part = (160, 153) if segments.encoding is Encoding.GSM7 else (70, 67)
    assert segments.units <= (single if segments.count == 1 else part * segments.count)
    # At most one unit of a part is left empty.
    assert segments.count == 1 or segments.units > (segments.count - 1) * (part - 1)
