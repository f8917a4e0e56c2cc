"""Words for where a round stands, what moves it, and what the check of words finds."""

from collections.abc import Mapping
from typing import Final

from portal.conventions.rules.checking import Finding
from portal.conventions.rules.way import Move, RoundState
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import Words

STATES: Final[Mapping[RoundState, Words]] = {
    RoundState.STUDY: _l("The Party organisation studies it"),
    RoundState.WISHES: _l("Wishes are being collected"),
    RoundState.DRAFT: _l("The draft is being written"),
    RoundState.DISCUSSION: _l("Under discussion"),
    RoundState.REVIEW: _l("The street is reviewing it"),
    RoundState.VOTE: _l("Put to the vote"),
    RoundState.FILING: _l("Adopted, to be filed"),
    RoundState.PUBLICATION: _l("Adopted, to be published"),
    RoundState.PUBLISHED: _l("Published"),
    RoundState.GIVEN_UP: _l("Given up"),
}
MOVES: Final[Mapping[Move, Words]] = {
    Move.START: _l("Begun"),
    Move.GO_ON: _l("Go on to the next step"),
    Move.BACK: _l("Back to the draft"),
    Move.RETURN: _l("Return it to be changed"),
    Move.APPROVE: _l("Nothing speaks against it"),
    Move.ADOPT: _l("Adopted by the vote"),
    Move.REJECT: _l("Not adopted by the vote"),
    Move.FILE: _l("Filed for record"),
    Move.PUBLISH: _l("Publish it"),
    Move.GIVE_UP: _l("Give it up"),
}
FINDINGS: Final[Mapping[Finding, Words]] = {
    Finding.FINE: _l("a fine or a payment as a penalty: only the law may do that"),
    Finding.FORCE: _l("force, or cutting off water, power or gas"),
    Finding.SHAME: _l("naming or shaming somebody in public"),
    Finding.RIGHTS: _l("taking away rights that the law gives"),
    Finding.UNEQUAL: _l("treating somebody worse for who they are"),
}
