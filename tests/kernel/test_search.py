"""Words are found exactly where they stand, on both engines; what is erased is found no more."""

import re

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

from portal.kernel.search import fts_table, postgres_match, sqlite_match, sqlite_statements
from portal.kernel.tokens import facet, fold, phrases, stream, tokens
from tests.house.session import examples

# few characters, so that chance makes overlaps; both scripts, Dai, a rare ideograph, words, digits
CHARACTERS = "路灯燈坏了ab3 3,。ａᦺ𠮷"
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
    wanted = [*phrases(query), *facets]
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


def test_only_the_index_is_folded() -> None:
    assert fold("臺灣路燈") == "台湾路灯"
    assert fold("ＡＢＣ１２３") == "abc123"
