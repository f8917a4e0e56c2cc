"""Drafts of clause sets for tests: lines of a table, and what two people do with a draft."""

from collections.abc import Mapping
from datetime import date

from pledges.queries.clauses import clauses_by_version, sets_in
from pledges.rules.clause_drafts import COLUMNS, fingerprint, read_clause
from pledges.rules.clause_texts import ClauseText
from pledges.service.clause_drafts import PublishWish, begin_draft, change_clause, publish_draft
from portal.accounts.models import Person
from portal.kernel.db import Database
from tests.make.accounts import actor
from tests.make.pledges import NOW

LINE = {
    "code": "swept", "axis": "clean", "pictogram": "litter", "text_zh_hans": "门前扫干净",
    "text_zh_hant": "門前掃乾淨", "text_en": "Swept", "text_khb": "", "plain_zh_hans": "每天扫。",
    "plain_zh_hant": "每天掃。", "plain_en": "Sweep daily.",
}  # fmt: skip


def said(**changes: str) -> ClauseText:
    clause, flaws = read_clause(LINE | changes)
    assert not flaws
    return clause


def table(*lines: Mapping[str, str]) -> bytes:
    rows = [",".join(COLUMNS), *(",".join(line[name] for name in COLUMNS) for line in lines)]
    return "\n".join(rows).encode()


def draft(database: Database, who: Person, code: str = "three") -> None:
    with database.write() as session:
        begin_draft(session, actor(session, who), code, "本市规定", now=NOW)


def drafted(database: Database, code: str = "three") -> list[ClauseText]:
    with database.read() as session:
        [one] = sets_in(session, None, code)
        assert one.draft is not None
        return clauses_by_version(session, [one.draft.id])[one.draft.id]


def publish(
    database: Database, who: Person, begins: date, code: str = "three", *, replaces: bool = False
) -> None:
    wish = PublishWish(begins, replaces, fingerprint(drafted(database, code)))
    with database.write() as session:
        publish_draft(session, actor(session, who), code, wish, now=NOW)


def write(database: Database, who: Person, clause: ClauseText, seen: ClauseText) -> None:
    with database.write() as session:
        change_clause(
            session, actor(session, who), "three", clause, seen=fingerprint([seen]), position=None
        )
