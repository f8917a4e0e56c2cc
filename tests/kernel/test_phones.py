"""Telephone numbers in one written form."""

import pytest

from portal.kernel.phones import clean_mobile, clean_phone, show_phone


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("13800001201", "+8613800001201"),
        ("138 0000 1201", "+8613800001201"),
        ("+86 138-0000-1201", "+8613800001201"),
        ("１３８００００１２０１", "+8613800001201"),
        ("0532-88380000", "+8653288380000"),
        ("12345", "12345"),
        ("１２３４５", "12345"),
        ("12319", "12319"),
        ("+852 5123 4567", "+85251234567"),
        ("1380000120", None),
        ("99999", None),
        ("", None),
        ("call me", None),
        ("1" * 5000, None),
    ],
)
def test_numbers_are_kept_in_one_form(typed: str, stored: str | None) -> None:
    assert clean_phone(typed) == stored


@pytest.mark.parametrize("typed", ["12345", "0532-88380000", "110"])
def test_only_mobiles_receive_codes(typed: str) -> None:
    assert clean_phone(typed) is not None
    assert clean_mobile(typed) is None


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("+8613800001201", "138 0000 1201"),
        ("12345", "12345"),
        ("+85251234567", "+852 5123 4567"),
    ],
)
def test_numbers_are_shown_as_people_write_them(stored: str, shown: str) -> None:
    assert show_phone(stored) == shown
