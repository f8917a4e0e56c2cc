"""The desk of clause sets: drafts of several people, tables, publishing from a day, ending."""

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from credit.models import Entry
from credit.rules.kinds import Kind
from pledges.models import Clause, ClauseVersion
from pledges.queries.clauses import clauses_by_version, running_sets, texts_for
from pledges.rules.clause_drafts import (
    ClauseFlaw,
    also_changed,
    cells_of,
    fingerprint,
    put_at,
    read_clause,
    why_not_publish,
)
from pledges.rules.clauses import Letter
from pledges.rules.premises import PremisesKind
from pledges.rules.register import picture_names
from pledges.service.clause_drafts import (
    Overtaken,
    discard_draft,
    end_set,
    model_texts,
    set_here,
)
from pledges.service.clause_lists import CLAUSES, DATA, load_clauses
from pledges.service.clause_tables import take_clauses
from portal import reports
from portal.accounts.models import Person
from portal.areas.models import Area
from portal.kernel.db import Database
from portal.kernel.errors import Conflict, Missing, Refused
from portal.kernel.instance import instance_of
from portal.kernel.sheets import Encoding
from portal.site.pictograms import signs
from tests.make import pledges as make
from tests.make.accounts import actor, staff
from tests.make.clauses import LINE, draft, drafted, publish, said, table, write
from tests.make.pledges import NOW, TODAY
from tests.make.premises import OTHER, STREET
from tests.make.together import at_once

PACKAGE = Path(reports.__file__).parent


@pytest.mark.parametrize(
    ("column", "typed", "flaw"),
    [
        ("code", "", ClauseFlaw.CODE),
        ("code", "Swept daily", ClauseFlaw.CODE),
        ("code", "s" * 41, ClauseFlaw.CODE),
        ("axis", "tidy", ClauseFlaw.AXIS),
        ("pictogram", "dragon", ClauseFlaw.PICTOGRAM),
        ("text_en", "", ClauseFlaw.EMPTY),
        ("text_zh_hans", "扫" * 401, ClauseFlaw.LONG),
        ("text_zh_hans", '=HYPERLINK("x")', ClauseFlaw.STRAY),
        ("plain_zh_hans", "扫\u202e地", ClauseFlaw.STRAY),
        ("text_khb", "@SUM(1)", ClauseFlaw.STRAY),
    ],
)
def test_a_bad_clause_is_told_with_its_column(column: str, typed: str, flaw: ClauseFlaw) -> None:
    _clause, flaws = read_clause(LINE | {column: typed}, 7)
    assert [(one.code, one.column, one.line) for one in flaws] == [(flaw, column, 7)]


def test_a_clause_goes_into_cells_and_back() -> None:
    one = said(text_khb="ᦎᦱ", axis="洁")
    assert read_clause(cells_of(one)) == (one, [])
    assert one.texts["khb"] == "ᦎᦱ"
    assert all(
        read_clause(cells_of(it)) == (it, []) for m in model_texts().values() for it in m.clauses
    )
    assert set(picture_names()) <= set(signs())


def test_the_order_and_the_days() -> None:
    assert put_at(["a", "b", "c"], "c", 1) == ["c", "a", "b"]
    assert put_at(["a", "b"], "x", 99) == ["a", "b", "x"]
    assert put_at(["a", "b"], "a", 0) == ["a", "b"]
    day = timedelta(days=1)
    assert why_not_publish(TODAY - day, TODAY, None, None) is ClauseFlaw.RETROACTIVE
    assert why_not_publish(TODAY, TODAY, TODAY, None) is ClauseFlaw.AFTER_LAST
    assert why_not_publish(TODAY, TODAY, None, TODAY) is ClauseFlaw.ENDED
    assert why_not_publish(TODAY, TODAY, TODAY - day, TODAY + day) is None


def test_what_else_changed_is_named() -> None:
    old, new = said(), said(plain_en="Sweep twice.", axis="green", text_en="Swept twice")
    assert also_changed([old], [new], "en") == {"swept": ["axis", "plain_en"]}


def test_a_new_version_is_drafted_published_and_never_changes(
    database: Database, three: str, centre: Person
) -> None:
    draft(database, centre)
    with pytest.raises(Conflict) as again:
        draft(database, centre)
    assert again.value.code is ClauseFlaw.HAS_DRAFT
    old = drafted(database)[0]
    with pytest.raises(Refused) as same:
        publish(database, centre, TODAY)
    assert same.value.code is ClauseFlaw.SAME
    write(database, centre, said(), old)
    with pytest.raises(Refused) as early:
        publish(database, centre, TODAY - timedelta(days=1))
    assert (early.value.code, early.value.field) == (ClauseFlaw.RETROACTIVE, "begins")
    publish(database, centre, TODAY)
    with database.read() as session:
        running = {row.code: version for row, version in running_sets(session, TODAY)}
        assert (running["three"].version, running["three"].sealed) == (2, True)
        kinds = session.scalars(select(Entry.kind)).all()
        assert kinds == [Kind.CLAUSES_PUBLISHED]
        assert session.scalars(select(ClauseVersion.published_by)).all() == [None, centre.id]
    with pytest.raises(Conflict) as late:
        write(database, centre, said(text_en="Other"), said())
    assert late.value.code is ClauseFlaw.NO_DRAFT


def test_the_second_of_two_editors_sees_what_the_first_wrote(
    database: Database, three: str, centre: Person
) -> None:
    draft(database, centre)
    old, other = drafted(database)[:2]
    write(database, centre, said(text_en="First"), old)
    with pytest.raises(Overtaken) as late:
        write(database, centre, said(text_en="Second"), old)
    assert late.value.stands == said(text_en="First")
    # another clause is nobody's business
    write(database, centre, said(code="trees", axis="green"), other)
    # whoever has read it may put hers over it
    write(database, centre, said(text_en="Second"), said(text_en="First"))
    assert drafted(database)[0].texts["en"] == "Second"


def test_of_two_who_write_one_clause_at_once_one_is_told(
    database: Database, three: str, centre: Person
) -> None:
    draft(database, centre)
    old = drafted(database)[0]

    def writes(words: str) -> bool:
        try:
            write(database, centre, said(text_en=words), old)
        except Overtaken:
            return False
        return True

    assert sorted(at_once(lambda: writes("One"), lambda: writes("Two"))) == [False, True]


def test_of_writing_and_publishing_at_once_nothing_sealed_changes(
    database: Database, three: str, centre: Person
) -> None:
    draft(database, centre)
    old = drafted(database)[0]
    write(database, centre, said(), old)

    def does(what: str) -> bool:
        try:
            if what == "write":
                write(database, centre, said(text_en="Late"), said())
            else:
                publish(database, centre, TODAY)
        except (Conflict, AssertionError):
            return False
        return True

    wrote, published = at_once(lambda: does("write"), lambda: does("publish"))
    assert wrote or published
    if published:
        with database.read() as session:
            version = session.scalars(select(ClauseVersion).where(ClauseVersion.version == 2)).one()
            assert version.digest is not None
            words = session.scalars(
                select(Clause.text_en).where(
                    Clause.version_id == version.id, Clause.code == "swept"
                )
            ).one()
            assert (words == "Late") is wrote


def test_r279_a_city_chooses_one_of_the_four_readings(
    database: Database, tree: Mapping[str, Area], centre: Person
) -> None:
    with database.write() as session:
        load_clauses(session, instance_of(session).city, NOW)
    code = "five_light_facilities"
    with pytest.raises(Refused) as rival:
        publish(database, centre, TODAY, code)
    assert (rival.value.code, rival.value.field) == (ClauseFlaw.RIVAL, "replaces")
    publish(database, centre, TODAY + timedelta(days=3), code, replaces=True)
    with database.read() as session:
        for days, counts in ((2, "three"), (3, code)):
            running = running_sets(session, TODAY + timedelta(days=days))
            mains = {
                row.code
                for row, _v in running
                if row.letter is Letter.FRONTAGE and row.kind is None and not row.extra
            }
            assert mains == {counts}


def test_r198_r207_a_shop_is_offered_one_bin_and_its_sign_beside_the_main_text(
    database: Database, tree: Mapping[str, Area]
) -> None:
    with database.write() as session:
        load_clauses(session, instance_of(session).city, NOW)
    with database.read() as session:
        place = tree[STREET].path
        offered = texts_for(session, Letter.FRONTAGE, place, PremisesKind.SHOP, "books", on=TODAY)
        extras = {row.code: version.id for row, version in offered.extras}
        assert {"one_bin", "shop_sign"} <= extras.keys()
        sign = clauses_by_version(session, [extras["shop_sign"]])[extras["shop_sign"]]
        assert {one.code for one in sign} == {"sign_as_approved", "sign_inspected"}
    # what is wrong with a sign is reported by its own kind
    kinds = (PACKAGE / "data" / "categories.tsv").read_text("utf-8").splitlines()
    assert any(line.startswith("bad_sign\t") for line in kinds)


def test_a_table_is_taken_in_whole_and_told_by_line(
    database: Database, three: str, centre: Person
) -> None:
    draft(database, centre)

    def take(content: bytes) -> list[tuple[int, ClauseFlaw, str]]:
        with database.write() as session:
            seen = fingerprint(drafted(database))
            flaws = take_clauses(
                session, actor(session, centre), "three", content, Encoding.UTF8, seen=seen
            )
        return [(one.line, one.code, one.column) for one in flaws]

    bad = take(table(LINE, LINE | {"axis": "tidy", "code": "b"}, LINE | {"plain_en": ""}))
    assert bad == [
        (3, ClauseFlaw.AXIS, "axis"), (4, ClauseFlaw.EMPTY, "plain_en"),
    ]  # fmt: skip
    assert take(table(LINE, LINE)) == [(3, ClauseFlaw.TWICE, "code")]
    assert take(b"") == [(0, ClauseFlaw.NO_FILE, "file")]
    assert take(table()) == [(0, ClauseFlaw.NO_ROWS, "file")]
    assert take(b"code,axis\n")[0][1] is ClauseFlaw.NO_COLUMN
    assert len(drafted(database)) == 4
    # the very file that is shipped, with its remark
    assert take((DATA / CLAUSES).read_bytes()) == []
    assert {one.code for one in drafted(database)} == {
        one.code for model in model_texts().values() for one in model.clauses
    }


def test_a_text_ends_once_and_from_today_on(database: Database, three: str, centre: Person) -> None:
    def end(on: date) -> None:
        with database.write() as session:
            end_set(session, actor(session, centre), "three", on, now=NOW)

    with pytest.raises(Refused) as early:
        end(TODAY - timedelta(days=1))
    assert (early.value.code, early.value.field) == (ClauseFlaw.RETROACTIVE, "on")
    end(TODAY)
    with pytest.raises(Conflict) as twice:
        end(TODAY)
    assert twice.value.code is ClauseFlaw.ENDED
    with database.read() as session:
        assert running_sets(session, TODAY) == []


def test_a_draft_is_thrown_away_and_a_set_that_never_counted_with_it(
    database: Database, tree: Mapping[str, Area], three: str, centre: Person
) -> None:
    draft(database, centre)
    with database.write() as session:
        seen = fingerprint(drafted(database))
        assert discard_draft(session, actor(session, centre), "three", seen=seen)
    with database.read() as session:
        assert session.scalars(select(ClauseVersion.version)).all() == [1]
        assert len(session.scalars(select(Clause)).all()) == 4


def test_texts_of_another_place_are_not_there(
    database: Database, tree: Mapping[str, Area], three: str
) -> None:
    with database.write() as session:
        make.clauses(session, tree[OTHER], "other")
        who = staff(session, "administrator", area=tree[STREET])
    with pytest.raises(Missing), database.read() as session:
        set_here(session, actor(session, who), "other")
