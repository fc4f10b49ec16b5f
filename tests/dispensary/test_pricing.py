from decimal import Decimal

from dispensary.pricing import estimate


def test_an_sms_is_billed_by_parts_and_the_dearest_line_comes_first() -> None:
    found = estimate(
        {"sms": 1000, "post": 10, "email": 0},
        {"sms": Decimal("3.50"), "post": Decimal("62")},
        sms_parts=2,
    )
    assert [(line.channel, line.total) for line in found.lines] == [
        ("sms", Decimal("7000.00")),
        ("post", Decimal(620)),
    ]
    assert found.total == Decimal("7620.00")
    assert found.unpriced == ()


def test_a_channel_without_a_tariff_is_named_instead_of_counted_as_free() -> None:
    found = estimate({"phone": 5}, {}, sms_parts=1)
    assert found.total == 0
    assert found.unpriced == ("phone",)
