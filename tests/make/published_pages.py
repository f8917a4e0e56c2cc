"""Addresses of the pages of published conventions: what stands in them."""

from typing import Any

from sqlalchemy.orm import Session

from portal.areas.models import Area
from portal.conventions.models import (
    ConventionFiling,
    ConventionVersion,
    DraftScript,
    Reading,
    Round,
    VersionScript,
)
from portal.conventions.rules.counting import Outcome
from portal.conventions.rules.votes import VoteState
from portal.kernel.instance import instance_of
from tests.make import conventions as make
from tests.make.conventions import NOW, TODAY
from tests.make.photos import jpeg

ROUND_PAGES = (
    "desk_about", "desk_filing", "desk_publish", "desk_scripts", "desk_script",
    "desk_script_clause", "desk_reading",
)  # fmt: skip
TEXT_PAGES = ("text", "differences", "desk_text", "desk_revise")
VERSION_PAGES = ("version", "desk_version_reading")
CASES = {
    **dict.fromkeys((f"conventions.{page}" for page in ROUND_PAGES), "convention_round"),
    **dict.fromkeys(
        (f"conventions.{page}" for page in (*TEXT_PAGES, *VERSION_PAGES, "desk_end")),
        "convention_text",
    ),
}
VALUES = {
    **{(f"conventions.{page}", "version"): "1" for page in VERSION_PAGES},
    ("conventions.desk_script", "script"): "khb",
    ("conventions.desk_script_clause", "script"): "khb",
}
PAIRS = {("conventions.desk_script_clause", "clause"): "convention_clause"}
NO_PAGE = {
    "conventions.desk_filing_photo": "a picture",
    "conventions.version_json": "a text to hash again",
    "conventions.conventions_csv": "a table to download",
    "conventions.conventions_json": "data for programs",
}


def published_things(session: Session, area: Area, figures: str) -> dict[str, str]:
    """A convention of two versions, filed, explained, and with another script beside it."""
    of = make.convention(session, area)
    first = make.a_round(session, of)
    clause = make.clause(session, first)
    session.add(DraftScript(draft_id=clause.id, script="khb", markdown="ᦢᦱᧃᧉ", revision=1))
    _adopted(session, first, make.published(session, first, [clause]), figures)
    second = make.a_round(session, of, sequence=2)
    changed = make.clause(session, second, "楼道不堆杂物，保持畅通。", clause_id=clause.clause_id)
    version = make.published(session, second, [changed])
    _adopted(session, second, version, figures)
    session.add_all(
        [
            VersionScript(
                version_id=version.id, clause_id=clause.clause_id, script="khb", markdown="ᦢᦱᧃᧉ"
            ),
            Reading(version_id=version.id, markdown="就是楼道里别放东西。", at=NOW),
        ]
    )  # fmt: skip
    session.flush()
    return {"convention_text": of.number, "convention_filed": second.number}


def _adopted(session: Session, of: Round, version: ConventionVersion, figures: str) -> None:
    values: dict[str, Any] = {
        "state": VoteState.DECIDED, "outcome": Outcome.CARRIED, "figures": figures,
        "decided_at": NOW,
    }  # fmt: skip
    make.vote(session, of, **values)
    session.add(
        ConventionFiling(
            round_id=version.round_id, filed_with="城区街道办事处",
            filing_number="乳备〔2026〕18号", filed_on=TODAY, filed_at=NOW,
            document_key=instance_of(session).blobs.put(jpeg(), "jpg"),
        )
    )  # fmt: skip
