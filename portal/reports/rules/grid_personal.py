"""What a grid keeps about people: who belongs to its team, for a time after she has left."""

from datetime import timedelta
from enum import StrEnum

from portal.accounts.rules import Basis, Masking, PersonalField

MEMBER_DAYS = 365
KEPT = timedelta(days=MEMBER_DAYS)


class GridData(StrEnum):
    """What is kept, in the words of the privacy page."""

    MEMBER = "data.grid_member"


class GridPurpose(StrEnum):
    """What it is for."""

    TEAM = "purpose.grid_team"


def _field(column: str, masking: Masking) -> PersonalField:
    return PersonalField(
        "grid_member",
        column,
        GridData.MEMBER,
        GridPurpose.TEAM,
        Basis.SERVICE,
        MEMBER_DAYS,
        masking,
        None,
    )


PERSONAL_FIELDS = (_field("person_id", Masking.HIDDEN), _field("name", Masking.NAME))
