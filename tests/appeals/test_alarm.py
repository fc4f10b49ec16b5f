import pytest

from appeals.alarm import alarming


@pytest.mark.parametrize(
    "text",
    [
        "Мама не дышит",
        "у отца сильная боль в груди",
        "Ребёнок ЗАДЫХАЕТСЯ",
        "муж потерял вчера вечером сознание",
        "скорая к нам не едет",
        "My son is not breathing",
    ],
)
def test_danger_is_heard(text) -> None:
    assert alarming(text)


@pytest.mark.parametrize(
    "text",
    ["Долго жду МРТ", "Воздух в палате не проветривают", "Не дали направление", "Умный врач, спасибо", ""],
)
def test_ordinary_words_raise_no_alarm(text) -> None:
    assert alarming(text) is None
