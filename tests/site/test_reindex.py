"""An upgrade that makes tokens otherwise makes the search anew: in batches, whole, resumable."""

import pytest
from click.testing import CliRunner
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from portal.areas.models import Area
from portal.kernel import tokens
from portal.kernel.db import Database
from portal.kernel.instance import Instance
from portal.kernel.search import SearchIndex
from portal.reports.queries.public import kinds, public_page
from portal.reports.rules.codes import Review
from portal.reports.rules.listing import Asked, read_filters
from portal.reports.service import search
from portal.site import reindex
from portal.site.commands import db, serve
from tests.make import reports as make
from tests.make.areas import small_tree

CASES = 7


@pytest.fixture
def place(database: Database) -> Area:
    with database.write() as session:
        return small_tree(session)["370283001001"]


@pytest.fixture
def old_index(database: Database, place: Area, monkeypatch: pytest.MonkeyPatch) -> Database:
    """Cases whose rows were made by a program that knew nothing of 全天侯."""
    monkeypatch.setattr(search, "BATCH", 3)
    with database.write() as session:
        for _ in range(CASES):
            case = make.case(session, place, words=None, listed=True)
            make.text(session, case, "全天侯施工", review=Review.APPROVED)
            search.index_case(session, case)
        session.execute(text("UPDATE case_search SET words = ' | 全 全天 天 天侯 侯 '"))
        session.add(SearchIndex(name="reports", version="1-old", reached=None))
    return database


def found(session: Session, words: str) -> int:
    filters, _ = read_filters(Asked(q=words))
    return len(public_page(session, filters, kinds(session)).rows)


def test_every_row_is_made_anew_and_then_nothing_is_left_to_do(old_index: Database) -> None:
    batches: list[int] = []
    with old_index.read() as session:
        assert reindex.stale(session) == ["reports"]
        assert found(session, "全天候") == 0
    reindex.bring_up(old_index, lambda _name, batch: batches.append(batch))
    assert batches == [1, 2]
    with old_index.read() as session:
        assert reindex.stale(session) == []
        assert found(session, "全天候") == found(session, "全天侯") == CASES
        assert session.scalars(select(SearchIndex.version)).one() == tokens.version()
    reindex.bring_up(old_index, lambda _name, _batch: pytest.fail("nothing was stale"))


def test_what_was_broken_off_goes_on_where_it_came_to(
    old_index: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def power_cut(_name: str, batch: int) -> None:
        if batch == 2:
            raise RuntimeError("the power went")

    with pytest.raises(RuntimeError, match="power"):
        reindex.bring_up(old_index, power_cut)
    with old_index.read() as session:
        assert reindex.stale(session) == ["reports"]
        assert found(session, "全天候") == 6
    seen: list[int] = []
    step = reindex.INDEXES["reports"]
    monkeypatch.setattr(
        reindex, "INDEXES", {"reports": lambda s, after: seen.append(1) or step(s, after)}
    )
    reindex.bring_up(old_index)
    assert len(seen) == 1
    with old_index.read() as session:
        assert found(session, "全天候") == CASES


def test_other_tables_in_the_middle_begin_again(
    old_index: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with old_index.write() as session:
        row = session.get_one(SearchIndex, "reports")
        row.version, row.reached = "1-older", "370283/ffffffff-ffff-7fff-bfff-ffffffffffff"
    reindex.bring_up(old_index)
    with old_index.read() as session:
        assert found(session, "全天候") == CASES


def test_a_stale_search_is_neither_served_nor_called_good(
    old_index: Database, instance: Instance
) -> None:
    class Tools:
        database = old_index
        config = instance.config

    for command, arguments in ((db, ["check"]), (serve, [])):
        refused = CliRunner().invoke(command, arguments, obj=Tools())
        assert refused.exit_code != 0
        assert "db upgrade" in refused.output
    assert CliRunner().invoke(db, ["upgrade"], obj=Tools()).exit_code == 0
    assert CliRunner().invoke(db, ["check"], obj=Tools()).exit_code == 0
