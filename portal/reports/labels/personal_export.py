"""Words for personal fields handed out in bulk, and for files handed in."""

from collections.abc import Mapping

from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import Words, register
from portal.reports.rules.import_runs import RunRefusal, RunState
from portal.reports.rules.personal_export import ExportRefusal, ExportState

FIELD_WORDS: Mapping[str, Words] = {
    "name": _l("name"),
    "phone": _l("phone number"),
    "words": _l("what the reporter wrote"),
    "point": _l("exact point"),
}
EXPORT_STATES: Mapping[ExportState, Words] = {
    ExportState.ASKED: _l("Waits for a decision"),
    ExportState.ALLOWED: _l("Allowed"),
    ExportState.REFUSED: _l("Refused"),
    ExportState.TAKEN: _l("Handed out"),
}
EXPORT_KINDS: Mapping[ExportState, str] = {
    ExportState.ASKED: "new",
    ExportState.ALLOWED: "active",
    ExportState.REFUSED: "closed",
    ExportState.TAKEN: "done",
}
RUN_STATES: Mapping[RunState, Words] = {
    RunState.HANDED: _l("Being checked"),
    RunState.CHECKED: _l("Checked: waits for you"),
    RunState.CONFIRMED: _l("Being taken over"),
    RunState.DONE: _l("Taken over"),
    RunState.REFUSED: _l("Cannot be read"),
    RunState.DROPPED: _l("File deleted"),
}
RUN_KINDS: Mapping[RunState, str] = {
    RunState.HANDED: "waiting",
    RunState.CHECKED: "new",
    RunState.CONFIRMED: "active",
    RunState.DONE: "done",
    RunState.REFUSED: "closed",
    RunState.DROPPED: "closed",
}

register(
    {
        ExportRefusal.NO_FIELD: _l("Choose at least one field."),
        ExportRefusal.NO_WORDS: _l("Please write a few words."),
        ExportRefusal.BAD_DAYS: _l(
            "Give the first and the last day: no more than a year, and none that has not come yet."
        ),
        ExportRefusal.NO_SUCH_PLACE: _l("There is no such place within your reach."),
        ExportRefusal.NOBODY: _l(
            "Nobody can be handed out here: nobody left a name or number, or they are sealed."
        ),
        ExportRefusal.TOO_MANY: _l("%(people)s people: no more than %(most)s at once, please."),
        ExportRefusal.NO_DECISION: _l("Choose whether to allow it."),
        ExportRefusal.OWN_WISH: _l("Somebody else has to decide on what you asked for."),
        ExportRefusal.DECIDED_ALREADY: _l("Somebody has just decided on this."),
        ExportRefusal.NOT_ALLOWED: _l("This was not allowed."),
        ExportRefusal.TAKEN_ALREADY: _l("This file was taken already. It is handed out once."),
        ExportRefusal.RUN_OUT: _l("The 24 hours are over. Please ask again."),
        RunRefusal.NO_FILE: _l("Choose a file."),
        RunRefusal.TOO_LARGE: _l("The file is larger than 10 MB."),
        RunRefusal.WRONG_KIND: _l("Only CSV and XLSX files can be read."),
        RunRefusal.EMPTY: _l("The file is empty."),
        RunRefusal.STALE: _l("Somebody has just decided on this file. Look at it again."),
        RunRefusal.HAS_BAD_ROWS: _l(
            "Some rows cannot be taken over. Mend the file, or take over the good rows only."
        ),
        RunRefusal.NOTHING_GOOD: _l("No row of this file can be taken over."),
    }
)
