"""Words for votes: where they stand, what is chosen, what comes of them, what is refused."""

from collections.abc import Mapping
from typing import Final

from portal.accounts.labels import register_actions
from portal.conventions.rules.counting import Choice, Outcome
from portal.conventions.rules.roll import RollProblem
from portal.conventions.rules.votes import LineAct, VoteRefusal, VoteState, VoteWay
from portal.kernel import messages
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import Words, register

PHASES: Final[Mapping[VoteState, Words]] = {
    VoteState.CALLED: _l("Announced"),
    VoteState.OPEN: _l("People are voting"),
    VoteState.CLOSED: _l("Over, being counted"),
    VoteState.DECIDED: _l("Decided"),
    VoteState.VOID: _l("Taken back"),
}
WAYS: Final[Mapping[VoteWay, Words]] = {
    VoteWay.ASSEMBLY: _l("at an assembly"),
    VoteWay.WRITTEN: _l("in writing"),
}
CHOICES: Final[Mapping[Choice, Words]] = {
    Choice.YES: _l("For"),
    Choice.NO: _l("Against"),
    Choice.ABSTAIN: _l("Abstention"),
    Choice.SPOILT: _l("Spoilt paper"),
}
LINE_ACTS: Final[Mapping[LineAct, Words]] = {
    LineAct.PAPER: _l("She got a paper, or her envelope was opened"),
    LineAct.NO_PAPER: _l("The paper was noted on the wrong line: take it back"),
    LineAct.KEEP_MARK: _l("Withdraw your request: the mark stands"),
    LineAct.STRIKE: _l("Strike her off the roll"),
}
OUTCOMES: Final[Mapping[Outcome, Words]] = {
    Outcome.CARRIED: _l("The text is adopted."),
    Outcome.NO_QUORUM: _l("The text is not adopted: too few took part."),
    Outcome.NO_MAJORITY: _l("The text is not adopted: too few were for it."),
}
FLAWS: Final[Mapping[RollProblem, Words]] = {
    RollProblem.SPOILED: _l("a cell cannot be read, or there are too many"),
    RollProblem.NO_NAME: _l("the name is missing"),
    RollProblem.LONG: _l("the name or the door is too long"),
    RollProblem.NO_DOOR: _l("the door is missing: each household has one voice"),
    RollProblem.DOOR_TWICE: _l("this household stands on line %(first)s already"),
    RollProblem.AREA: _l("the floor space is missing, or is no number of square metres like 89.5"),
    RollProblem.PHONE: _l("this is not a mobile number"),
    RollProblem.PHONE_TWICE: _l("this telephone stands on line %(first)s already"),
    RollProblem.TWICE: _l("this name and door stand on line %(first)s already"),
}
register(
    {
        **FLAWS,
        RollProblem.EMPTY: _l("Please type the electors, or choose a file of them."),
        RollProblem.TOO_LARGE: _l("A roll has at most %(most)s lines."),
        RollProblem.UNREADABLE: _l(
            "This file is neither a CSV nor an XLSX table we can read. A PDF or Word file is none: "
            "please save the table as XLSX, or type or paste its lines."
        ),
        RollProblem.BOTH: _l("Please type the electors or choose a file, not both."),
        RollProblem.NO_COLUMN: _l("The first row has no column of names."),
        RollProblem.BAD_LINES: _l("Some lines are wrong; they stand below. Nothing was taken in."),
        VoteRefusal.NOT_NOW: _l("This is not open at this step of the vote."),
        VoteRefusal.RUNNING: _l("A vote on this text is under way already."),
        VoteRefusal.ELECTORATE: _l("This kind of convention has no such electorate."),
        VoteRefusal.TOO_SOON: _l("It must be announced at least %(days)s days before it begins."),
        VoteRefusal.TIMES: _l("A vote ends after it begins, and within 60 days."),
        VoteRefusal.TOO_FEW: _l(
            "A secret vote needs at least %(least)s electors: of fewer, each would know what the "
            "others chose."
        ),
        VoteRefusal.NOT_ON_ROLL: _l(
            "You are not on the roll of this vote with this account. If you should be, please ask "
            "the committee; you can vote on paper if you are on it."
        ),
        VoteRefusal.NOT_OPEN_YET: _l("The vote has not begun yet."),
        VoteRefusal.LATE: _l("The vote is over. No ballot is taken any more."),
        VoteRefusal.STRUCK: _l("Struck off the roll: %(why)s"),
        VoteRefusal.VOTED: _l("A vote was cast here already. It stands."),
        VoteRefusal.PAPER_GIVEN: _l("The paper vote is noted here. It stands."),
        VoteRefusal.NOT_MARKED: _l("No paper is noted here."),
        VoteRefusal.UNMARK_ASKED: _l(
            "You asked for this already. After the close a second person must do the same."
        ),
        VoteRefusal.NOT_ASKED: _l("You have no request on this line any more."),
        VoteRefusal.NO_REASON: _l("Please give a reason."),
        VoteRefusal.SECRET_ONLY: _l(
            "This vote is secret: only whole boxes of papers are counted and typed."
        ),
        VoteRefusal.OPEN_ONLY: _l("This vote is open: each paper is typed by itself."),
        VoteRefusal.BOX_FULL: _l("This was typed by two people already, or is settled."),
        VoteRefusal.SAME_PERSON: _l("You counted this yourself. Please leave it to somebody else."),
        VoteRefusal.NO_PHOTO: _l("There is no photo of this count to compare it with."),
        VoteRefusal.BOX_CHANGED: _l(
            "This count was changed meanwhile. Please compare it with its photo again."
        ),
        VoteRefusal.UNSETTLED: _l("Not settled yet, typed once or differently: %(which)s"),
        VoteRefusal.MORE_PAPERS: _l(
            "There are %(papers)s papers, but only %(given)s people were crossed off for one. "
            "Please look for the mistake; if there is none to be found, the street takes the vote "
            "back."
        ),
        VoteRefusal.WOMEN: _l("Please say how many women took part, as the minutes have it."),
        VoteRefusal.WOMEN_TOO_MANY: _l("At most %(most)s took part."),
        VoteRefusal.NOTHING_CHOSEN: _l("Please choose one."),
        VoteRefusal.STILL_OPEN: _l("The vote is not over yet."),
    }
)
register_actions(
    {
        "vote:call": _l("called a vote"),
        "vote:void": _l("took a vote back"),
        "vote:decide": _l("counted a vote"),
        "vote:unmark": _l("took back that a paper was noted"),
        "vote:ask_unmark": _l("asked to take back that a paper was noted"),
        "vote:keep_mark": _l("withdrew a request to take a paper's mark back"),
        "vote:strike_off": _l("struck somebody off a roll"),
    }
)
messages.register(
    {"vote.called": _l("You have a vote on “%(title)s”. When and how, you read here: %(link)s")}
)
