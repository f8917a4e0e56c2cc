"""Leaves for tests: two whose bytes are golden, and any that Hypothesis can think of."""

from datetime import UTC, datetime
from uuid import UUID

from hypothesis import strategies as st

from credit.rules.leaf import Leaf, Statement, Transfer, Unit, commitment

DETAILS = {"why": "守点两小时", "shift": "2026-11-28 上午", "minutes": 120}
DETAILS_SALT = bytes(range(200, 216))
AWARD = Transfer(
    id=UUID("0198c1f2-0000-7000-8000-000000000001"),
    unit=Unit.POINTS,
    debit=UUID("0198c1f2-0000-7000-8000-0000000000aa"),
    credit=UUID("0198c1f2-0000-7000-8000-0000000000bb"),
    amount=20,
    kind="award",
    rule="shift_hours@3",
    source=bytes(range(32)),
    salt=bytes(range(16, 32)),
    commitment=commitment(DETAILS_SALT, DETAILS),
    posted_at=datetime(2026, 11, 29, 8, 0, 0, tzinfo=UTC),
)
RULE = Statement(
    id=UUID("0198c1f2-0000-7000-8000-000000000002"),
    kind="rule_published",
    hash=bytes(range(100, 132)),
    salt=bytes(range(48, 64)),
    commitment=commitment(bytes(16), {}),
    at=datetime(2026, 11, 29, 8, 1, 30, tzinfo=UTC),
)

_CODES = st.from_regex(r"[a-z][a-z0-9_.]{0,39}", fullmatch=True)
TIMES = (
    st.datetimes(timezones=st.timezones())
    .map(lambda at: at.replace(microsecond=0))
    .filter(lambda at: 2 < at.year < 9998)
)
# Python says of an hour that a zone has twice a year that it equals no time of another zone
_UTC_TIMES = TIMES.map(lambda at: at.astimezone(UTC))


def _octets(length: int) -> st.SearchStrategy[bytes]:
    return st.binary(min_size=length, max_size=length)


TRANSFERS = st.builds(
    Transfer,
    id=st.uuids(),
    unit=st.sampled_from(Unit),
    debit=st.uuids(),
    credit=st.uuids(),
    amount=st.integers(1, 2**53 - 1),
    kind=_CODES,
    rule=st.from_regex(r"[a-z][a-z0-9_.-]{0,59}@[1-9][0-9]{0,8}", fullmatch=True),
    source=_octets(32),
    salt=_octets(16),
    commitment=_octets(32),
    posted_at=_UTC_TIMES,
    of=st.none() | st.uuids(),
)
STATEMENTS = st.builds(
    Statement,
    id=st.uuids(),
    kind=_CODES,
    hash=_octets(32),
    salt=_octets(16),
    commitment=_octets(32),
    at=_UTC_TIMES,
)
LEAVES: st.SearchStrategy[Leaf] = st.one_of(TRANSFERS, STATEMENTS)
