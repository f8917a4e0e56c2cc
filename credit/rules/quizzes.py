"""Things to learn with questions, typed as plain text, and how answers are graded. Pure.

One sheet for each language. Each line begins with what it is::

    # the title
    Lines without a sign are the text to read.
    @ where the text comes from
    ? a question
    * an answer that is right
    - an answer that is wrong
    ! why
    @ where that stands
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

LANGUAGES: Final = ("zh_Hans", "zh_Hant", "en")
MAIN: Final = "zh_Hans"
FACT: Final = "quiz_passed"
PASS_PERCENT: Final = 80
FEWEST_QUESTIONS, MOST_QUESTIONS = 1, 30
FEWEST_OPTIONS, MOST_OPTIONS = 2, 9
MOST_SHEET: Final = 20_000
MOST_TITLE: Final = 80
TITLE, SOURCE, QUESTION, RIGHT, WRONG, WHY = "#", "@", "?", "*", "-", "!"
_SIGNS: Final = (TITLE, SOURCE, QUESTION, RIGHT, WRONG, WHY)


class QuizRefusal(StrEnum):
    """Why a sheet or an answer is not taken. Facts name the line or the question."""

    NO_TITLE = "quiz.no_title"
    NO_TEXT = "quiz.no_text"
    NO_SOURCE = "quiz.no_source"
    NO_QUESTION = "quiz.no_question"
    MANY_QUESTIONS = "quiz.many_questions"
    BAD_OPTIONS = "quiz.bad_options"
    NO_RIGHT = "quiz.no_right"
    NO_WHY = "quiz.no_why"
    STRAY_LINE = "quiz.stray_line"
    LONG = "quiz.long"
    OTHER_SHAPE = "quiz.other_shape"
    CHANGED = "quiz.changed"
    BAD_DAYS = "quiz.bad_days"


class BadSheet(ValueError):
    """A sheet that cannot be used: why, and at which line or question (1-based)."""

    def __init__(self, code: QuizRefusal, at: int = 0) -> None:
        super().__init__(f"{code.value} at {at}")
        self.code = code
        self.at = at


@dataclass(frozen=True)
class Question:
    """One question. ``right``: the places of the right answers, from 0."""

    words: str
    options: tuple[str, ...]
    right: frozenset[int]
    why: str
    source: str

    @property
    def several(self) -> bool:
        """Whether more than one answer is right."""
        return len(self.right) > 1


@dataclass(frozen=True)
class Sheet:
    """One thing to learn in one language."""

    title: str
    text: tuple[str, ...]
    source: str
    questions: tuple[Question, ...]

    def shape(self) -> tuple[tuple[int, frozenset[int]], ...]:
        """What must be the same in every language."""
        return tuple((len(question.options), question.right) for question in self.questions)


@dataclass
class _Draft:
    """A question while its lines are read."""

    words: str
    options: list[str] = field(default_factory=list)
    right: set[int] = field(default_factory=set)
    why: str = ""
    source: str = ""

    def take(self, sign: str, rest: str) -> bool:
        """Whether a line belongs to the question."""
        if sign in {RIGHT, WRONG}:
            if sign == RIGHT:
                self.right.add(len(self.options))
            self.options.append(rest)
        elif sign == WHY and not self.why:
            self.why = rest
        elif sign == SOURCE and not self.source:
            self.source = rest
        else:
            return False
        return True


def read_sheet(typed: str) -> Sheet:
    """A sheet as it was typed. Raises BadSheet with the first thing that is wrong."""
    if len(typed) > MOST_SHEET:
        raise BadSheet(QuizRefusal.LONG)
    reading = _Reading()
    for at, line in enumerate(typed.splitlines(), 1):
        sign, rest = _split(line)
        if (sign or rest) and not reading.take(sign, rest):
            raise BadSheet(QuizRefusal.STRAY_LINE, at)
    return _checked(reading.sheet())


@dataclass
class _Reading:
    """A sheet while its lines are read."""

    title: str = ""
    source: str = ""
    text: list[str] = field(default_factory=list)
    drafts: list[_Draft] = field(default_factory=list)

    def take(self, sign: str, rest: str) -> bool:
        """Whether a line belongs where it stands."""
        if not rest:
            return False
        if sign == QUESTION:
            self.drafts.append(_Draft(rest))
            return True
        return self.drafts[-1].take(sign, rest) if self.drafts else self._take_head(sign, rest)

    def _take_head(self, sign: str, rest: str) -> bool:
        if not sign:
            self.text.append(rest)
        elif sign == TITLE and not self.title:
            self.title = rest
        elif sign == SOURCE and not self.source:
            self.source = rest
        else:
            return False
        return True

    def sheet(self) -> Sheet:
        questions = tuple(map(_question, self.drafts))
        return Sheet(self.title, tuple(self.text), self.source, questions)


def _split(line: str) -> tuple[str, str]:
    """The sign of a line and what follows; no sign: the line itself."""
    line = " ".join(line.split())
    if line[:1] in _SIGNS:
        return line[:1], line[1:].strip()
    return "", line


def _question(draft: _Draft) -> Question:
    return Question(
        draft.words, tuple(draft.options), frozenset(draft.right), draft.why, draft.source
    )


def _checked(sheet: Sheet) -> Sheet:
    if not 0 < len(sheet.title) <= MOST_TITLE:
        raise BadSheet(QuizRefusal.NO_TITLE)
    if not sheet.text:
        raise BadSheet(QuizRefusal.NO_TEXT)
    if not sheet.source:
        raise BadSheet(QuizRefusal.NO_SOURCE)
    if len(sheet.questions) < FEWEST_QUESTIONS:
        raise BadSheet(QuizRefusal.NO_QUESTION)
    if len(sheet.questions) > MOST_QUESTIONS:
        raise BadSheet(QuizRefusal.MANY_QUESTIONS)
    for at, question in enumerate(sheet.questions, 1):
        if wrong := _wrong(question):
            raise BadSheet(wrong, at)
    return sheet


def _wrong(question: Question) -> QuizRefusal | None:
    options = question.options
    if not FEWEST_OPTIONS <= len(options) <= MOST_OPTIONS or len(set(options)) < len(options):
        return QuizRefusal.BAD_OPTIONS
    if not question.right:
        return QuizRefusal.NO_RIGHT
    return None if question.why and question.source else QuizRefusal.NO_WHY


def write_sheet(sheet: Sheet) -> str:
    """A sheet as it would be typed."""
    lines = [f"{TITLE} {sheet.title}", *sheet.text, f"{SOURCE} {sheet.source}"]
    for question in sheet.questions:
        lines += ["", f"{QUESTION} {question.words}"]
        lines += [
            f"{RIGHT if at in question.right else WRONG} {words}"
            for at, words in enumerate(question.options)
        ]
        lines += [f"{WHY} {question.why}", f"{SOURCE} {question.source}"]
    return "\n".join(lines)


class BadSheets(ValueError):
    """The sheet of which language cannot be used, and why."""

    def __init__(self, language: str, why: BadSheet) -> None:
        super().__init__(f"{language}: {why}")
        self.language = language
        self.why = why


def read_sheets(typed: Mapping[str, str]) -> dict[str, Sheet]:
    """The sheets of all languages; an empty one is left out, the main one never. Raises
    BadSheets."""
    found: dict[str, Sheet] = {}
    for language in LANGUAGES:
        if not typed.get(language, "").strip() and language != MAIN:
            continue
        found[language] = _of_language(typed.get(language, ""), language)
        if found[language].shape() != found[MAIN].shape():
            raise BadSheets(language, BadSheet(QuizRefusal.OTHER_SHAPE))
    return found


def _of_language(typed: str, language: str) -> Sheet:
    try:
        return read_sheet(typed)
    except BadSheet as bad:
        raise BadSheets(language, bad) from bad


Answers = Sequence[frozenset[int]]


@dataclass(frozen=True)
class Grade:
    """Which answers were right, and whether that is enough."""

    right: tuple[bool, ...]
    percent: int

    @property
    def count(self) -> int:
        return sum(self.right)

    @property
    def passed(self) -> bool:
        return self.count * 100 >= self.percent * len(self.right)


def grade(sheet: Sheet, answers: Answers, percent: int = PASS_PERCENT) -> Grade:
    """Grade answers: a question is right when exactly its right answers were chosen."""
    given = [*answers, *([frozenset[int]()] * len(sheet.questions))]
    pairs = zip(sheet.questions, given, strict=False)
    return Grade(tuple(question.right == chosen for question, chosen in pairs), percent)


def write_answers(answers: Collection[Collection[int]]) -> str:
    """Answers for an address: ``0.13.2``."""
    return ".".join("".join(str(at) for at in sorted(chosen)) for chosen in answers)


def read_answers(text: str, sheet: Sheet) -> Answers | None:
    """The answers of an address; None when they are none to these questions."""
    parts = text.split(".")
    if len(parts) != len(sheet.questions):
        return None
    found = []
    for part, question in zip(parts, sheet.questions, strict=True):
        if not (part.isascii() and part.isdigit()):
            return None
        chosen = frozenset(int(digit) for digit in part)
        if len(chosen) != len(part) or max(chosen) >= len(question.options):
            return None
        found.append(chosen)
    return found
