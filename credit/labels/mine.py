"""Words for one's own entries: how they stand, what they come from, what is sealed of them."""

from collections.abc import Mapping

from credit.rules.lines import Standing, Step
from portal.kernel.i18n import gettext
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import Words

STANDINGS: Mapping[Standing, Words] = {
    Standing.COUNTS: _l("Counts"),
    Standing.USED_UP: _l("Over"),
    Standing.HELD: _l("Held"),
    Standing.HANDED_OUT: _l("Handed out"),
    Standing.FREE_AGAIN: _l("Free again"),
    Standing.ANNOUNCED: _l("Announced, not in effect"),
    Standing.IN_EFFECT: _l("In effect"),
    Standing.REPAIRED: _l("Over, counts no more"),
    Standing.VOIDED: _l("Voided, never counted"),
    Standing.LAPSED: _l("Lapsed, never counted"),
}
# shape and colour of ui/status.html
STANDING_SHAPES: Mapping[Standing, str] = {
    Standing.COUNTS: "done",
    Standing.HELD: "waiting",
    Standing.HANDED_OUT: "done",
    Standing.ANNOUNCED: "waiting",
    Standing.IN_EFFECT: "active",
}
STEPS: Mapping[Step, Words] = {
    Step.COLLECT: _l("Collect what you chose, or take the points back"),
    Step.OBJECT: _l("Object: say why it is wrong"),
    Step.OBJECT_OR_REPAIR: _l("Object, or put it right by a service"),
    Step.REPAIR: _l("Put it right by a service"),
    Step.FOLLOW: _l("See what became of your objection"),
}
# what an entry comes from, by the word before the colon of its source
_SOURCES: Mapping[str, Words] = {
    "basis": _l("Convention that you signed"),
    "benefit": _l("Benefit"),
    "case": _l("Report"),
    "consent": _l("Your consent"),
    "entry": _l("An earlier entry"),
    "erasure": _l("An erasure"),
    "honour": _l("Commendation"),
    "matter": _l("Deduction"),
    "patrol": _l("Patrol"),
    "plot": _l("Care of a plot"),
    "proposal": _l("Proposal of a deduction"),
    "quiz": _l("Quiz"),
    "redemption": _l("Benefit"),
    "rule": _l("Rule"),
    "shift": _l("Volunteer shift"),
}
_OPAQUE = 16
CONSENTS: Mapping[str, Words] = {
    "given": _l("You agreed to points"),
    "ended": _l("You ended your consent"),
}
# a yes to one convention is another one, given and ended apart (L2, L5)
BASIS_CONSENTS: Mapping[str, Words] = {
    "given": _l("You agreed to be held to a convention"),
    "ended": _l("You ended your yes to a convention"),
}


def source_in_words(source: str) -> str:
    """What an entry comes from; its number too, where a person could know it."""
    kind, _, number = source.partition(":")
    words = str(_SOURCES.get(kind) or gettext("Something that was told to the ledger"))
    return f"{words} {number}" if number and len(number) <= _OPAQUE else words


LEAF_FIELDS: Mapping[str, tuple[Words, Words]] = {
    "form": (_l("Form"), _l("A transfer has an amount. A statement only says something.")),
    "id": (_l("Name of the entry"), _l("Made by chance and time. It leads to nobody.")),
    "kind": (_l("Kind"), _l("What happened, as a word that programs read.")),
    "unit": (_l("Unit"), _l("Points, or the self-discipline record. The two never mix.")),
    "amount": (_l("Amount"), _l("How much was moved or held.")),
    "debit": (_l("From account"), _l("Who gave: a number without a name.")),
    "credit": (_l("To account"), _l("Who received: a number without a name.")),
    "rule": (_l("Rule"), _l("The rule and its version, as published.")),
    "of": (_l("About entry"), _l("The earlier entry that this one ends or corrects.")),
    "source": (
        _l("Fingerprint of its source"),
        _l("Shows that one deed counts once. Nobody can read the deed from it."),
    ),
    "hash": (_l("Fingerprint of what was said"), _l("Whoever has the words can compare.")),
    "salt": (_l("Chance"), _l("Keeps strangers from guessing the entry.")),
    "commitment": (
        _l("Fingerprint of the details"),
        _l("Whoever has the details and their key can check them. Once erased, nobody can."),
    ),
    "posted_at": (_l("Moment"), _l("When it was written down, in world time (UTC).")),
    "at": (_l("Moment"), _l("When it was written down, in world time (UTC).")),
    "v": (_l("Version of the form"), _l("So that old entries stay readable.")),
}
