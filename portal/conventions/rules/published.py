"""What is published: the content that is hashed, its days, and what differs between versions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from credit.rules.canonical import Json
from credit.rules.differences import Change, Piece, differences
from portal.conventions.rules.kinds import KindRule
from portal.conventions.rules.texts import ClauseText

LONGEST_NUMBER: Final = 60
# nobody announces a text years ahead
MOST_DAYS_AHEAD: Final = 366


class EndWay(StrEnum):
    """What a convention was ended by."""

    VOTE = "vote"
    LAW = "law"


class Aim(StrEnum):
    """What a convention that is published is put to the vote for."""

    REVISE = "revise"
    REPEAL = "repeal"


class ListState(StrEnum):
    """By what the list of conventions is narrowed."""

    UNDER_WAY = "under_way"
    IN_FORCE = "in_force"
    ENDED = "ended"


class PublishRefusal(StrEnum):
    """Why a text is not filed, published, explained or ended."""

    NOT_NOW = "publish.not_now"
    NO_VOTE = "publish.no_vote"
    DAYS = "publish.days"
    FAR = "publish.far"
    REVIEW_DAY = "publish.review_day"
    FILED_DAY = "publish.filed_day"
    NO_NUMBER = "publish.no_number"
    SAME_TEXT = "publish.same_text"
    ENDED = "publish.ended"
    ENDS = "publish.ends"
    RUNNING = "publish.running"
    END_DAY = "publish.end_day"
    PUBLISHED = "publish.published"
    NAME_STAYS = "publish.name_stays"


def years_later(day: date, years: int) -> date:
    """The same day so many years later; 29 February becomes 1 March."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def review_day(rule: KindRule, effective_from: date) -> date | None:
    """When a text is to be looked at again by the rule of its kind; None: no rule says so."""
    return years_later(effective_from, rule.review_years) if rule.review_years else None


def flaw_of_days(
    adopted_on: date, effective_from: date, review_on: date | None, today: date
) -> PublishRefusal | None:
    """Why a text cannot count from a day on. Nothing counts before it can be read."""
    if effective_from < max(adopted_on, today):
        return PublishRefusal.DAYS
    if (effective_from - today).days > MOST_DAYS_AHEAD:
        return PublishRefusal.FAR
    if review_on is not None and review_on <= effective_from:
        return PublishRefusal.REVIEW_DAY
    return None


@dataclass(frozen=True)
class Published:
    """A version as it is hashed. ``vote`` and ``vote_text``: by which vote, on which text;
    ``repeals``: it is the decision that ends its convention, from its own day on."""

    convention: str
    kind: str
    version: int
    title: str
    preamble: str
    adopted_on: date
    effective_from: date
    review_on: date | None
    vote: str
    vote_text: str
    clauses: Sequence[ClauseText]
    repeals: bool = False


def content_of_version(one: Published) -> dict[str, Json]:
    """Everything of a version that is sealed; all of it is public, so anybody can hash it again."""
    content: dict[str, Json] = {
        "convention": one.convention, "kind": one.kind, "version": one.version,
        "title": one.title, "preamble": one.preamble,
        "adopted_on": one.adopted_on.isoformat(),
        "effective_from": one.effective_from.isoformat(),
        "review_on": one.review_on.isoformat() if one.review_on else "",
        "vote": one.vote, "vote_text": one.vote_text,
        "clauses": [_clause(clause) for clause in one.clauses],
    }  # fmt: skip
    if one.repeals:
        # as in the text that was voted on; a text that repeals nothing is sealed as ever
        content["repeals"] = one.convention
    return content


def _clause(one: ClauseText) -> dict[str, Json]:
    return {
        "key": one.key, "topic": one.topic.value, "heading": one.heading, "words": one.words,
        "scripts": dict(one.scripts),
    }  # fmt: skip


@dataclass(frozen=True)
class WordsChange:
    """What became of words between two versions, as of the introduction."""

    pieces: list[Piece]

    @property
    def changed(self) -> bool:
        """Whether the words differ; a clause that only moved is the same."""
        return any(piece.change is not Change.KEPT for piece in self.pieces)

    def said(self, change: str) -> list[str]:
        """What went or came, for those who do not see it struck out."""
        return [
            piece.text for piece in self.pieces if piece.change == change and piece.text.strip()
        ]


@dataclass(frozen=True)
class ClauseChange(WordsChange):
    """What became of a clause between two versions. ``old`` and ``new``: its place there."""

    change: Change
    key: str
    old: tuple[int, ClauseText] | None
    new: tuple[int, ClauseText] | None

    @property
    def moved(self) -> bool:
        """Whether it stands elsewhere."""
        return self.old is not None and self.new is not None and self.old[0] != self.new[0]


def changes_between(old: Sequence[ClauseText], new: Sequence[ClauseText]) -> list[ClauseChange]:
    """Every clause of the new version in its order, then those that went. By the clause's id: one
    that moved is the same clause."""
    before, after = _placed(old), _placed(new)
    here = [_change(before.get(key), after[key]) for key in after]
    gone = [_change(before[key], None) for key in before if key not in after]
    return here + gone


def _placed(clauses: Iterable[ClauseText]) -> Mapping[str, tuple[int, ClauseText]]:
    return {one.key: (at, one) for at, one in enumerate(clauses, 1)}


def _change(
    old: tuple[int, ClauseText] | None, new: tuple[int, ClauseText] | None
) -> ClauseChange:  # fmt: skip
    either = new or old
    if either is None:
        raise ValueError("a clause of neither version")
    change = Change.NEW if old is None else Change.GONE if new is None else Change.KEPT
    return ClauseChange(differences(_words(old), _words(new)), change, either[1].key, old, new)


def _words(placed: tuple[int, ClauseText] | None) -> str:
    if placed is None:
        return ""
    heading, words = placed[1].heading, placed[1].words
    return f"{heading}\n{words}" if heading else words
