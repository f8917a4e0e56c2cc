"""Model texts (示范文本): for each kind one that is shipped, from which a draft may begin."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from portal.conventions.rules.kinds import DATA, Kind
from portal.conventions.rules.lists import rows_of
from portal.conventions.rules.texts import LONGEST_CLAUSE, LONGEST_HEADING, Topic

MODELS: Final = DATA / "model-texts.tsv"


@dataclass(frozen=True)
class ModelClause:
    """A clause of a model text."""

    topic: Topic
    heading: str
    words: str


@cache
def model_texts(path: Path = MODELS) -> dict[Kind, tuple[ModelClause, ...]]:
    """Every kind's model text. Raises ValueError for a kind without one, or a clause too long."""
    found: dict[Kind, list[ModelClause]] = {kind: [] for kind in Kind}
    for row in rows_of(path):
        one = ModelClause(Topic(row["topic"]), row["heading"], row["text"])
        if not (one.words and len(one.words) <= LONGEST_CLAUSE):
            raise ValueError(f"model-texts.tsv: {row['kind']} {one.heading}: text")
        if not (one.heading and len(one.heading) <= LONGEST_HEADING):
            raise ValueError(f"model-texts.tsv: {row['kind']} {one.words[:20]}: heading")
        found[Kind(row["kind"])].append(one)
    if empty := [kind for kind, clauses in found.items() if not clauses]:
        raise ValueError(f"model-texts.tsv: nothing for {', '.join(empty)}")
    return {kind: tuple(clauses) for kind, clauses in found.items()}
