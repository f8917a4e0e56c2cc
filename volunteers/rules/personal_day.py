"""What the day of a shift keeps about people: rows for the one table of personal fields (P1)."""

from enum import StrEnum

from portal.accounts.rules import Basis, Masking, PersonalField
from volunteers.rules.personal import Purpose


class Data(StrEnum):
    """What is kept, in the words of the privacy page."""

    ATTENDANCE = "data.volunteer_attendance"
    ABSENCES = "data.volunteer_absences"


def _field(table: str, column: str, what: Data) -> PersonalField:
    return PersonalField(
        table, column, what, Purpose.SERVICE, Basis.SERVICE, masking=Masking.HIDDEN
    )


PERSONAL_FIELDS: tuple[PersonalField, ...] = (
    _field("volunteer_attendance", "sign_up_id", Data.ATTENDANCE),
    _field("volunteer_absence", "person_id", Data.ABSENCES),
    _field("volunteer_absence", "words", Data.ABSENCES),
    _field("volunteer_absence", "answer", Data.ABSENCES),
)
