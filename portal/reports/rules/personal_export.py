"""Personal fields handed out in bulk: which, whose, decided by whom. Pure.

One asks and says what for and on which ground, another allows it, the first takes it once.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from portal.accounts.rules import Masking, Office, PersonalField, roles
from portal.reports.rules.codes import TextKind
from portal.reports.rules.personal import PERSONAL_FIELDS

GOOD_FOR = timedelta(hours=24)
MOST_DAYS = 366
MOST_PEOPLE = 5000
MOST_WORDS = 500
# words of a case that the reporter wrote herself
OWN_WORDS = (TextKind.DESCRIPTION, TextKind.ADDITION)


class ExportState(StrEnum):
    """Where a wish stands. That it has run out is derived from its time."""

    ASKED = "asked"
    ALLOWED = "allowed"
    REFUSED = "refused"
    TAKEN = "taken"


class ExportRefusal(StrEnum):
    """Why personal fields are not handed out."""

    NO_FIELD = "personal_export.no_field"
    NO_WORDS = "personal_export.no_words"
    BAD_DAYS = "personal_export.bad_days"
    NO_SUCH_PLACE = "personal_export.no_such_place"
    NOBODY = "personal_export.nobody"
    TOO_MANY = "personal_export.too_many"
    NO_DECISION = "personal_export.no_decision"
    OWN_WISH = "personal_export.own_wish"
    DECIDED_ALREADY = "personal_export.decided_already"
    NOT_ALLOWED = "personal_export.not_allowed"
    TAKEN_ALREADY = "personal_export.taken_already"
    RUN_OUT = "personal_export.run_out"


def _offered() -> Mapping[str, PersonalField]:
    """Of the table of personal fields what can be handed out: no secret, and nothing derived."""
    wanted = {
        ("case_reporter", "sealed_name"): "name",
        ("case_reporter", "sealed_phone"): "phone",
        ("case_text", "text"): "words",
        ("cases", "lon"): "point",
    }
    return {
        wanted[field.table, field.column]: field
        for field in PERSONAL_FIELDS
        if (field.table, field.column) in wanted and field.masking is not Masking.SECRET
    }


FIELDS: Mapping[str, PersonalField] = _offered()


def chosen_fields(asked: Iterable[str]) -> tuple[str, ...]:
    """The fields that somebody named, in the order of the table."""
    names = set(asked)
    return tuple(name for name in FIELDS if name in names)


def why_not_days(first: date | None, last: date | None, today: date) -> ExportRefusal | None:
    """Whether some days can be asked for."""
    if first is None or last is None or not first <= last <= today:
        return ExportRefusal.BAD_DAYS
    return ExportRefusal.BAD_DAYS if (last - first).days >= MOST_DAYS else None


def why_not_decide(
    asked_by: UUID, decider: UUID | None, held: Iterable[str]
) -> ExportRefusal | None:
    """Another person decides, of an office that handles no matters (auditor, administrator)."""
    if decider is None or decider == asked_by:
        return ExportRefusal.OWN_WISH
    offices: set[Office] = {
        office for code in held if code in roles() and (office := roles()[code].office) is not None
    }
    return None if offices else ExportRefusal.NOT_ALLOWED


def has_run_out(expires_at: datetime | None, now: datetime) -> bool:
    """Whether it is too late to take what was allowed."""
    return expires_at is not None and now >= expires_at
