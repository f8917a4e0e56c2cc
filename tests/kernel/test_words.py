"""Words for codes."""

from enum import StrEnum

from portal.kernel.words import has_words, register, say


class Fruit(StrEnum):
    ORANGE = "orange"
    PLUM = "plum"


class Colour(StrEnum):
    ORANGE = "orange"


def test_codes_of_two_classes_with_one_value_keep_their_own_words() -> None:
    register({Fruit.ORANGE: "an orange"})
    register({Colour.ORANGE: "like the sunset of %(day)s"})
    assert say(Fruit.ORANGE) == "an orange"
    assert say(Colour.ORANGE, day="Monday") == "like the sunset of Monday"
    assert not has_words(Fruit.PLUM)
    assert say(Fruit.PLUM) == "plum"
