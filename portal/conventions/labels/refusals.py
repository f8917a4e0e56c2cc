"""Words for what conventions refuse."""

from portal.conventions.rules.talk import TalkRefusal
from portal.conventions.rules.texts import TextRefusal
from portal.conventions.rules.way import WayRefusal
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import register

register(
    {
        WayRefusal.MOVED_ON: _l("Meanwhile this has moved on. Please look at where it stands."),
        WayRefusal.NO_SUCH_MOVE: _l("This step is not open now."),
        WayRefusal.TIME_RUNS: _l("People still have time until %(day)s. It can go on after that."),
        WayRefusal.NO_CLAUSE: _l("There is no clause yet. Please write one first."),
        WayRefusal.OPEN_COMMENTS: _l("There are comments without an answer."),
        WayRefusal.WORDS_FLAGGED: _l(
            "Some words may not stand in a convention. Please change them, or let them stand with "
            "a reason: %(clauses)s"
        ),
        WayRefusal.NOTES: _l(
            "A note of the street says that the law forbids something. Please return the text."
        ),
        WayRefusal.NO_REASON: _l("Please give a reason; everybody can read it."),
        WayRefusal.NO_PLACE: _l("This place is not known, or lies outside of yours."),
        TextRefusal.GONE: _l("The text was changed meanwhile. Please look at it again."),
        TextRefusal.TOO_MANY: _l("A convention has at most %(most)s clauses."),
        TextRefusal.EMPTY: _l(
            "There is no text in it. A scanned picture has none: please type it, or copy the text."
        ),
        TextRefusal.NOT_NOW: _l("The text is not written at this step."),
        TextRefusal.SETTLED: _l("This was already put together."),
        TalkRefusal.CLOSED: _l("No wishes are being collected here now."),
        TalkRefusal.TOO_MANY: _l(
            "You have sent %(most)s already. Please take one back first, or tell the committee."
        ),
        TalkRefusal.DECIDED: _l("This was already decided."),
        TalkRefusal.NO_REASON: _l("Please say why it is not shown; whoever wrote it reads this."),
        TalkRefusal.OWN: _l("This is your own. Please leave it to a colleague."),
        TalkRefusal.NOT_DISCUSSED: _l("This text is not under discussion now."),
        TalkRefusal.NO_PROPOSAL: _l(
            "Other words can be proposed for one clause only. Please choose the clause, or write "
            "them into the comment."
        ),
        TalkRefusal.CLAUSE_GONE: _l(
            "This clause was taken out meanwhile. Please choose another, or the whole text."
        ),
        TalkRefusal.NOTHING_CHOSEN: _l("Please choose what you answer to."),
    }
)
