"""A refusal without words would show a code to a resident."""

from enum import StrEnum
from pathlib import Path

import pytest

from tests.house import words
from tests.house.tree import ROOT, plant


@pytest.fixture(scope="module")
def enums() -> list[type[StrEnum]]:
    return words.refusals(words.import_everything(), words.refusal_names(ROOT))


def test_every_refusal_has_words(enums: list[type[StrEnum]]) -> None:
    assert len(enums) > 3
    assert words.speechless(enums) == []


def test_no_two_refusals_share_a_value(enums: list[type[StrEnum]]) -> None:
    """Words are found by the code's value, so equal values would answer for each other."""
    assert words.same_value(enums) == []


def test_a_planted_refusal_without_words_is_seen(tmp_path: Path) -> None:
    class Planted(StrEnum):
        TOO_BLUE = "too_blue"

    class Twin(StrEnum):
        BLUE = "too_blue"

    text = "def f():\n    raise Conflict(Planted.TOO_BLUE)\n"
    plant(tmp_path, {"portal/areas/service.py": text})
    assert words.refusal_names(tmp_path) == {"Planted"}
    assert len(words.speechless([Planted])) == 1
    assert len(words.same_value([Planted, Twin])) == 1
