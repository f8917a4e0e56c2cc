"""The bytes that are sealed: golden, strict, and empty of people."""

from dataclasses import fields, replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credit.rules.canonical import canonical, read_canonical
from credit.rules.leaf import (
    BadLeaf,
    Leaf,
    Statement,
    Transfer,
    commitment,
    commitment_of,
    opens,
    pack,
    read_leaf,
    unpack,
)
from credit.rules.merkle import leaf_hash
from tests.credit.leaves import AWARD, DETAILS, DETAILS_SALT, LEAVES, RULE, TIMES
from tests.house.session import examples

# These bytes are sealed in somebody's log. If a change makes them differ, the change is wrong:
# write a version 2 of the leaf beside version 1.
GOLDEN = {
    "award": (
        AWARD,
        b'{"amount":20,'
        b'"commitment":"5b4ac82ca663ccf6c9c217df4aa59aca0cfebf8a2a8b9af77f7d2aa28408e479",'
        b'"credit":"0198c1f2-0000-7000-8000-0000000000bb",'
        b'"debit":"0198c1f2-0000-7000-8000-0000000000aa","form":"transfer",'
        b'"id":"0198c1f2-0000-7000-8000-000000000001","kind":"award",'
        b'"posted_at":"2026-11-29T08:00:00Z","rule":"shift_hours@3",'
        b'"salt":"101112131415161718191a1b1c1d1e1f",'
        b'"source":"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",'
        b'"unit":"points","v":1}',
        "602485f4b8b1fc4ff132e4406ef6e0a04af4195812e25fa326cd04b529d04d59",
    ),
    "of an earlier entry": (
        replace(AWARD, kind="correction", of=RULE.id),
        b'{"amount":20,'
        b'"commitment":"5b4ac82ca663ccf6c9c217df4aa59aca0cfebf8a2a8b9af77f7d2aa28408e479",'
        b'"credit":"0198c1f2-0000-7000-8000-0000000000bb",'
        b'"debit":"0198c1f2-0000-7000-8000-0000000000aa","form":"transfer",'
        b'"id":"0198c1f2-0000-7000-8000-000000000001","kind":"correction",'
        b'"of":"0198c1f2-0000-7000-8000-000000000002",'
        b'"posted_at":"2026-11-29T08:00:00Z","rule":"shift_hours@3",'
        b'"salt":"101112131415161718191a1b1c1d1e1f",'
        b'"source":"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",'
        b'"unit":"points","v":1}',
        "d8090d9ede1add46655ea75065858b9dbe40904106f504cf43e57b797f6f8a76",
    ),
    "statement": (
        RULE,
        b'{"at":"2026-11-29T08:01:30Z",'
        b'"commitment":"b0b5c9ba44a0711af3bfbad3162a7dc6e1bdfaffcede894412d890a53da66483",'
        b'"form":"statement",'
        b'"hash":"6465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f80818283",'
        b'"id":"0198c1f2-0000-7000-8000-000000000002","kind":"rule_published",'
        b'"salt":"303132333435363738393a3b3c3d3e3f","v":1}',
        "d34b74ef96cda3bc71e428ef334f42c409867177e55c070afdf702078e442ca6",
    ),
}
golden = pytest.mark.parametrize("name", GOLDEN)


@golden
def test_a_sealed_leaf_never_changes_its_bytes(name: str) -> None:
    leaf, data, hashed = GOLDEN[name]
    assert leaf.encode() == data
    assert read_leaf(data) == leaf
    assert leaf_hash(data).hex() == hashed


@given(LEAVES)
@settings(max_examples=examples(100), deadline=None)
def test_any_leaf_is_canonical_and_can_be_read_again(leaf: Leaf) -> None:
    data = leaf.encode()
    assert read_leaf(data) == leaf
    assert canonical(read_canonical(data)) == data


def test_nothing_in_a_leaf_leads_to_a_person_or_a_report() -> None:
    """A new field must be thought about: a leaf cannot be erased."""
    assert {each.name for each in fields(Transfer)} == {
        "id", "unit", "debit", "credit", "amount", "kind", "rule", "source", "salt", "commitment",
        "posted_at", "of",
    }  # fmt: skip
    assert {each.name for each in fields(Statement)} == {
        "id", "kind", "hash", "salt", "commitment", "at",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"amount": 0}, "amount"),
        ({"amount": -1}, "amount"),
        ({"amount": True}, "amount"),
        ({"amount": 1.5}, "amount"),
        ({"amount": 2**53}, "amount"),
        ({"credit": AWARD.debit}, "credit: must be another account"),
        ({"unit": "points"}, "unit"),
        ({"kind": "Award"}, "kind"),
        ({"kind": 'award"'}, "kind"),
        ({"kind": "award\n"}, "kind"),
        ({"rule": "shift_hours"}, "rule"),
        ({"rule": "shift_hours@0"}, "rule"),
        ({"source": b"shift:123"}, "source"),
        ({"salt": bytes(15)}, "salt"),
        ({"commitment": bytes(31)}, "commitment"),
        ({"of": AWARD.id}, "of: must be an earlier entry"),
        ({"posted_at": AWARD.posted_at.replace(tzinfo=None)}, "posted_at: must be a time with"),
        ({"posted_at": AWARD.posted_at.replace(microsecond=1)}, "posted_at: must be a whole"),
    ],
)
def test_no_leaf_is_made_of_what_cannot_be_sealed(change: dict[str, Any], said: str) -> None:
    with pytest.raises(BadLeaf) as caught:
        replace(AWARD, **change)
    assert said in str(caught.value)


def test_a_statement_is_as_strict() -> None:
    for change in ({"hash": bytes(20)}, {"salt": b""}, {"kind": ""}, {"at": datetime.max}):  # noqa: DTZ901  naive on purpose
        with pytest.raises(BadLeaf, match=f"{next(iter(change))}: must be"):
            replace(RULE, **change)


@given(TIMES)
@settings(max_examples=examples(100), deadline=None)
def test_the_same_moment_in_another_zone_is_the_same_leaf(at: datetime) -> None:
    """In the hour that a zone has twice a year, too."""
    here, there = replace(AWARD, posted_at=at), replace(AWARD, posted_at=at.astimezone(UTC))
    assert here.encode() == there.encode()
    assert read_leaf(here.encode()) == there


# --- details --------------------------------------------------------------------------------------


def test_details_open_the_leaf_that_was_sealed_with_them_and_no_other() -> None:
    assert opens(AWARD, DETAILS_SALT, DETAILS)
    assert not opens(AWARD, DETAILS_SALT, DETAILS | {"minutes": 121})
    assert not opens(AWARD, bytes(16), DETAILS)
    assert not opens(RULE, DETAILS_SALT, DETAILS)


def test_details_are_kept_as_the_bytes_that_are_hashed() -> None:
    """Pinned: what was packed by an earlier version must open for ever."""
    details = {"b": 1, "a": "“巡查”", "c": ["x", {"y": 2}]}
    packed = pack(DETAILS_SALT, details)
    assert packed == DETAILS_SALT.hex() + '{"a":"“巡查”","b":1,"c":["x",{"y":2}]}'
    assert unpack(packed) == (DETAILS_SALT, details)
    assert commitment_of(packed) == commitment(DETAILS_SALT, details)
    for other in ("", "zz" * 16 + "{}", packed[:31] + " " + packed[32:], packed[2:], "00" * 16):
        with pytest.raises(ValueError):  # noqa: PT011
            unpack(other)
        assert not _commits(other, commitment(DETAILS_SALT, details))


def _commits(packed: str, promised: bytes) -> bool:
    try:
        return commitment_of(packed) == promised
    except ValueError:
        return False


def test_a_commitment_is_what_anybody_can_compute_from_salt_and_details() -> None:
    """Domain, salt and canonical JSON; written out here, so that no change of ours changes it."""
    written = (
        b"gongzhi/credit/details/v1\x00"
        + DETAILS_SALT
        + '{"minutes":120,"shift":"2026-11-28 上午","why":"守点两小时"}'.encode()
    )
    assert commitment(DETAILS_SALT, DETAILS) == sha256(written).digest() == AWARD.commitment


def test_the_leafs_own_salt_may_not_be_that_of_its_details() -> None:
    """Or whoever keeps the leaf could go on guessing details that were erased."""
    with pytest.raises(BadLeaf, match="a salt of their own"):
        opens(AWARD, AWARD.salt, DETAILS)
    with pytest.raises(BadLeaf, match="16 bytes"):
        commitment(b"short", DETAILS)


def test_without_salt_and_details_the_leaf_still_stands() -> None:
    """Erasure takes away both; the leaf's bytes, and so its hash, need neither."""
    data = AWARD.encode()
    assert DETAILS_SALT.hex().encode() not in data
    assert str(DETAILS["why"]).encode() not in data
    assert read_leaf(data) == AWARD


# --- damaged leaves -------------------------------------------------------------------------------


@golden
@given(at=st.integers(0, 2**16), bit=st.integers(0, 7))
@settings(deadline=None)
def test_a_flipped_bit_is_refused_or_is_another_leaf(name: str, at: int, bit: int) -> None:
    """A flip may turn one digit into another: then the hash differs, and the tree tells."""
    leaf, data, _ = GOLDEN[name]
    at %= len(data)
    flipped = data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1 :]
    try:
        other = read_leaf(flipped)
    except BadLeaf:
        return
    assert other != leaf
    assert other.encode() == flipped


@golden
def test_a_leaf_that_was_cut_or_grew_is_refused(name: str) -> None:
    _, data, _ = GOLDEN[name]
    for end in range(len(data)):
        with pytest.raises(BadLeaf):
            read_leaf(data[:end])
    for more in (b" ", b"\n", b"}", data, b" " * 5_000):
        with pytest.raises(BadLeaf):
            read_leaf(data + more)


@given(st.binary(max_size=60))
@settings(deadline=None)
def test_any_other_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(BadLeaf):
        read_leaf(data)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"v": 2}, "v: must be 1"),
        ({"form": "gift"}, "form"),
        ({"form": 1}, "form"),
        ({"form": "statement"}, "amount: missing, or no field of a statement"),
        ({"name": "somebody"}, "name: missing, or no field"),
        ({"unit": "money"}, "unit"),
        ({"unit": 1}, "unit"),
        ({"amount": "20"}, "amount"),
        ({"id": str(AWARD.id).upper().replace("-", "")}, "not the bytes"),
        ({"id": "7"}, "id: must be a UUID"),
        ({"salt": AWARD.salt.hex().upper()}, "not the bytes"),
        ({"salt": "zz"}, "salt: must be hexadecimal"),
        ({"posted_at": "2026-02-30T08:00:00Z"}, "posted_at: no such time"),
        ({"posted_at": "2026-11-29T08:00:00+00:00"}, "posted_at: must be a time in UTC"),
        ({"of": str(AWARD.id)}, "of: must be an earlier entry"),
    ],
)
def test_a_leaf_with_a_wrong_field_is_refused_by_its_name(
    change: dict[str, Any], said: str
) -> None:
    value = read_canonical(AWARD.encode())
    assert isinstance(value, dict)
    with pytest.raises(BadLeaf) as caught:
        read_leaf(canonical(value | change))
    assert said in str(caught.value)


def test_a_leaf_without_a_field_is_refused_by_its_name() -> None:
    value = read_canonical(AWARD.encode())
    assert isinstance(value, dict)
    for name in value:
        with pytest.raises(BadLeaf, match=name):
            read_leaf(canonical({key: each for key, each in value.items() if key != name}))
    for other in ([], "leaf", 1):
        with pytest.raises(BadLeaf, match="must be an object"):
            read_leaf(canonical(other))


def test_two_entries_with_one_story_have_two_hashes() -> None:
    """The leaf's salt: who knows everything else of an entry cannot find it among the hashes."""
    twin = replace(AWARD, id=uuid4())
    assert leaf_hash(twin.encode()) != leaf_hash(AWARD.encode())
    assert leaf_hash(replace(AWARD, salt=bytes(16)).encode()) != leaf_hash(AWARD.encode())
