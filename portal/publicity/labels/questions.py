"""Words of public questions, of what is kept of them, and of the messages about them."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from portal.accounts.labels import register_reader
from portal.kernel import messages
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import Words, register
from portal.publicity.rules.questions import (
    HiddenWhy,
    QuestionRefusal,
    QuestionState,
    Standing,
)
from portal.publicity.rules.questions_personal import QuestionData, QuestionPurpose

QUESTION_STATES: Final[Mapping[str, Words]] = {
    QuestionState.WAITING: _l("is being checked"),
    QuestionState.SHOWN: _l("can be read by everybody"),
    QuestionState.HIDDEN: _l("not published"),
    QuestionState.TAKEN_BACK: _l("taken back"),
}
STANDINGS: Final[Mapping[Standing, Words]] = {
    Standing.OPEN: _l("waits for the answer of the unit"),
    Standing.LATE: _l("the answer is late"),
    Standing.ANSWERED: _l("answered"),
}
HIDDEN_WHY: Final[Mapping[HiddenWhy, Words]] = {
    HiddenWhy.REPORT: _l("It is a problem in a place. Please report it: then somebody goes there."),
    HiddenWhy.OTHER_UNIT: _l("Another unit is responsible. Please ask that one."),
    HiddenWhy.PERSON: _l("It names a person or leads to one."),
    HiddenWhy.INSULT: _l("It insults somebody."),
    HiddenWhy.ASKED_ALREADY: _l("The same was asked and answered already."),
    HiddenWhy.NO_QUESTION: _l("It asks nothing that a unit could answer."),
    HiddenWhy.OTHER: _l("Another reason, which is given in words"),
}

register(
    {
        QuestionRefusal.NO_UNIT: _l("Choose the unit that you ask."),
        QuestionRefusal.NO_PLACE: _l("No such place is known. Please look at its name or code."),
        QuestionRefusal.NO_CAPACITY: _l("You do not hold this role now."),
        QuestionRefusal.TOO_MANY: _l(
            "%(most)s questions of yours are open. Please wait for an answer, or take one back."
        ),
        QuestionRefusal.NO_REASON: _l("Please give a reason."),
        QuestionRefusal.OWN: _l("This is your own question. Somebody else decides."),
        QuestionRefusal.DECIDED: _l("Meanwhile this was decided. Please look at it again."),
        QuestionRefusal.OWN_UNIT: _l(
            "Your own unit is asked: somebody of another one decides whether others read it."
        ),
        QuestionRefusal.SAME_PERSON: _l(
            "An appeal is decided by somebody who has not decided before."
        ),
        QuestionRefusal.NO_APPEAL: _l("An appeal is not open here, or its time is over."),
        QuestionRefusal.NOT_OPEN: _l("This question is answered already."),
        QuestionRefusal.NO_ANSWER: _l("There is no answer yet."),
        QuestionRefusal.SAID_ALREADY: _l("You have said this already."),
        QuestionData.ASKED: _l("what you asked a unit in public, and your appeal"),
        QuestionPurpose.ANSWER: _l("so that the unit can answer, without your name"),
    }
)

messages.register(
    {
        "question.shown": _l("Your question %(number)s is published: %(link)s"),
        "question.hidden": _l(
            "Your question %(number)s is not published. Why, and how to appeal: %(link)s"
        ),
        "question.reheard": _l("Your appeal for question %(number)s is decided: %(link)s"),
        "question.answered": _l(
            "Your question %(number)s is answered. Say whether that answers it: %(link)s"
        ),
    }
)


def _read(record: Mapping[str, Any]) -> Iterator[Any]:
    yield record["about"]
    yield record["words"]
    yield record["asked_at"]
    yield str(QUESTION_STATES[record["state"]])
    for column in ("hidden_words", "appeal", "reheard_words", "answer"):
        yield record[column]


register_reader("question", _l("Your questions to units"), _read)
