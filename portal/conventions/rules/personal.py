"""What conventions keep about people: the rows for the one table of personal fields (P1, P2).

Of a secret ballot nothing is kept of anybody (decision 0051); that somebody took part stands in the
roll, and goes with her name.
"""

from enum import StrEnum
from typing import Final

from portal.accounts.rules import Basis, Masking, PersonalField

# after a round, a vote, a meeting or a term is over: as long as what it decided may be contested
KEEP_ENDED: Final = 730


class ConventionData(StrEnum):
    """What is kept, in the words of the privacy page."""

    SAID = "data.convention_said"
    SUPPORT = "data.convention_support"
    ROLL = "data.convention_roll"
    SIGNATURE = "data.convention_signature"
    ATTENDANCE = "data.community_attendance"
    INVITED = "data.community_invited"
    OFFICE = "data.community_office"
    HANDLING = "data.community_handling"


class ConventionPurpose(StrEnum):
    """What it is for."""

    SELF_GOVERNMENT = "purpose.self_government"


def _fields(
    table: str,
    what: ConventionData,
    *columns: str,
    basis: Basis = Basis.SERVICE,
    secret: tuple[str, ...] = (),
) -> tuple[PersonalField, ...]:
    return tuple(
        PersonalField(
            table, column, what, ConventionPurpose.SELF_GOVERNMENT, basis, KEEP_ENDED,
            Masking.SECRET if column in secret else Masking.HIDDEN,
        )
        for column in columns
    )  # fmt: skip


_D = ConventionData
PERSONAL_FIELDS: Final[tuple[PersonalField, ...]] = (
    *_fields("convention_wish", _D.SAID, "person_id", "sealed_words", "paper_key"),
    *_fields(
        "convention_comment", _D.SAID, "person_id", "sealed_words", "sealed_proposal", "paper_key"
    ),
    *_fields("convention_support", _D.SUPPORT, "person_id"),
    # an electorate must be known to be contested: a duty of whoever calls a vote
    *_fields(
        "convention_elector", _D.ROLL, "person_id", "sealed_name", "household_hash", "struck_why",
        "unmark_why", basis=Basis.DUTY, secret=("household_hash",),
    ),
    *_fields(
        "convention_sign_on", _D.SIGNATURE, "person_id", "sealed_name", "sealed_household",
        "household_hash", "paper_key", "paper_thumbnail_key", secret=("household_hash",),
    ),
    *_fields("community_opinion", _D.SAID, "person_id", "sealed_words"),
    *_fields("community_issue", _D.SAID, "person_id", "sealed_words", "title"),
    *_fields("community_issue_proposal", _D.SAID, "person_id", "sealed_words"),
    *_fields("community_issue_support", _D.SUPPORT, "person_id"),
    *_fields("community_errand", _D.SAID, "person_id", "sealed_words", "sealed_answer"),
    *_fields("community_attendance", _D.ATTENDANCE, "person_id", "sealed_name"),
    *_fields("community_invited", _D.INVITED, "person_id"),
    *_fields("community_head", _D.OFFICE, "person_id", "sealed_name"),
    *_fields("community_owners_member", _D.OFFICE, "person_id", "sealed_name", basis=Basis.DUTY),
    *_fields("community_handling", _D.HANDLING, "sealed_note"),
)  # fmt: skip
