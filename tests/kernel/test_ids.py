"""Keys sort by time; public numbers do not, and forgive how people type."""

from hypothesis import given
from hypothesis import strategies as st

from portal.kernel import ids


def test_keys_sort_by_the_time_they_were_made() -> None:
    made = [ids.new_id() for _ in range(200)]
    milliseconds = [key.int >> 80 for key in made]
    assert milliseconds == sorted(milliseconds)
    assert all(key.version == 7 for key in made)
    assert len(set(made)) == 200


def test_a_number_is_found_however_it_is_typed() -> None:
    number = ids.new_number()
    assert ids.clean_number(number) == number
    assert ids.clean_number(f"  {number.lower().replace('-', ' ')} ") == number
    assert ids.clean_number(number.replace("0", "o").replace("1", "l")) == number


@given(st.integers(0, 9), st.sampled_from(ids.ALPHABET))
def test_one_wrong_character_is_noticed(position: int, wrong: str) -> None:
    code = ids.new_number().replace("-", "")
    if code[position] != wrong:
        assert ids.clean_number(code[:position] + wrong + code[position + 1 :]) is None


@given(st.integers(0, 8))
def test_swapped_neighbours_are_noticed(position: int) -> None:
    code = ids.new_number().replace("-", "")
    swapped = code[:position] + code[position + 1] + code[position] + code[position + 2 :]
    if swapped != code:
        assert ids.clean_number(swapped) is None


@given(st.text(max_size=40))
def test_any_text_is_either_a_number_or_none(text: str) -> None:
    cleaned = ids.clean_number(text)
    assert cleaned is None or len(cleaned) == 11


def test_a_lookup_code_ignores_spaces_and_case() -> None:
    code = ids.new_lookup_code()
    assert ids.clean_lookup_code(code.lower()) == ids.clean_lookup_code(code.replace(" ", ""))
    assert len(ids.clean_lookup_code(code)) == ids.LOOKUP_LENGTH


def test_tokens_carry_128_bits_and_more() -> None:
    assert len(ids.new_token()) * 6 >= 128
