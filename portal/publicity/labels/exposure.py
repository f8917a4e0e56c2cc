"""Words of the exposure column."""

from collections.abc import Mapping
from typing import Final

from portal.accounts.labels import register_actions, register_subjects
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import Words, register
from portal.publicity.rules.exposure import Basis, ExposureRefusal, ExposureState, Step

BASES: Final[Mapping[Basis, Words]] = {
    Basis.BREACH: _l("A breach of a pledge"),
    Basis.CASE: _l("A closed matter"),
}
STATES: Final[Mapping[ExposureState, Words]] = {
    ExposureState.DRAFT: _l("being written"),
    ExposureState.WAITING: _l("waits for two approvals"),
    ExposureState.SHOWN: _l("approved"),
    ExposureState.DOWN: _l("taken down"),
}
STEPS_WORDS: Final[Mapping[Step, Words]] = {
    Step.SEND: _l("Send it for approval"),
    Step.APPROVE: _l("Approve it"),
    Step.SEND_BACK: _l("Send it back to be changed"),
    Step.TAKE_DOWN: _l("Take this item down"),
}

register(
    {
        ExposureRefusal.NO_BASIS: _l(
            "There is no such breach or matter in your places. Please look at the number."
        ),
        ExposureRefusal.NOT_FINAL: _l(
            "This has not been established, or has been put right: it is not shown to the public."
        ),
        ExposureRefusal.WINDOW_RUNS: _l(
            "Whoever it concerns can still object. It can be shown when that time is over."
        ),
        ExposureRefusal.APPEAL_OPEN: _l(
            "An appeal is open. It is not shown until that is decided."
        ),
        ExposureRefusal.PERSONS_OFF: _l(
            "It is about a natural person, and this place does not show such items."
        ),
        ExposureRefusal.NAMES_SOMEBODY: _l(
            "There is a name, a telephone or card number or a number plate in it. Please write "
            "what was done and where, and leave out who."
        ),
        ExposureRefusal.NOT_COVERED: _l(
            "Please cover faces, number plates, names and telephone numbers on the photo first."
        ),
        ExposureRefusal.BOTH: _l(
            "You covered something and ticked that there is nothing to cover. Please do one of "
            "the two."
        ),
        ExposureRefusal.NOT_LOOKED: _l(
            "Please look at the whole photo, and tick that nothing of this kind can be seen on it; "
            "or send it back."
        ),
        ExposureRefusal.OWN: _l("You wrote this yourself. Two others approve it."),
        ExposureRefusal.NOT_WRITER: _l(
            "Only whoever wrote this changes its words and covers its photo. You can send it back "
            "or take it down."
        ),
        ExposureRefusal.APPROVED_ALREADY: _l(
            "You have approved it already. Somebody else approves it, too."
        ),
        ExposureRefusal.MOVED_ON: _l("Meanwhile this was changed. Please look at it again."),
        ExposureRefusal.NOT_NOW: _l("This step is not open now."),
        ExposureRefusal.NO_REASON: _l("Please give a reason."),
        ExposureRefusal.NO_PHOTO: _l("There is no photo to cover."),
    }
)
register_actions({"exposure:affirm": _l("Said that a photo of the exposure column is covered")})
register_subjects({"exposure": _l("item of the exposure column")})
