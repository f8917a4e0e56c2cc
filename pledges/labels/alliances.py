"""Words for alliances of shops and their elections."""

from collections.abc import Mapping
from typing import Final

from pledges.rules.alliances import AllianceRefusal, HelpState, LinkKind
from pledges.rules.elections import (
    FEWEST,
    LONGEST_POLL,
    LONGEST_TERM,
    SHORTEST_POLL,
    SHORTEST_TERM,
    ElectionKind,
    ElectionRefusal,
    Outcome,
    Phase,
)
from portal.kernel import messages
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import Words, register

LINK_KINDS: Final[Mapping[LinkKind, Words]] = {
    LinkKind.WECHAT: _l("WeChat"),
    LinkKind.QQ: _l("QQ"),
    LinkKind.OTHER: _l("another program, by the number of the group"),
}
HELP_STATES: Final[Mapping[HelpState, Words]] = {
    HelpState.OPEN: _l("nobody has answered yet"),
    HelpState.ANSWERED: _l("somebody has answered"),
    HelpState.CLOSED: _l("done"),
}
ELECTION_KINDS: Final[Mapping[ElectionKind, Words]] = {
    ElectionKind.HEAD: _l("Election of the head"),
    ElectionKind.RECALL: _l("Vote on recalling the head"),
}
PHASES: Final[Mapping[Phase, Words]] = {
    Phase.CANDIDATES: _l("candidates are sought"),
    Phase.POLL: _l("votes are taken"),
    Phase.COUNTING: _l("votes are being counted"),
    Phase.OVER: _l("over"),
}
OUTCOMES: Final[Mapping[Outcome, Words]] = {
    Outcome.ELECTED: _l("A head was elected."),
    Outcome.NOBODY: _l("Nobody was elected: no candidate had more votes than “nobody”."),
    Outcome.TOO_FEW: _l("Too few voted. So few votes would show who voted how."),
    Outcome.RECALLED: _l("The head was recalled by more than half of all members."),
    Outcome.KEPT: _l("The head goes on: less than half of all members wanted the recall."),
    Outcome.CALLED_OFF: _l("The street called it off. The votes were deleted uncounted."),
}

register(
    {
        AllianceRefusal.ENDED: _l("This alliance has ended."),
        AllianceRefusal.NO_PLACE: _l("No place of yours has this name or code."),
        AllianceRefusal.NO_NAME: _l("Write what the alliance is called."),
        AllianceRefusal.ELSEWHERE: _l("This shop does not lie where the alliance is."),
        AllianceRefusal.JOINED: _l("This shop belongs to the alliance already."),
        AllianceRefusal.NO_LINK: _l(
            "This is neither a link to a group of this program (https://…) nor the number of a "
            "group. Telephone numbers of people are not taken."
        ),
        AllianceRefusal.NO_WORDS: _l("Please write something."),
        AllianceRefusal.OWN_HELP: _l("This is your own request."),
        AllianceRefusal.HELP_CLOSED: _l("This is done already."),
        AllianceRefusal.NO_DRAFT: _l("There is no draft to publish."),
        AllianceRefusal.SAME_TEXT: _l("The draft says the same as the version in force."),
        AllianceRefusal.TEXT_CHANGED: _l(
            "There is a newer version of the covenant. Please read it first."
        ),
        AllianceRefusal.SIGNED: _l("This shop has signed already."),
        AllianceRefusal.NO_SIGNATURE: _l("Type your name to sign."),
        AllianceRefusal.NOTICES_A_DAY: _l(
            "An alliance sends at most %(most)s notices a day. Please send the rest tomorrow."
        ),
        ElectionRefusal.RUNNING: _l("An election is running already."),
        ElectionRefusal.FEW_MEMBERS: _l(
            "An alliance with fewer than %(few)s shops cannot vote in secret.", few=FEWEST
        ),
        ElectionRefusal.LEADS: _l(
            "Somebody leads the alliance now. You can call a vote on recalling the head."
        ),
        ElectionRefusal.NO_HEAD: _l("Nobody leads the alliance now."),
        ElectionRefusal.POLL_DAYS: _l(
            "Votes are taken for %(least)s to %(most)s days.",
            least=SHORTEST_POLL.days, most=LONGEST_POLL.days,
        ),
        ElectionRefusal.TERM: _l(
            "A term has %(least)s to %(most)s days.", least=SHORTEST_TERM, most=LONGEST_TERM
        ),
        ElectionRefusal.NOT_NOW: _l("The election has moved on. Please look at where it stands."),
        ElectionRefusal.VOTED: _l("This shop has voted already. A vote cannot be changed."),
        ElectionRefusal.NOT_ON_ROLL: _l("This shop joined after the election was called."),
        ElectionRefusal.NO_CHOICE: _l("Choose one of the candidates, or nobody."),
        ElectionRefusal.PROPOSED: _l("This shop is proposed already."),
    }
)  # fmt: skip
messages.register(
    {
        "alliance.notice": _l(
            "%(name)s: there is a new notice. What it says, and how to stop these messages: "
            "%(link)s"
        ),
    }
)
