"""Which text is meant for a place, what a version says, and what differs between two."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from credit.rules.canonical import Json
from credit.rules.differences import Change, Piece, differences
from pledges.rules.clauses import Axis
from pledges.rules.premises import PremisesKind

LANGUAGES = ("zh_Hans", "zh_Hant", "en")


@dataclass(frozen=True, kw_only=True)
class Meant:
    """For which places a text is meant; ``kind`` or ``trade`` None: for every one."""

    code: str
    place_path: str
    kind: PremisesKind | None = None
    trade: str | None = None

    def fits(self, place_path: str, kind: PremisesKind, trade: str) -> bool:
        return (
            place_path.startswith(self.place_path)
            and self.kind in {None, kind}
            and self.trade in {None, trade}
        )

    @property
    def nearness(self) -> tuple[int, bool, bool, str]:
        """The deepest place wins, then the trade, then the kind; the code, so that one does."""
        return (len(self.place_path), self.trade is not None, self.kind is not None, self.code)


Text = TypeVar("Text", bound=Meant)


def fitting(texts: Iterable[Text], place_path: str, kind: PremisesKind, trade: str) -> list[Text]:
    """The texts that are meant for a place, the nearest first."""
    found = [one for one in texts if one.fits(place_path, kind, trade)]
    return sorted(found, key=lambda one: one.nearness, reverse=True)


@dataclass(frozen=True)
class ClauseText:
    """One clause as a version says it; texts and plain sentences by language."""

    code: str
    axis: Axis
    pictogram: str
    texts: dict[str, str]
    plain: dict[str, str]

    def said(self) -> dict[str, Json]:
        """Everything of it, as it is hashed."""
        return {
            "code": self.code, "axis": self.axis.value, "pictogram": self.pictogram,
            "texts": dict(self.texts), "plain": dict(self.plain),
        }  # fmt: skip


def content_of(
    code: str, version: int, begins: date, source: str, clauses: Sequence[ClauseText]
) -> dict[str, Json]:
    """A version as it is hashed and sealed; all of it is public."""
    return {
        "set": code, "version": version, "effective_from": begins.isoformat(), "source": source,
        "clauses": [clause.said() for clause in clauses],
    }  # fmt: skip


@dataclass(frozen=True)
class ClauseChange:
    """What became of a clause between two versions, piece by piece, in one language."""

    change: Change
    clause: ClauseText
    pieces: list[Piece]

    def said(self, change: str) -> list[str]:
        """What went or came, for those who do not see it struck out."""
        return [
            piece.text for piece in self.pieces if piece.change == change and piece.text.strip()
        ]


def changes_between(
    old: Sequence[ClauseText], new: Sequence[ClauseText], language: str
) -> list[ClauseChange]:
    """Every clause of the new version in its order, then those that went."""
    before, kept = {clause.code: clause for clause in old}, {clause.code for clause in new}
    here = [_change(before.get(clause.code), clause, language) for clause in new]
    gone = [clause for clause in old if clause.code not in kept]
    return here + [
        ClauseChange(Change.GONE, clause, differences(_words(clause, language), ""))
        for clause in gone
    ]


def _change(old: ClauseText | None, new: ClauseText, language: str) -> ClauseChange:
    words = _words(new, language)
    pieces = differences(_words(old, language) if old else "", words)
    return ClauseChange(Change.KEPT if old else Change.NEW, new, pieces)


def _words(clause: ClauseText, language: str) -> str:
    return clause.texts.get(language) or clause.texts["zh_Hans"]
