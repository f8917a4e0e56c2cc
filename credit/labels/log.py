"""Words for the sealed log: an old checkpoint compared, a witness's signature handed in."""

from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_skeleton

from credit.rules.compare import CompareFault, Finding, Signed
from credit.rules.witness import CosignAnswer
from portal.kernel.clock import local
from portal.kernel.i18n import current_language
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import Words, register

FINDINGS: Mapping[Finding, Words] = {
    Finding.SAME: _l("Yes. It is today’s checkpoint."),
    Finding.CONTAINED: _l("Yes. Today’s ledger contains it unchanged."),
    Finding.DIFFERENT: _l("No. Today’s ledger does not contain it."),
    Finding.LARGER: _l("No. It speaks of more entries than the ledger has today."),
    Finding.EARLIER_LOG: _l("It belongs to an earlier ledger of ours, which has ended."),
    Finding.OTHER_LOG: _l("It is not a checkpoint of this ledger."),
    Finding.NOTHING_SEALED: _l("Nothing was sealed here yet, so there is nothing to compare with."),
    Finding.BROKEN: _l("It could not be checked: our own files contradict each other."),
}
WHAT_IT_MEANS: Mapping[Finding, Words] = {
    Finding.SAME: _l("Nothing was added since it was made."),
    Finding.CONTAINED: _l(
        "Entries were added since. Not one of those before was changed or removed."
    ),
    Finding.DIFFERENT: _l(
        "Compare every letter once more. If they are right, keep the poster or the file: an entry "
        "was changed or removed, and this is the proof. Tell the city’s auditors and supervisors."
    ),
    Finding.LARGER: _l(
        "Look at the number once more. If it is right, keep the poster or the file: entries were "
        "cut off, and this is the proof. Tell the city’s auditors and supervisors."
    ),
    Finding.EARLIER_LOG: _l(
        "After a loss a new ledger was begun. Its first statement names what was lost."
    ),
    Finding.OTHER_LOG: _l("Look at its first line: it names the ledger that it is of."),
    Finding.NOTHING_SEALED: _l("Please come back later."),
    Finding.BROKEN: _l(
        "That is our fault, not that of what you hold. Keep it, and tell the city’s auditors."
    ),
}
SIGNED: Mapping[Signed, Words] = {
    Signed.OURS: _l("It bears the signature of this ledger."),
    Signed.NOBODY: _l("It bears no signature: only numbers and letters were compared."),
    Signed.OTHERS: _l("It bears no signature of a key of this ledger."),
    Signed.WRONG: _l(
        "Its signature is not right: the text was changed after it was signed, or by others."
    ),
}
register(FINDINGS)
register(SIGNED)
register(
    {
        CompareFault.NOTHING: _l("Paste the text of a checkpoint, or type what the poster says."),
        CompareFault.TOO_LONG: _l("This is longer than any checkpoint. Paste one checkpoint only."),
        CompareFault.LINES: _l(
            "Line %(line)s is missing: a checkpoint has three lines, the name of the ledger, the "
            "number of entries and the root."
        ),
        CompareFault.NAME: _l("Line %(line)s (“%(words)s”) has signs that no checkpoint has."),
        CompareFault.SIZE: _l(
            "Line %(line)s (“%(words)s”) should be the number of entries, in digits only."
        ),
        CompareFault.ROOT: _l(
            "Line %(line)s (“%(words)s”) should be the root: 44 letters and digits, with = at the "
            "end."
        ),
        CompareFault.SIGNATURE: _l(
            "Line %(line)s (“%(words)s”) should be a signature: a dash, a name, then letters."
        ),
        CompareFault.TYPED_SIZE: _l("Write the number of entries in digits, as on the poster."),
        CompareFault.TYPED_ROOT: _l(
            "Write the letters as on the poster: digits and the letters a to f, at most 64."
        ),
        CompareFault.FEW_LETTERS: _l("Write at least the first four groups: 16 letters."),
        CosignAnswer.TAKEN: _l("Thank you: your signature stands below the checkpoint."),
        CosignAnswer.NO_NOTE: _l("This is no signed note with a checkpoint."),
        CosignAnswer.TOO_OFTEN: _l("Too many tries. Please try again later."),
        CosignAnswer.UNKNOWN_WITNESS: _l("No witness of this city has signed this."),
        CosignAnswer.UNKNOWN_CHECKPOINT: _l("This is not a checkpoint that this ledger has made."),
        CosignAnswer.WRONG_SIGNATURE: _l("A signature is not right."),
        CosignAnswer.WRONG_TIME: _l(
            "The time of a signature lies before the checkpoint, or in the future."
        ),
    }
)


def whole_day(moment: datetime, zone: ZoneInfo) -> str:
    """The city's day of a moment, always with its year: it is printed and read years later."""
    language = current_language()
    # British English, as everywhere on these pages
    pattern = "d MMMM y" if language == "en" else "long"
    return str(format_date(local(moment, zone).date(), pattern, locale=language))


def whole_month(month: str) -> str:
    """``2026-10`` as people say it."""
    year, number = (int(part) for part in month.split("-"))
    return format_skeleton("yMMMM", date(year, number, 1), locale=current_language())
