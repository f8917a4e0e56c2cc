"""What leads to a person is proposed to be left out, and nothing can be put in its place."""

import pytest

from portal.reports.rules.masking import (
    MASK,
    Masked,
    diff,
    for_public,
    is_id_number,
    masked,
    only_taken_away,
    proposed,
    what_is_masked,
)

CARD = "6222021234567890128"  # made up; its check digit fits


@pytest.mark.parametrize(
    "plate",
    [
        "鲁B12345",
        "鲁BD12345",
        "鲁BF1234A",
        "粤B·F12345",
        "皖a·8888d",
        "魯B1234学",
        "京A1234警",
        "粤Z1234港",
    ],
)
def test_r016_number_plates_of_every_kind_are_left_out_for_the_public_only(plate: str) -> None:
    text = f"渣土车{plate}一路洒"
    assert [find.kind for find in what_is_masked(text)] == [Masked.PLATE]
    assert for_public(text) == f"渣土车{MASK * 4}一路洒"
    # r131: the unit that looks for the muck truck needs it
    assert masked(text) == text


@pytest.mark.parametrize("harmless", ["新AREAS", "鲁B区", "青A座1234号", "甘I12345", "京东12345件"])
def test_what_only_looks_like_a_plate_stays(harmless: str) -> None:
    assert for_public(harmless) == harmless


def test_identity_numbers_are_known_by_their_check_digit_or_by_the_birthday_in_them() -> None:
    assert is_id_number("11010519491231002X")
    # one slip of the pen, and it still leads to its holder
    assert is_id_number("110105194912310021")
    assert not is_id_number("123456789012345678")
    assert masked("身份证 110105 19491231 002X 丢了") == f"身份证 {MASK * 4} 丢了"
    assert masked("工单号202611239999000002") == "工单号202611239999000002"


def test_bank_cards_are_known_by_their_check_digit() -> None:
    assert [find.kind for find in what_is_masked(f"转到{CARD}")] == [Masked.BANK_CARD]
    assert what_is_masked(f"转到{CARD[:-1]}9") == []
    spaced = " ".join(CARD[at : at + 4] for at in range(0, 19, 4))
    assert for_public(f"转到{spaced}吧") == f"转到{MASK * 4}吧"


def test_names_before_a_title_are_proposed_but_never_forced() -> None:
    text = "三楼张三先生和李女士都看见了，老先生没看见"
    assert proposed(text) == f"三楼{MASK * 4}先生和{MASK * 4}女士都看见了，老先生没看见"
    assert for_public(text) == text


def test_a_mark_stands_for_something_that_is_gone() -> None:
    assert only_taken_away("路灯坏了", "路灯■")
    assert only_taken_away("路灯坏了", "■坏了")
    assert only_taken_away("路灯坏了", "路 灯 坏了")
    assert not only_taken_away("路灯坏了", "路灯坏了■")
    assert not only_taken_away("路灯坏了", "坏了路灯")
    assert not only_taken_away("路灯坏了", "路灯没坏")


def test_the_difference_names_what_is_gone_and_keeps_the_rest_in_order() -> None:
    text = "打13800001234找张三先生，车是鲁B12345"
    pieces = diff(text, proposed(text))
    assert "".join(piece.text for piece in pieces) == text
    assert [p.text for p in pieces if not p.kept] == ["13800001234", "张三", "鲁B12345"]
    # left out without a mark, too
    assert [p.text for p in diff("垃圾很臭很臭", "垃圾臭") if not p.kept] == ["很", "很臭"]
    # a text that is long and all the same must not take long
    assert len(diff("臭" * 2000, "臭" * 900 + MASK + "臭" * 900)) >= 2
