"""What changed between two versions of a text."""

from hypothesis import given, settings
from hypothesis import strategies as st

from credit.rules.differences import Change, Piece, differences, put_together
from tests.house.session import examples

KEPT, GONE, NEW = Change.KEPT, Change.GONE, Change.NEW
texts = st.text("甲乙丙 ab12，.\n", max_size=30)


def test_chinese_is_compared_sign_by_sign_and_words_and_numbers_whole() -> None:
    assert differences("自律规范第三条", "自律规范第五条") == [
        Piece(KEPT, "自律规范第"), Piece(GONE, "三"), Piece(NEW, "五"), Piece(KEPT, "条"),
    ]  # fmt: skip
    assert differences("12 points", "123 points each") == [
        Piece(GONE, "12"), Piece(NEW, "123"), Piece(KEPT, " points"), Piece(NEW, " each"),
    ]  # fmt: skip


def test_what_did_not_change_is_one_piece_and_nothing_is_none() -> None:
    assert differences("第三条", "第三条") == [Piece(KEPT, "第三条")]
    assert differences("", "") == []
    assert differences("", "新") == [Piece(NEW, "新")]


@settings(max_examples=examples(200), deadline=None)
@given(texts, texts)
def test_both_texts_can_be_read_out_of_it(old: str, new: str) -> None:
    pieces = differences(old, new)
    assert put_together(pieces, without=NEW) == old
    assert put_together(pieces, without=GONE) == new
    assert all(piece.text for piece in pieces)
