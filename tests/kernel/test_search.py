"""Words are found exactly where they stand, on both engines; what is erased is found no more."""

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import (
    Column,
    Connection,
    Integer,
    MetaData,
    Table,
    Text,
    create_engine,
    select,
    text,
)

from portal.kernel import tokens as tokens_module
from portal.kernel.search import Wanted, fts_table, postgres_match, sqlite_match, sqlite_statements
from portal.kernel.tokens import CONFUSABLE_FILE, facet, fold, phrases, stream, tokens
from tests.house.session import examples

# few characters, so that chance makes overlaps; both scripts, Dai, a rare ideograph, words, digits
# and characters that are taken for each other
CHARACTERS = "路灯燈坏了ab3 3,。ａᦺ𠮷侯候圆园並并拉垃"
texts = st.text(CHARACTERS, max_size=14)
METADATA = MetaData()
TABLE = Table(
    "found_here",
    METADATA,
    Column("key", Integer, primary_key=True),
    Column("words", Text, nullable=False),
)


def stands_in(query: str, written: str) -> bool:
    """The naive way: each term is a part of the text, and words of spaced scripts are whole."""
    plain, terms = fold(written), re.findall(r"\w+", fold(query).replace("_", " "))
    return all(_stands(term, plain) for term in terms)


def _stands(term: str, plain: str) -> bool:
    before = r"(?<![a-z0-9])" if term[0].isascii() else ""
    after = r"(?![a-z0-9])" if term[-1].isascii() else ""
    return re.search(before + re.escape(term) + after, plain) is not None


def find(connection: Connection, query: str, *facets: str) -> set[int]:
    return find_wanted(connection, *phrases(query), *facets)


def find_wanted(connection: Connection, *wanted: str | Wanted) -> set[int]:
    if connection.dialect.name == "sqlite":
        index = fts_table("found_here")
        statement = select(index.c.rowid).where(sqlite_match("found_here", wanted))
    else:
        statement = select(TABLE.c.key).where(postgres_match(TABLE.c.words, wanted))
    return set(connection.execute(statement).scalars())


def fill(connection: Connection, written: list[str]) -> None:
    for statement in ("DROP TABLE IF EXISTS found_here_fts", "DROP TABLE IF EXISTS found_here"):
        if connection.dialect.name == "sqlite" or "fts" not in statement:
            connection.execute(text(statement))
    TABLE.create(connection)
    if connection.dialect.name == "sqlite":
        for statement in sqlite_statements("found_here", "key", "words"):
            connection.exec_driver_sql(statement)
    for key, words in enumerate(written):
        connection.execute(TABLE.insert().values(key=key, words=stream([words])))


@settings(
    max_examples=examples(60),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(written=st.lists(texts, max_size=5), query=st.text(CHARACTERS, min_size=1, max_size=4))
def test_the_result_is_that_of_a_scan_and_nothing_after_erasure(
    database_url: str, written: list[str], query: str
) -> None:
    if not phrases(query):
        return
    engine = create_engine(database_url)
    with engine.connect() as connection:
        fill(connection, written)
        expected = {key for key, words in enumerate(written) if stands_in(query, words)}
        assert find(connection, query) == expected
        connection.execute(TABLE.update().where(TABLE.c.key % 2 == 0).values(words=stream([""])))
        connection.execute(TABLE.delete().where(TABLE.c.key % 2 == 1))
        assert find(connection, query) == set()
        connection.rollback()
    engine.dispose()


@pytest.mark.parametrize(
    ("query", "written", "found"),
    [
        ("灯", "坏路灯", True),
        ("路灯路", "灯路边的路灯", False),
        ("路灯路", "大路灯路边", True),
        ("3号楼", "阳光小区3号楼", True),
        ("3号楼", "阳光小区13号楼", False),
        ("路燈", "路灯不亮", True),
        ("路灯", "路燈不亮", True),
        ("ＰＡＲＫ", "the park", True),
        ("par", "the park", False),
        ("路灯 坏", "坏了两个路灯", True),
        ("路灯坏", "路灯，坏了", False),
        ("ᦺ", "ᦺᦑ", True),
        ("全天候", "全天侯管理", True),
        ("全天侯", "全天候管理", True),
        ("垃圾", "路边有拉圾", True),
        ("拉圾桶", "垃圾筒满了", True),
        ("公園", "公圆门口", True),
        ("科学管理", "建管并重、科學管理", True),
        ("並重", "建管并重、科學管理", True),
        ("范围", "範圍", True),
        ("剩餘", "剩余", True),
        ("乾净", "不干淨", True),
        ("於二〇二六年", "于二〇二六年", True),
        ("１２号", "12号楼", True),
        ("厕门", "侧门坏了", False),
        ("绿地", "绿的树", False),
        ("垃圾扔在", "垃圾仍在", False),
        ("𠮷", "在𠮷野家门口", True),
    ],
)
def test_examples_of_what_is_found(
    database_url: str, query: str, written: str, found: bool
) -> None:
    engine = create_engine(database_url)
    with engine.connect() as connection:
        fill(connection, [written])
        assert find(connection, query) == ({0} if found else set())
        connection.rollback()
    engine.dispose()


def test_facets_cannot_be_typed_and_must_all_be_there(database_url: str) -> None:
    engine = create_engine(database_url)
    with engine.connect() as connection:
        fill(connection, [])
        names = [facet("a", "370283001"), facet("c", "street_lamp")]
        connection.execute(TABLE.insert().values(key=1, words=stream(["路灯"], names)))
        connection.execute(TABLE.insert().values(key=2, words=stream(["路灯"], names[:1])))
        assert find(connection, "路灯", *names) == {1}
        assert find(connection, "路灯", names[0]) == {1, 2}
        for typed in ("~a370283001", "street_lamp", "a370283001", "|"):
            assert not phrases(typed) or not find(connection, typed)
        connection.rollback()
    engine.dispose()


def test_a_facet_refuses_what_would_break_the_index() -> None:
    for value in ("", 'a"b', "a b", "路"):
        with pytest.raises(ValueError, match="facet"):
            facet("a", value)


def test_tokens_cover_single_characters_pairs_and_whole_words() -> None:
    assert tokens("坏路灯,Park 3") == ["坏", "坏路", "路", "路灯", "灯", "|", "park", "|", "3"]


def test_a_facet_does_as_well_as_a_phrase_where_it_is_said_so(database_url: str) -> None:
    engine = create_engine(database_url)
    lamp, tree = facet("c", "street_lamp"), facet("c", "tree")
    with engine.connect() as connection:
        fill(connection, [])
        for key, (words, kind) in enumerate([("灯坏了", tree), ("不亮", lamp), ("不亮", tree)]):
            connection.execute(TABLE.insert().values(key=key, words=stream([words], [kind])))
        light = Wanted("灯", (lamp,))
        assert find_wanted(connection, light) == {0, 1}
        assert find_wanted(connection, light, tree) == {0}
        assert find_wanted(connection, light, Wanted("不 不亮 亮", ())) == {1}
        assert find_wanted(connection, Wanted("灯", (lamp, tree))) == {0, 1, 2}
        connection.rollback()
    engine.dispose()


def test_every_confusable_has_a_reason_and_falls_to_one_last_form() -> None:
    rows = [
        line.split("\t")
        for line in CONFUSABLE_FILE.read_text("utf-8").splitlines()
        if not line.startswith("#")
    ]
    assert len(rows) == len({row[0] for row in rows}) > 50
    for written, compared, reason in rows:
        assert len(written) == len(compared) == 1
        assert reason
        assert fold(written) == fold(compared) != written


@pytest.mark.parametrize("word", ["在再", "已己", "未末", "仍扔", "厕侧", "地的", "兰蓝", "度渡"])
def test_what_would_lead_a_search_astray_is_kept_apart(word: str) -> None:
    assert fold(word[0]) != fold(word[1])


@given(st.text(max_size=8))
def test_folding_twice_changes_nothing_more(written: str) -> None:
    assert fold(fold(written)) == fold(written)


def test_the_version_follows_the_tables(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    before = tokens_module.version()
    other = tmp_path / "confusable.tsv"
    other.write_text("甲\t乙\tsame shape\n", "utf-8")
    monkeypatch.setattr(tokens_module, "CONFUSABLE_FILE", other)
    tokens_module.version.cache_clear()
    assert tokens_module.version() != before
    monkeypatch.undo()
    tokens_module.version.cache_clear()
    assert tokens_module.version() == before


def test_only_the_index_is_folded() -> None:
    assert fold("臺灣路燈") == "台湾路灯"
    assert fold("ＡＢＣ１２３") == "abc123"
