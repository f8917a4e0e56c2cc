"""What is published: a convention with its versions, one version for ever, what differs."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from credit.rules.canonical import canonical
from credit.rules.differences import differences as words_between
from portal.accounts.access import public
from portal.areas.queries import areas_by_ids
from portal.conventions.labels.kinds import KINDS, TOPICS
from portal.conventions.labels.published import END_WAYS, SCRIPTS
from portal.conventions.labels.votes import OUTCOMES
from portal.conventions.labels.way import STATES
from portal.conventions.queries.published import (
    ConventionRow,
    VersionRow,
    carried_vote,
    clauses_of_versions,
    content_of_row,
    convention_by_id,
    convention_by_number,
    filing_of,
    in_force,
    open_round,
    readings_of,
    rounds_of,
    version_by_number,
    versions_of,
)
from portal.conventions.rules.published import WordsChange, changes_between
from portal.conventions.rules.texts import RIGHT_TO_LEFT, Script
from portal.conventions.views.blueprint import bp
from portal.conventions.views.kinds import today
from portal.conventions.views.votes import result_rows
from portal.kernel.errors import Missing
from portal.kernel.ids import clean_number
from portal.kernel.web import reading

FOLDER: Final = "conventions/public"
WORDS: dict[str, Any] = {
    "kinds": KINDS, "topics": TOPICS, "scripts": SCRIPTS, "end_ways": END_WAYS,
    "outcomes": OUTCOMES, "states": STATES,
}  # fmt: skip


def scripts_in_order(said: Mapping[str, str]) -> list[tuple[Script, str, str]]:
    """What stands beside a clause: language, direction, words."""
    return [
        (code, "rtl" if code in RIGHT_TO_LEFT else "ltr", said[code])
        for code in Script
        if code in said
    ]


bp.app_template_filter("clause_scripts")(scripts_in_order)


def convention_or_missing(number: str) -> ConventionRow:
    """A convention by its number."""
    found = convention_by_number(reading(), clean_number(number) or "")
    if found is None:
        raise Missing
    return found


@bp.get("/conventions/texts/<number>")
@public
def text(number: str) -> ResponseReturnValue:
    """A convention: what is in force, every version since when and by which vote, every round."""
    of = convention_or_missing(number)
    versions = versions_of(reading(), of.id)
    return render_template(
        f"{FOLDER}/text.html", of=of, versions=versions, current=in_force(versions, today()),
        rounds=rounds_of(reading(), of.id), pairs=list(pairwise(versions)), today=today(),
        area=areas_by_ids(reading(), {of.area_id})[of.area_id], **WORDS,
    )  # fmt: skip


@bp.get("/conventions/texts/<number>/<int:version>")
@public
def version(number: str, version: int) -> ResponseReturnValue:
    """One version, at an address that stays: text, scripts, reading, vote, filing, fingerprint."""
    row = _version(number, version)
    return render_template(f"{FOLDER}/version.html", row=row, **_about(row), **WORDS)


def _version(number: str, version: int) -> VersionRow:
    found = version_by_number(reading(), clean_number(number) or "", version)
    if found is None:
        raise Missing
    return found


def _about(row: VersionRow) -> dict[str, Any]:
    """The same number of queries, however many clauses and versions there are."""
    versions, vote = (
        versions_of(reading(), row.convention_id),
        carried_vote(reading(), row.round_id),
    )
    return {
        "clauses": clauses_of_versions(reading(), [row.id])[row.id],
        "versions": versions, "current": in_force(versions, today()), "today": today(),
        "of": convention_by_id(reading(), row.convention_id),
        "vote": vote, "result": result_rows(vote) if vote else [],
        "filing": filing_of(reading(), row.round_id),
        "readings": readings_of(reading(), row.id),
        "revision": open_round(reading(), row.convention_id),
        "area": areas_by_ids(reading(), {row.area_id})[row.area_id],
    }  # fmt: skip


@bp.get("/conventions/texts/<number>/<int:version>/text.json")
@public
def version_json(number: str, version: int) -> ResponseReturnValue:
    """A version as it was hashed, in canonical JSON: its SHA-256 is the fingerprint."""
    content = content_of_row(reading(), _version(number, version))
    if content is None:
        raise Missing
    return Response(canonical(content), mimetype="application/json")


@bp.get("/conventions/texts/<number>/differences")
@public
def differences(number: str) -> ResponseReturnValue:
    """What differs between two versions, in one text and side by side."""
    of = convention_or_missing(number)
    old, new = _two(versions_of(reading(), of.id))
    said = clauses_of_versions(reading(), [old.id, new.id])
    return render_template(
        f"{FOLDER}/differences.html", of=of, old=old, new=new,
        changes=changes_between(said[old.id], said[new.id]),
        intro=WordsChange(words_between(old.preamble or "", new.preamble or "")),
    )  # fmt: skip


def _two(versions: Sequence[VersionRow]) -> tuple[VersionRow, VersionRow]:
    """The two versions that are asked for, or the last two. Raises Missing."""
    known = {str(one.version): one for one in versions}
    if len(known) < 2:
        raise Missing
    last = [str(one.version) for one in versions[:2]]
    chosen = request.args.get("old", last[1]), request.args.get("new", last[0])
    if not set(chosen) <= known.keys() or chosen[0] == chosen[1]:
        raise Missing
    return known[chosen[0]], known[chosen[1]]
