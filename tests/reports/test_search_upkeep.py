"""Only public words are findable, and they follow every step of a case."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from portal.areas.models import Area
from portal.areas.queries import areas_by_codes
from portal.kernel.db import Database
from portal.kernel.tokens import phrases, stream
from portal.reports.models import Case, CaseSearch, Category
from portal.reports.queries.public import kinds, public_page
from portal.reports.rules.codes import Event, Review, State, TextKind
from portal.reports.rules.listing import Asked, read_filters
from portal.reports.rules.publicity import Publicity, public_codes
from portal.reports.service.categories import load_categories
from portal.reports.service.loop import move_case
from portal.reports.service.search import index_case, reindex_cases
from tests.make import reports as make
from tests.make.areas import small_tree


def found(session: Session, q: str = "", **asked: str) -> int:
    """How many cases a search gives."""
    filters, problems = read_filters(Asked(q=q, **asked))
    assert not problems
    return len(public_page(session, filters, kinds(session)).rows)


@pytest.fixture
def place(database: Database) -> Area:
    with database.write() as session:
        return small_tree(session)["370283001001"]


def test_hidden_words_are_not_findable_until_they_are_checked(
    database: Database, place: Area
) -> None:
    with database.write() as session:
        case = make.case(session, place, words="路灯坏了", listed=True)
        make.text(session, case, "内部说明", kind=TextKind.NOTE, review=Review.APPROVED)
        index_case(session, case)
    with database.write() as session:
        assert found(session, "路灯") == 0
        assert found(session, "暴露垃圾") == found(session, "东阁") == 1
        words = make.text(session, case, "井盖没了", review=Review.APPROVED)
        index_case(session, case)
        assert found(session, "井盖") == 1
        assert found(session, "内部") == 0
        words.review, words.public_text = Review.WITHHELD, None
        index_case(session, case)
        assert found(session, "井盖") == 0


def test_what_is_taken_off_the_list_is_not_findable(database: Database, place: Area) -> None:
    with database.write() as session:
        case = make.case(session, place, listed=True)
        index_case(session, case)
        assert found(session, "垃圾") == 1
        case.listed = False
        index_case(session, case)
        assert found(session, "垃圾") == 0
        assert session.scalar(select(func.count()).select_from(CaseSearch)) == 0


def test_a_step_moves_the_case_to_its_new_progress(database: Database, place: Area) -> None:
    with database.write() as session:
        case = make.case(session, place, listed=True)
        index_case(session, case)
        area = {"area": "370283001"}
        assert found(session, state="reported", **area) == 1
        actor = make.desk()
        row = make.row_of(session, case)
        move_case(session, row, Event.ACCEPT, actor=actor, now=make.NOW + timedelta(hours=1))
        assert found(session, state="reported", **area) == 0
        assert found(session, state="accepted", **area) == 1


def test_the_index_can_be_made_anew(database: Database, place: Area) -> None:
    with database.write() as session:
        for _ in range(3):
            make.case(session, place, listed=True)
        make.case(session, place, listed=False)
        session.execute(text("DELETE FROM case_search"))
        assert reindex_cases(session, "") is None
        assert session.scalar(select(func.count()).select_from(CaseSearch)) == 3
        assert found(session, "垃圾") == 3


def test_two_cases_of_the_same_instant_are_both_found(database: Database, place: Area) -> None:
    with database.write() as session:
        first = make.case(session, place, listed=True)
        second = make.case(session, place, listed=True)
        index_case(session, first)
        row = session.scalars(select(CaseSearch)).first()
        assert row is not None
        session.execute(
            text("UPDATE case_search SET key = :key"), {"key": _key_of(session, second)}
        )
        session.expire_all()
        index_case(session, second)
        index_case(session, second)
        assert found(session, "垃圾") == 2


def _key_of(session: Session, case: Case) -> int:
    """The key a case would get: found by indexing it, and taking it out again."""
    index_case(session, case)
    key = session.scalars(select(CaseSearch.key).where(CaseSearch.case_id == case.id)).one()
    session.execute(text("DELETE FROM case_search WHERE key = :key"), {"key": key})
    return key


def test_states_filter_follows_the_case_even_when_the_index_is_behind(
    database: Database, place: Area
) -> None:
    with database.write() as session:
        case = make.case(session, place, listed=True)
        index_case(session, case)
        case.state = State.CLOSED
        session.flush()
        assert found(session, "垃圾", state="reported") == 0


SHIPPED = ("litter", "street_lamp", "noise", "tree_danger", "small_ads", "fumes", "dogs")
ASKED = ("路", "灯", "垃圾", "拉圾", "树倒", "全天候", "lamp", "无此词", "垃圾 东阁", "噪音 平度")
WORDS = ["路灯坏了", "垃圾没人管", "樹倒了", "全天侯施工", "小廣告", "the lamp is broken"]


def test_a_search_is_a_scan_of_the_words_and_of_what_the_kind_is_called(
    database: Database, place: Area
) -> None:
    scans: list[str] = []
    with database.write() as session:
        load_categories(session, None, make.NOW)
        for at, code in enumerate(SHIPPED):
            kind = session.get_one(Category, code)
            public = Publicity(kind.target, kind.place_precision)
            words = WORDS[at % len(WORDS)]
            case = make.case(session, place, words=None, category_code=code, listed=True)
            make.text(session, case, words, review=Review.APPROVED)
            index_case(session, case)
            shown = [] if public.protected else [words]
            scans.append(stream([*_called(kind), *_names(session, place, public), *shown]))
        asked = {word for code in SHIPPED for word in _words(session.get_one(Category, code))}
    with database.read() as session:
        for query in [*sorted(asked), *ASKED]:
            filters, _ = read_filters(Asked(q=query))
            rows = public_page(session, filters, kinds(session), size=len(scans) + 1).rows
            expected = [all(f" {p} " in scan for p in phrases(query)) for scan in scans]
            assert len(rows) == sum(expected), query


def _words(kind: Category) -> list[str]:
    return [word for name in _called(kind) for word in name.split()]


def _called(kind: Category) -> list[str]:
    names = (kind.name_zh_Hans, kind.name_zh_Hant, kind.name_en, kind.name_khb, kind.synonyms)
    return [name for name in names if name]


def _names(session: Session, place: Area, public: Publicity) -> list[str]:
    known = areas_by_codes(session, public_codes(place.path, public))
    return [name for area in known.values() for name in area.names.values()]


def test_a_synonym_that_is_added_is_found_without_touching_the_reports(
    database: Database, place: Area
) -> None:
    with database.write() as session:
        case = make.case(session, place, listed=True)
        index_case(session, case)
        before = session.scalars(select(CaseSearch.words)).one()
        assert found(session, "邋遢角落") == 0
        session.get_one(Category, case.category_code).synonyms += " 邋遢角落"
        session.flush()
        assert found(session, "邋遢角落") == 1
        assert session.scalars(select(CaseSearch.words)).one() == before
        assert "垃圾" not in before
