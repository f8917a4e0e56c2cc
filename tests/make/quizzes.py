"""Things to learn, for tests."""

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from credit.queries.quizzes import quiz_versions
from credit.service.quizzes import QuizWish, publish_quiz, write_quiz
from portal.accounts.rules import Actor, Grant, Permission
from portal.kernel.ids import new_id
from tests.make.credit import NOW

SHEET = """# 垃圾分类
生活垃圾分四类。
@ 国家标准

? 剩饭剩菜是什么垃圾？
- 可回收物
* 厨余垃圾
! 剩饭剩菜是厨余垃圾。
@ 国家标准第三条

? 哪些是有害垃圾？
* 过期药品
- 旧报纸
* 废灯管
! 药品和灯管有害。
@ 国家标准第四条
"""
ENGLISH = """# Sorting waste
Household waste has four kinds.
@ National standard

? What is left-over food?
- Recyclable
* Kitchen waste
! Left-over food is kitchen waste.
@ National standard, part 3

? What is hazardous?
* Expired medicine
- Old newspapers
* Old tubes
! Medicine and tubes are hazardous.
@ National standard, part 4
"""
RIGHT = [frozenset({1}), frozenset({0, 2})]
WRONG = [frozenset({0}), frozenset({0, 2})]
WRITER = Actor(person_id=new_id(), grants=frozenset({Grant(Permission.QUIZ_MANAGE)}))


def wish(**changes: Any) -> QuizWish:
    given: dict[str, Any] = {
        "typed": {"zh_Hans": SHEET, "en": ENGLISH}, "valid_from": date(2026, 1, 1),
    }  # fmt: skip
    return QuizWish(**{**given, **changes})


def published(session: Session, *, now: Any = NOW, **changes: Any) -> str:
    """Something to learn that is published; its number."""
    number = write_quiz(session, WRITER, wish(**changes), now=now)
    publish_quiz(session, WRITER, number, seen(session, number), now=now)
    return number


def seen(session: Session, number: str) -> tuple[int, int]:
    newest = quiz_versions(session, number)[0]
    return newest.version, newest.revision
