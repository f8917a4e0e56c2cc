"""What a refusal of the table becomes: no right to it, a lost race, or a field to put right."""

from portal.kernel.errors import Conflict, Forbidden, Refused
from portal.reports.rules.transitions import Refusal

_FIELD = {
    Refusal.REASON_MISSING: "reason",
    Refusal.WORDS_MISSING: "words",
    Refusal.PHOTO_MISSING: "photos",
    Refusal.UNIT_MISSING: "unit",
    Refusal.MEANS_MISSING: "means",
    Refusal.NO_OTHER_CASE: "into",
    Refusal.SAME_CASE: "into",
    Refusal.OTHER_NOT_OPEN: "into",
    Refusal.OTHER_KIND: "agreed",
    Refusal.OTHER_PUBLICITY: "into",
    Refusal.OTHER_DISTRICT: "into",
}


def check(refusal: Refusal | None) -> None:
    """Raise what the table answered."""
    if refusal is None:
        return
    if refusal is Refusal.NOT_ALLOWED:
        raise Forbidden
    if refusal is Refusal.WRONG_STATE:
        raise Conflict(refusal)
    raise Refused(refusal, field=_FIELD.get(refusal))
