"""Public surveys: kinds of questions, what a survey may hold, and which results may be told. Pure.

The one question of a survey that has levels of satisfaction is its leading one: its answers are
ratings and are told only by the anonymised release (decision 0050). All others are told after the
survey, rounded, from ten answers on that came on the screen, and ten on paper (P4).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from portal.satisfaction.rules import Level

MOST_QUESTIONS: Final = 30
MOST_OPTIONS: Final = 12
MOST_SHEETS: Final = 5000
MOST_INVITED: Final = 20_000
LONGEST_TITLE: Final = 120
LONGEST_QUESTION: Final = 300
LONGEST_OPTIONS: Final = 2000
LONGEST_NOTICE: Final = 1000
LONGEST_ANSWER: Final = 1000
LONGEST_RUN: Final = timedelta(days=92)
# fewest answers of which anything is told, and what counts are rounded to
FEWEST: Final = 10
ROUNDED_TO: Final = 5
# ratings of surveys are of no kind of problem
CATEGORY: Final = "survey"
LANGUAGES: Final = ("zh_Hans", "zh_Hant", "en")
YES, NO = 1, 2


class SurveyKind(StrEnum):
    """What a survey is held for."""

    SATISFACTION = "satisfaction"  # 社会公众满意度
    CONDUCT = "conduct"  # 行风评议


class AskedWho(StrEnum):
    """Who may answer."""

    ALL = "all"
    INVITED = "invited"


class QuestionKind(StrEnum):
    """How a question is answered."""

    SATISFACTION = "satisfaction"
    ONE = "one"
    SEVERAL = "several"
    YES_NO = "yes_no"
    WORDS = "words"


class SheetChannel(StrEnum):
    """Which way an answer came."""

    SCREEN = "screen"
    PAPER = "paper"


class Phase(StrEnum):
    """Where a survey stands; the clock opens and closes it."""

    DRAFT = "draft"
    WAITING = "waiting"
    OPEN = "open"
    OVER = "over"


class SurveyRefusal(StrEnum):
    """Why something about a survey is not done."""

    NO_PLACE = "survey.no_place"
    STARTED = "survey.started"
    DAYS = "survey.days"
    OPTIONS = "survey.options"
    TOO_MANY_QUESTIONS = "survey.too_many_questions"
    NO_LEADING = "survey.no_leading"
    SECOND_LEADING = "survey.second_leading"
    NOT_OPEN = "survey.not_open"
    ANSWERED = "survey.answered"
    NOT_INVITED = "survey.not_invited"
    UNANSWERED = "survey.unanswered"
    NOT_OF_QUESTION = "survey.not_of_question"
    SHEET_UNKNOWN = "survey.sheet_unknown"
    SHEET_TYPED = "survey.sheet_typed"
    NOBODY = "survey.nobody"


Names = Mapping[str, str]


@dataclass(frozen=True)
class Question:
    """A question in its languages; ``options`` of each language stand in one order."""

    position: int
    kind: QuestionKind
    needed: bool
    words: Names
    options: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def values(self) -> tuple[int, ...]:
        """What may be marked; nothing where words are written."""
        match self.kind:
            case QuestionKind.SATISFACTION:
                return tuple(int(level) for level in Level)
            case QuestionKind.YES_NO:
                return (YES, NO)
            case QuestionKind.WORDS:
                return ()
            case _:
                return tuple(range(1, len(self.options["zh_Hans"]) + 1))


@dataclass(frozen=True)
class Answered:
    """What somebody says: marks by question, words by question."""

    marks: Mapping[int, frozenset[int]]
    words: Mapping[int, str] = field(default_factory=dict)


def leading(questions: Sequence[Question]) -> Question | None:
    """The question whose answers are ratings."""
    asked = (one for one in questions if one.kind is QuestionKind.SATISFACTION)
    return next(asked, None)


def options_from(typed: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Options as typed, one a line; a language that was left empty is left out."""
    found = {
        language: tuple(line.strip() for line in text.splitlines() if line.strip())
        for language, text in typed.items()
    }
    return {language: lines for language, lines in found.items() if lines}


def options_fit(kind: QuestionKind, options: Mapping[str, Sequence[str]]) -> bool:
    """Whether a question has the options its kind needs, equally many in every language."""
    if kind not in {QuestionKind.ONE, QuestionKind.SEVERAL}:
        return not options
    many = {len(lines) for lines in options.values()}
    distinct = all(len(set(lines)) == len(lines) for lines in options.values())
    return "zh_Hans" in options and len(many) == 1 and 2 <= min(many) <= MOST_OPTIONS and distinct


def days_fit(opens_on: date, closes_on: date) -> bool:
    """Whether a survey runs one day at least and a quarter at most."""
    return timedelta(0) <= closes_on - opens_on <= LONGEST_RUN


def why_not_answer(
    questions: Sequence[Question], answered: Answered
) -> tuple[SurveyRefusal, int] | None:
    """What is wrong with somebody's answers, and at which question."""
    for one in questions:
        marks = answered.marks.get(one.position, frozenset())
        words = answered.words.get(one.position, "")
        if one.needed and not marks and not words:
            return SurveyRefusal.UNANSWERED, one.position
        many = len(marks) > 1 and one.kind is not QuestionKind.SEVERAL
        wordy = bool(words) and one.kind is not QuestionKind.WORDS
        if many or wordy or not marks <= set(one.values):
            return SurveyRefusal.NOT_OF_QUESTION, one.position
    return None


@dataclass(frozen=True)
class Told:
    """What is told of a question: how many answered and marked what, rounded; None: too few."""

    question: Question
    answered: int | None
    counts: Mapping[int, int]


def rounded(count: int) -> int:
    """A count to the nearest five, halves up, as public tables show it."""
    return (count + ROUNDED_TO // 2) // ROUNDED_TO * ROUNDED_TO


def tellable(answered: Mapping[SheetChannel, int]) -> frozenset[SheetChannel]:
    """The ways of which anything is told: ten came by each. Whoever typed nine sheets knows them,
    and would know the tenth answer if it came on the screen (P4)."""
    return frozenset(channel for channel, many in answered.items() if many >= FEWEST)


def told(
    questions: Sequence[Question],
    answered: Mapping[tuple[int, SheetChannel], int],
    counts: Mapping[tuple[int, SheetChannel, int], int],
) -> list[Told]:
    """The results of a survey that is over, but for questions about satisfaction, of which only the
    release tells, and for free words."""
    found = []
    for one in questions:
        if one.kind in {QuestionKind.SATISFACTION, QuestionKind.WORDS}:
            continue
        each = {channel: answered.get((one.position, channel), 0) for channel in SheetChannel}
        ways = tellable(each)
        if not ways:
            found.append(Told(one, None, {}))
            continue
        marked = {
            value: rounded(sum(counts.get((one.position, way, value), 0) for way in ways))
            for value in one.values
        }
        found.append(Told(one, rounded(sum(each[way] for way in ways)), marked))
    return found


@dataclass(frozen=True)
class Rate:
    """How many of those asked answered: both rounded; the part is None where they are too few."""

    answered: int | None
    asked: int


def rate(answered: int, asked: int) -> Rate | None:
    """A response rate; None where nobody was asked by herself."""
    if not asked:
        return None
    return Rate(rounded(answered) if answered >= FEWEST else None, asked)
