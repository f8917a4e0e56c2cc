"""One spelling only: what is hashed cannot be written in two ways."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credit.rules.canonical import DEEPEST, LARGEST, NotCanonical, canonical, read_canonical
from tests.house.session import examples

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
THINGS = st.recursive(
    TEXTS | st.integers(-LARGEST, LARGEST),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


def test_names_are_sorted_as_rfc_8785_says() -> None:
    """The example of its §3.2.3: by UTF-16 units, so that the emoji stands before U+FB33."""
    names = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "\u00f6"]
    found = json.loads(canonical(dict.fromkeys(names, 0)), object_pairs_hook=list)
    assert [name for name, _ in found] == [
        "\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33",
    ]  # fmt: skip


def test_only_what_must_be_escaped_is_escaped() -> None:
    """The string of RFC 8785 §3.2.2.2, and a word that every page of ours may hold."""
    assert canonical('\u20ac$\u000f\nA\'B"\\\\"/') == (
        '"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"'.encode()
    )
    assert canonical({"缘由": ["守点", 2]}) == '{"缘由":["守点",2]}'.encode()
    assert canonical("\x7f\u2028") == b'"\x7f\xe2\x80\xa8"'


@given(THINGS)
@settings(max_examples=examples(100), deadline=None)
def test_it_can_be_read_again_and_is_the_same(thing: Any) -> None:
    data = canonical(thing)
    assert read_canonical(data) == json.loads(data) == thing
    assert canonical(read_canonical(data)) == data


@pytest.mark.parametrize(
    ("thing", "said"),
    [
        (1.0, "$: float"),
        ({"a": [1, None]}, "$.a[1]: NoneType"),
        ({"a": {"b": True}}, "$.a.b: bool"),
        ({1: 2}, "$: a name that is no text"),
        (b"x", "$: bytes"),
        ({"x"}, "$: set"),
        (LARGEST + 1, "beyond 2^53"),
        (-LARGEST - 1, "beyond 2^53"),
        ("\ud800", "half a character"),
        ({"\udfff": 1}, "half a character"),
    ],
)
def test_everything_else_is_refused_with_its_place(thing: Any, said: str) -> None:
    with pytest.raises(NotCanonical) as caught:
        canonical(thing)
    assert said in str(caught.value)


def test_a_pit_has_a_bottom() -> None:
    pit: Any = 1
    for _ in range(DEEPEST):
        pit = [pit]
    assert read_canonical(canonical(pit)) == pit
    with pytest.raises(NotCanonical, match="deeper"):
        canonical([pit])


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b'{"a":1,"a":1}', "twice"),
        (b'{"b":1,"a":1}', "canonical"),
        (b'{"a": 1}', "canonical"),
        (b'"\\u0041"', "canonical"),
        (b"1.0", "not whole"),
        (b"1e3", "not whole"),
        (b"NaN", "not whole"),
        (b"-0", "canonical"),
        (b"null", "NoneType"),
        (b"1 ", "canonical"),
        (b"\xef\xbb\xbf1", "no JSON"),
        (b'"\xff"', "no JSON"),
        (b"", "no JSON"),
        (b"[" * 60_000, "no JSON"),
        (b"9" * 5_000, "no JSON"),
        (b'"\\ud800"', "half a character"),
        (b'"' + b"a" * 70_000 + b'"', "longer than"),
    ],
)
def test_other_spellings_are_refused(data: bytes, said: str) -> None:
    with pytest.raises(NotCanonical) as caught:
        read_canonical(data)
    assert said in str(caught.value)
