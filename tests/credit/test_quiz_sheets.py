"""Sheets of things to learn as they are typed, and how answers are graded."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import credit
from credit.rules.quizzes import (
    LANGUAGES,
    BadSheet,
    BadSheets,
    Question,
    QuizRefusal,
    Sheet,
    grade,
    read_answers,
    read_sheet,
    read_sheets,
    write_answers,
    write_sheet,
)
from tests.make.quizzes import ENGLISH, RIGHT, SHEET, WRONG

SHIPPED = sorted((Path(credit.__file__).parent / "data/quizzes").iterdir())

line = st.text(st.characters(codec="utf-8", categories=("L", "N")), min_size=1, max_size=12)


@st.composite
def questions(draw: st.DrawFn) -> Question:
    options = draw(st.lists(line, min_size=2, max_size=9, unique=True))
    right = draw(st.sets(st.integers(0, len(options) - 1), min_size=1))
    return Question(draw(line), tuple(options), frozenset(right), draw(line), draw(line))


sheets = st.builds(
    Sheet,
    title=line,
    text=st.lists(line, min_size=1, max_size=4).map(tuple),
    source=line,
    questions=st.lists(questions(), min_size=1, max_size=6).map(tuple),
)


@given(sheets)
def test_what_is_written_is_read_again(sheet: Sheet) -> None:
    assert read_sheet(write_sheet(sheet)) == sheet


@given(
    st.text(max_size=300)
    | st.lists(st.sampled_from(["# a", "b", "@ c", "? d", "* e", "- f", "! g", ""])).map("\n".join)
)
def test_whatever_is_typed_is_a_sheet_or_says_what_is_wrong(typed: str) -> None:
    with suppress(BadSheet):
        sheet = read_sheet(typed)
        assert read_sheet(write_sheet(sheet)) == sheet


@given(sheets, st.data())
def test_a_question_is_right_when_exactly_its_right_answers_are_chosen(
    sheet: Sheet, data: st.DataObject
) -> None:
    answers = [
        data.draw(st.frozensets(st.integers(0, len(q.options) - 1), min_size=1))
        for q in sheet.questions
    ]
    assert read_answers(write_answers(answers), sheet) == answers
    graded = grade(sheet, answers)
    assert graded.count == sum(q.right == a for q, a in zip(sheet.questions, answers, strict=True))
    best = grade(sheet, [question.right for question in sheet.questions])
    assert best.passed
    assert graded.passed == (graded.count * 100 >= 80 * len(sheet.questions))


@pytest.mark.parametrize(
    ("code", "at", "old", "new"),
    [
        (QuizRefusal.NO_TITLE, 0, "# 垃圾分类", ""),
        (QuizRefusal.NO_TITLE, 0, "# 垃圾分类", f"# {'长' * 81}"),
        (QuizRefusal.NO_TEXT, 0, "生活垃圾分四类。", ""),
        (QuizRefusal.NO_SOURCE, 0, "@ 国家标准\n\n?", "\n\n?"),
        (QuizRefusal.BAD_OPTIONS, 1, "- 可回收物\n", ""),
        (QuizRefusal.BAD_OPTIONS, 1, "可回收物", "厨余垃圾"),
        (QuizRefusal.NO_RIGHT, 1, "* 厨余垃圾", "- 厨余垃圾"),
        (QuizRefusal.NO_WHY, 2, "! 药品和灯管有害。\n", ""),
        (QuizRefusal.NO_WHY, 2, "@ 国家标准第四条", ""),
        (QuizRefusal.STRAY_LINE, 2, "生活垃圾分四类。", "* 早了"),
        (QuizRefusal.STRAY_LINE, 6, "- 可回收物", "可回收物"),
        (QuizRefusal.LONG, 0, "生活垃圾分四类。", "长" * 20_001),
    ],
)
def test_what_is_no_sheet(code: QuizRefusal, at: int, old: str, new: str) -> None:
    assert old in SHEET
    with pytest.raises(BadSheet) as bad:
        read_sheet(SHEET.replace(old, new, 1))
    assert (bad.value.code, bad.value.at) == (code, at)


def test_a_sheet_without_a_question_teaches_but_asks_nothing() -> None:
    with pytest.raises(BadSheet) as bad:
        read_sheet(SHEET.partition("?")[0])
    assert bad.value.code is QuizRefusal.NO_QUESTION
    many = SHEET + "\n? 好吗？\n* 好\n- 不好\n! 好。\n@ 无\n" * 29
    with pytest.raises(BadSheet) as bad:
        read_sheet(many)
    assert bad.value.code is QuizRefusal.MANY_QUESTIONS


def test_every_language_asks_the_same_and_the_chinese_sheet_is_never_missing() -> None:
    assert set(read_sheets({"zh_Hans": SHEET, "en": ENGLISH})) == {"zh_Hans", "en"}
    no_right, other = ENGLISH.replace("* Kitchen", "- Kitchen"), ENGLISH.replace("- Recy", "* Recy")
    for typed, language, code in (
        ({"en": ENGLISH}, "zh_Hans", QuizRefusal.NO_TITLE),
        ({"zh_Hans": SHEET, "en": no_right}, "en", QuizRefusal.NO_RIGHT),
        ({"zh_Hans": SHEET, "en": other}, "en", QuizRefusal.OTHER_SHAPE),
    ):
        with pytest.raises(BadSheets) as bad:
            read_sheets(typed)
        assert (bad.value.language, bad.value.why.code) == (language, code)


@pytest.mark.parametrize("text", ["", "1", "1.0.2", "1.9", "1.00", "x.y", "1.", "1.②", ".."])
def test_what_are_no_answers(text: str) -> None:
    assert read_answers(text, read_sheet(SHEET)) is None


def test_answers_travel_in_an_address() -> None:
    sheet = read_sheet(SHEET)
    assert write_answers(RIGHT) == "1.02"
    assert read_answers("1.02", sheet) == RIGHT
    assert grade(sheet, WRONG).right == (False, True)
    assert not grade(sheet, WRONG).passed
    assert grade(sheet, WRONG, 50).passed
    assert grade(sheet, []).count == 0


@pytest.mark.parametrize("folder", SHIPPED, ids=lambda folder: folder.name)
def test_what_is_shipped_asks_five_questions_or_more_in_three_languages(folder: Path) -> None:
    typed = {code: (folder / f"{code}.txt").read_text("utf-8") for code in LANGUAGES}
    found = read_sheets(typed)
    assert set(found) == set(LANGUAGES)
    for sheet in found.values():
        assert len(sheet.questions) >= 5
        # whoever ticks everything, or always the first, has not passed
        assert not grade(sheet, [frozenset(range(len(q.options))) for q in sheet.questions]).passed
        assert not grade(sheet, [frozenset({0}) for _ in sheet.questions]).passed
