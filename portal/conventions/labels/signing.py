"""Words for signing a convention."""

from collections.abc import Mapping
from typing import Any, Final

from portal.accounts.labels import register_actions
from portal.conventions.labels.votes import FLAWS
from portal.conventions.rules.roll import RollProblem
from portal.conventions.rules.signing import ContestAct, SheetProblem, Signer, SignRefusal
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import Words, register

SIGNERS: Final[Mapping[Signer, Words]] = {
    Signer.PERSON: _l("For myself"),
    Signer.HOUSEHOLD: _l("For my household"),
    Signer.UNIT: _l("For a unit for which I speak"),
}
SETTLED: Final[Mapping[ContestAct, Words]] = {
    ContestAct.HIDE: _l("name hidden"),
    ContestAct.WITHDRAW: _l("signature ended"),
}
# what one reads of a signature of one's own
SIGNED_AS: Final[Mapping[Signer, Words]] = {
    Signer.PERSON: _l("Signed for yourself"),
    Signer.HOUSEHOLD: _l("Signed for your household"),
    Signer.UNIT: _l("Signed for a unit"),
}
CONTEST_ACTS: Final[Mapping[ContestAct, Words]] = {
    ContestAct.HIDE: _l("Only hide the name"),
    ContestAct.WITHDRAW: _l("End the signature"),
    ContestAct.ALLOW: _l("Let it be given, or its name be shown, again"),
}
_SHEET: Final[Mapping[SheetProblem, Words]] = {
    SheetProblem.SIGNED: _l("this line has signed already"),
}
register(
    {
        **SIGNERS,
        **_SHEET,
        SignRefusal.SIGNED: _l("You have signed this already. Once is enough."),
        SignRefusal.HOUSEHOLD_SIGNED: _l(
            "For this door somebody has signed already; one signature a household counts. If it "
            "was nobody of yours, please tell the committee. You can sign for yourself in any case."
        ),
        SignRefusal.UNIT_SIGNED: _l("For this unit somebody has signed already."),
        SignRefusal.NO_DOOR: _l("Please write your building and door."),
        SignRefusal.NO_NAME: _l("Please write the name."),
        SignRefusal.NO_UNIT: _l("Choose a unit for which you speak."),
        SignRefusal.TOO_MANY: _l("These were many tries today. Please go on tomorrow."),
        SignRefusal.NEWER: _l("A newer version was published. Please read and sign that one."),
        SignRefusal.ENDED: _l("This convention has ended. It is not signed any more."),
        SignRefusal.ENDS: _l(
            "A vote decided that this convention ends on %(day)s. It counts until then and is not "
            "signed any more."
        ),
        SignRefusal.CONTESTED: _l(
            "The committee ended a signature that you gave in this way, because it was contested. "
            "Another of your household or unit can sign, or you on paper with the committee; on "
            "the screen you can again when the committee lets you."
        ),
        SignRefusal.NAME_HIDDEN: _l(
            "The committee hid a name of yours under this convention, or ended a signature. A name "
            "is shown again when the committee lets you; your signature needs none."
        ),
        SignRefusal.NOT_SETTLED: _l("Choose the signature that may be given or named again."),
        SignRefusal.OWN: _l("This is your own. Please leave it to a colleague."),
        SignRefusal.WITHDRAWN: _l("This signature was taken back already."),
        SignRefusal.NO_PHOTO: _l("Please add a photo of the sheet."),
        SignRefusal.NOT_SIGNED: _l(
            "Only whoever has signed for herself can agree to this. A signature of your household "
            "does not count for you."
        ),
        SignRefusal.ALREADY_BASIS: _l("This version is on the list already."),
        **CONTEST_ACTS,
        SignRefusal.ONE_OF_THEM: _l("Give one of them: a door, a unit or a name that is shown."),
        SignRefusal.NO_REASON: _l("Please write why."),
        SignRefusal.NOT_FOUND: _l(
            "No signature on the screen stands under this version for that. Lines from paper are "
            "taken back in their list."
        ),
        SignRefusal.NOT_NAMED: _l("No name is shown under this signature."),
    }
)
register_actions(
    {
        "convention:undo_paper": _l("Signatures on paper taken back"),
        "convention:type_sheet": _l("A sheet of signatures typed in"),
        "convention:signed_lines": _l("Told which lines of a sheet had signed already"),
        "convention:hide_name": _l("Name under a signature hidden"),
        "convention:end_signature": _l("Contested signature ended"),
        "convention:allow_again": _l("Contested signature or name allowed again"),
        "convention:contest_tried": _l("Looked in vain for the signature of a door or unit"),
    }
)


def flaw_in_words(code: RollProblem | SheetProblem, facts: Mapping[str, Any]) -> str:
    """What is wrong with a line of a sheet."""
    words = _SHEET[code] if isinstance(code, SheetProblem) else FLAWS[code]
    return str(words) % facts
