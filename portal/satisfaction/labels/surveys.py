"""Words for surveys: kinds, phases, refusals, what is kept, and the message that invites."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from portal.accounts.labels import register_reader
from portal.kernel import messages
from portal.kernel.i18n import in_words
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import Words, register
from portal.satisfaction.labels import LEVELS
from portal.satisfaction.rules import Level
from portal.satisfaction.rules.personal import SurveyData, SurveyPurpose
from portal.satisfaction.rules.surveys import (
    NO,
    YES,
    AskedWho,
    Phase,
    Question,
    QuestionKind,
    SurveyKind,
    SurveyRefusal,
)

KINDS: Final[Mapping[SurveyKind, Words]] = {
    SurveyKind.SATISFACTION: _l("Public satisfaction survey"),
    SurveyKind.CONDUCT: _l("Vote on conduct of service"),
}
WHO: Final[Mapping[AskedWho, Words]] = {
    AskedWho.ALL: _l("Everybody who signs in"),
    AskedWho.INVITED: _l("Only those who were drawn and invited"),
}
PHASES: Final[Mapping[Phase, Words]] = {
    Phase.DRAFT: _l("draft"),
    Phase.WAITING: _l("not open yet"),
    Phase.OPEN: _l("running now"),
    Phase.OVER: _l("over"),
}
QUESTION_KINDS: Final[Mapping[QuestionKind, Words]] = {
    QuestionKind.SATISFACTION: _l("How satisfied, in five levels"),
    QuestionKind.ONE: _l("One of several choices"),
    QuestionKind.SEVERAL: _l("Any of several choices"),
    QuestionKind.YES_NO: _l("Yes or no"),
    QuestionKind.WORDS: _l("In one’s own words"),
}
_YES_NO: Final[Mapping[int, Words]] = {YES: _l("Yes"), NO: _l("No")}

register(
    {
        SurveyRefusal.NO_PLACE: _l("You look after no place with this code."),
        SurveyRefusal.STARTED: _l(
            "This survey was started and does not change any more. Make a copy to change it."
        ),
        SurveyRefusal.DAYS: _l(
            "The last day is today or later, not before the first, and at most 92 days after it."
        ),
        SurveyRefusal.OPTIONS: _l(
            "Write two to twelve different choices, one a line, equally many in each language; "
            "other kinds of questions have none."
        ),
        SurveyRefusal.TOO_MANY_QUESTIONS: _l("A survey has %(most)s questions at most."),
        SurveyRefusal.NO_LEADING: _l("At least one question must ask how satisfied people are."),
        SurveyRefusal.SECOND_LEADING: _l(
            "One question asks how satisfied people are already. A second would be told beside the "
            "anonymised release: ask it in another way."
        ),
        SurveyRefusal.NOT_OPEN: _l("This survey is not open now."),
        SurveyRefusal.ANSWERED: _l("You have answered this survey already. Each person has one."),
        SurveyRefusal.NOT_INVITED: _l("Only those who were drawn and invited can answer this."),
        SurveyRefusal.UNANSWERED: _l("Please answer this question."),
        SurveyRefusal.NOT_OF_QUESTION: _l("This is no answer to this question."),
        SurveyRefusal.SHEET_UNKNOWN: _l("Sheets of this survey have the numbers 1 to %(most)s."),
        SurveyRefusal.SHEET_TYPED: _l("This sheet was typed already."),
        SurveyRefusal.NOBODY: _l("Nobody is left who agreed to be asked and was not invited."),
        SurveyData.ANSWERS: _l("that you answered a survey, under a key that names nobody"),
        SurveyData.VOLUNTARY: _l(
            "what you ticked about voluntary service and adopted places, under a key that names "
            "nobody"
        ),
        SurveyData.WORDS: _l("what you wrote in a survey"),
        SurveyData.AGREEMENT: _l("that surveys may ask you by message"),
        SurveyData.INVITATION: _l("that you were invited to a survey"),
        SurveyPurpose.SURVEYS: _l("for surveys of residents"),
        SurveyPurpose.OPINIONS: _l("for the published opinion of ten people and more"),
    }
)
messages.register(
    {"survey.invitation": _l("You were drawn for a survey: %(title)s. Sign in to answer: %(link)s")}
)


def option_words(question: Question, value: int) -> str:
    """What an answer to a question is called."""
    if question.kind is QuestionKind.SATISFACTION:
        return str(LEVELS[Level(value)])
    if question.kind is QuestionKind.YES_NO:
        return str(_YES_NO[value])
    lines = {language: found[value - 1] for language, found in question.options.items()}
    return in_words(lines)


def _reader(*columns: str) -> Any:
    def read(record: Mapping[str, Any]) -> Iterator[Any]:
        for column in columns:
            yield record[column]

    return read


register_reader("survey_agreement", _l("That surveys may ask you"), _reader("agreed_at"))
register_reader(
    "survey_invitation", _l("Surveys to which you were invited"), _reader("about", "invited_at")
)
register_reader(
    "survey_words", _l("What you wrote in surveys"), _reader("about", "words", "written_at")
)
register_reader("survey_rating", _l("How satisfied you were in surveys"), _reader("created_at"))
