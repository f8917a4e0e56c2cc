"""Surveys for tests: a draft with one question of each kind, and one that runs now."""

from datetime import date, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor
from portal.areas.models import Area
from portal.kernel.clock import city_day, now
from portal.kernel.ids import new_id, new_number
from portal.kernel.instance import instance_of
from portal.satisfaction.models import Survey, SurveyQuestion
from portal.satisfaction.rules.surveys import Answered, AskedWho, QuestionKind, SurveyKind
from portal.satisfaction.service.surveys import SurveyWish

SHEETS = 30
KINDS = tuple(QuestionKind)
CHOICES = "清洁\n停车\n绿化"
WORDS = "希望增加公共座椅。"
# the leading question, a choice, two of several, yes, words
ANSWERED = Answered(
    {1: frozenset({2}), 2: frozenset({1}), 3: frozenset({1, 3}), 4: frozenset({1})}, {5: WORDS}
)


def today(session: Session) -> date:
    """The day in the city, by the clock."""
    return city_day(now(), instance_of(session).city.zone)


def wish(place: Area, first: date, *, days: int = 10, who: AskedWho = AskedWho.ALL) -> SurveyWish:
    """What is asked in a place from a day on."""
    return SurveyWish(
        SurveyKind.CONDUCT, who, place.code, {"zh_Hans": "第四季度行风评议"},
        {"zh_Hans": "结果用于改进窗口服务，并在本页公布。"}, first, first + timedelta(days=days),
        SHEETS,
    )  # fmt: skip


def a_survey(
    session: Session, place: Area, *, first: date | None = None, days: int = 10,
    who: AskedWho = AskedWho.ALL, started: bool = True, by: Actor | None = None,
) -> Survey:  # fmt: skip
    """A survey with a question of each kind."""
    opens = first or today(session)
    row = Survey(
        id=new_id(), number=new_number(), kind=SurveyKind.CONDUCT, who=who, area_id=place.id,
        place_path=place.path, title_zh_hans="第四季度行风评议", sheets=SHEETS,
        notice_zh_hans="结果用于改进窗口服务，并在本页公布。", opens_on=opens,
        closes_on=opens + timedelta(days=days), made_at=now(),
        made_by=by.person_id if by else None, started_at=now() if started else None,
    )  # fmt: skip
    session.add(row)
    session.flush()
    choices = {QuestionKind.ONE, QuestionKind.SEVERAL}
    session.add_all(
        SurveyQuestion(
            survey_id=row.id, position=at, kind=kind, needed=at == 1,
            words_zh_hans=f"第{at}个问题",
            options_zh_hans=CHOICES if kind in choices else None,
        )
        for at, kind in enumerate(KINDS, 1)
    )  # fmt: skip
    session.flush()
    return row


def survey_things(session: Session, place: Area) -> dict[str, str]:
    """Numbers of a draft, of one that runs and of one that is over."""
    over = today(session) - timedelta(days=30)
    return {
        "survey": a_survey(session, place).number,
        "survey_draft": a_survey(session, place, started=False).number,
        "survey_over": a_survey(session, place, first=over).number,
    }


def end(session: Session, number: str) -> None:
    """Let its last day be yesterday."""
    before = today(session) - timedelta(days=1)
    statement = update(Survey).where(Survey.number == number)
    session.execute(statement.values(opens_on=before, closes_on=before))
