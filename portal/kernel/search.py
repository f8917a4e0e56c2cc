"""Finding words on both engines, by the tokens of ``portal.kernel.tokens``.

SQLite looks a phrase up in FTS5; PostgreSQL finds candidates by a GIN index over the tokens and
looks for the phrase in the stream itself (路灯 and 灯路 together do not make 路灯路).

FTS5 reads an external content table: a contentless one cannot delete on SQLite 3.40, and erased
words would stay findable. Its ``ascii`` tokenizer takes every character beyond ASCII as part of a
token; ``unicode61`` knows Unicode 6.1 only and would lose younger ideographs and Dai vowels.
"""

from collections.abc import Sequence
from string import Template
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    SQLColumnExpression,
    String,
    TableClause,
    Text,
    and_,
    bindparam,
    cast,
    column,
    func,
    literal_column,
    or_,
    table,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base
from portal.kernel.tokens import FACET, GAP


class SearchIndex(Base):
    """By which tables of characters an index was made, and how far it is made anew.

    ``reached`` is None when it is whole.
    """

    __tablename__ = "search_index"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    version: Mapped[str] = mapped_column(String(32))
    reached: Mapped[str | None] = mapped_column(String(80))


def fts_table(name: str) -> TableClause:
    """The FTS5 table over a content table; its ``rowid`` is the content's key, and its order."""
    return table(f"{name}_fts", column("rowid"))


class Wanted(NamedTuple):
    """A phrase, and facets of which each does as well: those of kinds that are called so."""

    phrase: str
    or_facets: tuple[str, ...] = ()


def sqlite_match(
    name: str, words: Sequence[str | Wanted], any_of: Sequence[Sequence[str]] = ()
) -> ColumnElement[bool]:
    """All phrases and facets of ``words``, and one facet of each group."""
    return sqlite_matches(name, sqlite_question(words, any_of))


def sqlite_matches(name: str, question: str | BindParameter[str]) -> ColumnElement[bool]:
    """``MATCH`` with a ``sqlite_question``, or with a parameter that is given it."""
    matches: ColumnElement[bool] = literal_column(f"{name}_fts").op("MATCH")(question)
    return matches


def sqlite_question(words: Sequence[str | Wanted], any_of: Sequence[Sequence[str]] = ()) -> str:
    """The same in the words of FTS5."""
    groups = [_choices(word) for word in words] + [tuple(group) for group in any_of]
    parts = ["(" + " OR ".join(f'"{one}"' for one in group) + ")" for group in groups]
    return " AND ".join(parts)


def _choices(word: str | Wanted) -> tuple[str, ...]:
    return (word,) if isinstance(word, str) else (word.phrase, *word.or_facets)


def postgres_match(
    stored_words: SQLColumnExpression[str],
    words: Sequence[str | Wanted],
    any_of: Sequence[Sequence[str]] = (),
) -> ColumnElement[bool]:
    """The same on PostgreSQL. Values stand in the statement itself: a plan made for one word is
    wrong for another, and a prepared statement would keep it."""
    stored = func.string_to_array(stored_words, " ", type_=ARRAY(Text))
    choices = [_choices(word) for word in words]
    all_of = [first for first, *others in choices if not others]
    clauses: list[ColumnElement[bool]] = []
    if all_of:
        clauses += _all_phrases(stored_words, stored, all_of)
    for phrase, *others in choices:
        if others:
            stands = and_(*_all_phrases(stored_words, stored, [phrase]))
            clauses.append(or_(stored.overlap(_array(others)), stands))
    clauses += [stored.overlap(_array(group)) for group in any_of]
    return and_(*clauses)


def _all_phrases(
    stored_words: SQLColumnExpression[str], stored: Any, phrases: Sequence[str]
) -> list[ColumnElement[bool]]:
    single = [token for phrase in phrases for token in phrase.split(" ")]
    # also for single tokens: far cheaper to check, and it tells the planner how rare they are
    checks: list[ColumnElement[bool]] = [
        stored_words.like(_literal(f"% {phrase} %")) for phrase in phrases
    ]
    return [*checks, stored.contains(_array(single))]


def _literal(value: str) -> ColumnElement[str]:
    return bindparam(None, value, type_=Text, literal_execute=True)


def _array(values: Sequence[str]) -> ColumnElement[list[str]]:
    # tokens hold letters, digits and marks only, so that the array's text form needs no escapes
    text = "{" + ",".join(f'"{value}"' for value in dict.fromkeys(values)) + "}"
    kind: Any = ARRAY(Text)
    array: ColumnElement[list[str]] = cast(_literal(text), kind)
    return array


_ADD = "INSERT INTO ${name}_fts(rowid, ${words}) VALUES (new.${key}, new.${words});"
_DROP = (
    "INSERT INTO ${name}_fts(${name}_fts, rowid, ${words}) "
    "VALUES ('delete', old.${key}, old.${words});"
)
_STATEMENTS = (
    "CREATE VIRTUAL TABLE ${name}_fts USING fts5(${words}, content='${name}', "
    f"content_rowid='${{key}}', columnsize=0, tokenize=\"ascii tokenchars '{FACET}{GAP}_'\")",
    f"CREATE TRIGGER ${{name}}_added AFTER INSERT ON ${{name}} BEGIN {_ADD} END",
    f"CREATE TRIGGER ${{name}}_removed AFTER DELETE ON ${{name}} BEGIN {_DROP} END",
    "CREATE TRIGGER ${name}_changed AFTER UPDATE OF ${key}, ${words} ON ${name} "
    f"BEGIN {_DROP} {_ADD} END",
)


def sqlite_statements(name: str, key: str, words: str) -> tuple[str, ...]:
    """The FTS5 table over a content table, and the triggers that keep it true."""
    return tuple(Template(s).substitute(name=name, key=key, words=words) for s in _STATEMENTS)
