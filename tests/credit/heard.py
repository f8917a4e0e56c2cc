"""What tests of due process say and look at."""

import pytest

from credit.queries.accounts import accounts_of, unit_sums, wrong_balances
from credit.rules.kinds import Party
from credit.rules.process import (
    MatterRefusal,
)
from credit.service.process import (
    object_to,
)
from portal.kernel.errors import Refused
from tests.make.process import (
    ANNOUNCED,
    DAY,
    NO_PHOTOS,
    World,
)


def conduct(made: World) -> tuple[int, int]:
    """Balance and what is held, of the resident."""
    with made.database.read() as session:
        assert wrong_balances(session) == []
        assert set(unit_sums(session).values()) <= {0}
        rows = accounts_of(session, Party.PERSON, made.subject.id)
    return sum(row.balance for row in rows), sum(row.held for row in rows)


def refused(made: World, code: MatterRefusal, act: object, *given: object, **named: object) -> None:
    with pytest.raises(Refused) as error:
        made.do(act, *given, **named)
    assert error.value.code is code


def objected(made: World, matter_id: object, now: object = ANNOUNCED + DAY) -> None:
    made.do(
        object_to, person_id=made.subject.id, matter_id=matter_id, statement="那不是我丢的",
        files=NO_PHOTOS, now=now,
    )  # fmt: skip
