"""Phones in public text, names and numbers on pages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.accounts.rules import mask_name, mask_phone, mask_phones_in_text


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("请打13800001201联系", "请打***联系"),
        ("请打 138 0000 1201 联系", "请打 *** 联系"),
        ("138-0000-1201，139-0000-1202", "***，***"),
        ("１３８００００１２０１", "***"),
        ("１３８ ００００－１２０１", "***"),
        ("一三八零零零零一二零一", "***"),
        ("幺叁八〇〇〇〇幺二〇幺", "***"),
        ("+86 13800001201", "***"),
        ("0086-13800001201", "***"),
        ("(0532)8838 0000", "***"),
        ("0532-88380000", "***"),
        ("电话：88380000", "电话：***"),
        ("Phone 8838 0000", "Phone ***"),
        ("微信号 138000012 01", "微信号 ***"),
        ("请拨 12345 或 12319", "请拨 12345 或 12319"),
        ("电话12345", "电话12345"),
        ("2026年11月22日, 20261122", "2026年11月22日, 20261122"),
        ("工单 20261122138000012345678", "工单 20261122138000012345678"),
        ("长 1200 米，宽 30 米", "长 1200 米，宽 30 米"),
        ("1.2.3.4.5.6.7.8.9.10.11", "1.2.3.4.5.6.7.8.9.10.11"),
    ],
)
def test_phones_in_text_are_hidden_and_nothing_else(text: str, masked: str) -> None:
    assert mask_phones_in_text(text) == masked


@given(
    before=st.text(alphabet="路灯坏了，。 ", max_size=20),
    phone=st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True),
    gap=st.sampled_from(["", " ", "-", "·", ".", "  "]),
    after=st.text(alphabet="请来看，。 ", max_size=20),
)
def test_no_mobile_survives_however_it_is_written(
    before: str, phone: str, gap: str, after: str
) -> None:
    written = gap.join([phone[:3], phone[3:7], phone[7:]])
    masked = mask_phones_in_text(before + written + after)
    assert masked == f"{before}***{after}"


def test_a_long_text_is_masked_in_no_time() -> None:
    text = "1 3 " * 25_000
    assert mask_phones_in_text(text + "13800001201").endswith("***")


@pytest.mark.parametrize(
    ("phone", "masked"),
    [("+8613800001201", "138****1201"), ("12345", "12345"), ("+85251234567", "+85****4567")],
)
def test_a_phone_shows_its_ends(phone: str, masked: str) -> None:
    assert mask_phone(phone) == masked


@pytest.mark.parametrize(
    ("name", "masked"), [("王小明", "王**"), ("李", "李*"), ("John Smith", "J**"), ("", "")]
)
def test_a_name_shows_its_first_character(name: str, masked: str) -> None:
    assert mask_name(name) == masked
