"""Words for honours and things to learn."""

from collections.abc import Iterator, Mapping
from typing import Any

from credit.rules.honours import HonourRefusal, HonourState, Wish, honour_kinds
from credit.rules.personal import Data, Purpose
from credit.rules.quizzes import QuizRefusal
from portal.accounts.labels import register_actions, register_reader
from portal.kernel import messages
from portal.kernel.i18n import in_words
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import Words, register

Record = Mapping[str, Any]

HONOUR_STATES: Mapping[HonourState, Words] = {
    HonourState.NOMINATED: _l("waits to be checked"),
    HonourState.ASKED: _l("the nominee is asked"),
    HonourState.GRANTED: _l("commended"),
    HonourState.DECLINED: _l("declined"),
}
WISHES: Mapping[Wish, Words] = {
    Wish.SHOWN: _l("Record it, and show it to everybody"),
    Wish.HIDDEN: _l("Record it, and show it to nobody"),
    Wish.DECLINE: _l("I decline: it is deleted, and I am not asked again this year"),
}
SAID: Mapping[Wish, Words] = {
    Wish.SHOWN: _l("shown to everybody"),
    Wish.HIDDEN: _l("shown to nobody"),
    Wish.DECLINE: _l("declined"),
}

register(HONOUR_STATES)
register(
    {
        HonourRefusal.UNKNOWN_KIND: _l("Choose what the nomination is for."),
        HonourRefusal.UNKNOWN_PLACE: _l(
            "There is no such place, or several of this name. Write its full name or its code."
        ),
        HonourRefusal.UNKNOWN_NOMINEE: _l(
            "Nobody has this number. Ask for the account number or the mobile number, or look up "
            "the code of the shop or unit."
        ),
        HonourRefusal.NOT_YOURSELF: _l("Nobody can nominate herself or himself."),
        HonourRefusal.CHILD: _l("Children under 14 cannot be nominated here."),
        HonourRefusal.TOO_MANY: _l("No more than %(most)s nominations a day. Thank you."),
        HonourRefusal.NO_WORDS: _l("Please write something here."),
        HonourRefusal.NO_CITATION: _l("Write the words that could be shown in public."),
        HonourRefusal.MOVED_ON: _l(
            "Somebody else has taken a step meanwhile. Please look at it again."
        ),
        HonourRefusal.NOT_ANSWERED: _l("The nominee has not answered yet, and still has time."),
        HonourRefusal.SAME_PERSON: _l(
            "Whoever nominated, checked or is nominated does not take this step."
        ),
        HonourRefusal.NO_NAME: _l("Write the name under which you want to be shown."),
        HonourRefusal.TOO_YOUNG: _l("Nobody under 18 is shown in public here."),
        HonourRefusal.LONG: _l("Please write no more than %(most)s characters."),
        QuizRefusal.NO_TITLE: _l("The sheet needs one title, a line that begins with #."),
        QuizRefusal.NO_TEXT: _l("The sheet needs a text to read before the first question."),
        QuizRefusal.NO_SOURCE: _l("Say where the text comes from, in a line that begins with @."),
        QuizRefusal.NO_QUESTION: _l("The sheet needs at least one question, a line with ?."),
        QuizRefusal.MANY_QUESTIONS: _l("No more than 30 questions, please."),
        QuizRefusal.BAD_OPTIONS: _l(
            "Question %(at)s needs two to nine answers that differ from each other."
        ),
        QuizRefusal.NO_RIGHT: _l("Question %(at)s has no right answer, a line that begins with *."),
        QuizRefusal.NO_WHY: _l("Question %(at)s needs an explanation (!) and its source (@)."),
        QuizRefusal.STRAY_LINE: _l("Line %(at)s does not belong where it stands."),
        QuizRefusal.LONG: _l("The sheet is too long."),
        QuizRefusal.OTHER_SHAPE: _l(
            "This sheet must have the same questions, answers and right answers as the Chinese one."
        ),
        QuizRefusal.CHANGED: _l("This has been changed meanwhile. Please look at it again."),
        QuizRefusal.BAD_DAYS: _l("The last day cannot be before the first."),
        Data.HONOUR: _l("For what you were nominated and commended, and in which words"),
        Data.PUBLIC_NAME: _l("The name under which you want to be shown as a role model"),
        Data.NOMINATION: _l("Whom you nominated as a role model, and why"),
        Purpose.HONOURS: _l("to commend role models, with their consent"),
    }
)
register_actions(
    {
        "honour:check": _l("Nomination of a role model checked"),
        "honour:reject": _l("Nomination of a role model rejected"),
        "honour:answer_paper": _l("Answer of a nominee typed in from paper"),
        "honour:grant": _l("Role model commended"),
        "quiz:write": _l("Text with questions written"),
        "quiz:publish": _l("Text with questions published"),
        "quiz:end": _l("Text with questions ended"),
    }
)
messages.register(
    {
        "credit.honour_asked": _l(
            "You were nominated as a role model (%(kind)s). Please say until %(day)s whether you "
            "accept, and whether it may be shown: %(link)s Without an answer it is shown to nobody."
        ),
        "credit.honour_granted": _l(
            "You were commended as a role model (%(kind)s). See it, hide it or decline it: %(link)s"
        ),
    }
)


def _honour(record: Record) -> Iterator[Any]:
    yield kind_words(record["kind"])
    yield str(HONOUR_STATES[HonourState(record["state"])])
    yield str(SAID[Wish(record["wish"])]) if record["wish"] else None
    yield from (record["nominated_at"], record["granted_at"])
    yield from (record["citation"], record["name"], *record["words"])


def kind_words(code: str) -> str:
    """The name of a kind of role model, one that has ended too."""
    kind = next((kind for kind in reversed(honour_kinds()) if kind.code == code), None)
    return in_words(kind.names) if kind else code


def _nomination(record: Record) -> Iterator[Any]:
    yield from (record["said_at"], record["whom"], record["words"])


register_reader("credit_honour", _l("What you were nominated and commended for"), _honour)
register_reader("credit_honour_voice", _l("Whom you nominated as a role model"), _nomination)
