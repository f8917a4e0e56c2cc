"""What a grid keeps about people: its team for a time after they left, its diary's words."""

from datetime import timedelta
from enum import StrEnum

from portal.accounts.rules import Basis, Masking, PersonalField

MEMBER_DAYS = 365
KEPT = timedelta(days=MEMBER_DAYS)
# two years of work can be compared; whom a collector spoke with then is nobody's business any more
DIARY_DAYS = 730
DIARY_KEPT = timedelta(days=DIARY_DAYS)


class GridData(StrEnum):
    """What is kept, in the words of the privacy page."""

    MEMBER = "data.grid_member"
    DIARY = "data.grid_diary"


class GridPurpose(StrEnum):
    """What it is for."""

    TEAM = "purpose.grid_team"
    DIARY = "purpose.grid_diary"


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


def _diary(table: str, column: str) -> PersonalField:
    return PersonalField(
        table,
        column,
        GridData.DIARY,
        GridPurpose.DIARY,
        Basis.DUTY,
        DIARY_DAYS,
        Masking.HIDDEN,
        None,
    )


PERSONAL_FIELDS = (
    _field("person_id", Masking.HIDDEN),
    _field("name", Masking.NAME),
    _diary("grid_entry_text", "seen"),
    _diary("grid_entry_text", "place"),
    _diary("grid_entry_photo", "blob_key"),
    _diary("grid_entry_photo", "thumbnail_key"),
)
