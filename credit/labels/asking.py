"""Words for requests to have something corrected: states, refusals, messages, what is kept."""

from collections.abc import Iterator, Mapping
from typing import Any

from credit.rules.asking import AskRefusal, AskState
from credit.rules.personal import Data
from credit.service.asking import AskTold
from portal.accounts.labels import register_actions, register_reader
from portal.kernel import messages
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import Words, register

ASK_STATES: Mapping[AskState, Words] = {
    AskState.OPEN: _l("Waits for an answer"),
    AskState.PREPARED: _l("Prepared, a second person looks at it"),
    AskState.CORRECTED: _l("Put right"),
    AskState.REFUSED: _l("Answered: it stays as it is"),
    AskState.WITHDRAWN: _l("Taken back"),
}
# shape and colour of ui/status.html
ASK_SHAPES: Mapping[AskState, str] = {
    AskState.OPEN: "waiting",
    AskState.PREPARED: "waiting",
    AskState.CORRECTED: "done",
    AskState.REFUSED: "closed",
    AskState.WITHDRAWN: "closed",
}
register(ASK_STATES)
register(
    {
        AskRefusal.NO_WORDS: _l("Please write it in your own words, up to %(most)s characters."),
        AskRefusal.ASKED_ALREADY: _l("You have asked about this already. It waits for an answer."),
        AskRefusal.OBJECT_INSTEAD: _l(
            "This belongs to a deduction: object to it instead. Then it counts nothing until "
            "somebody has answered."
        ),
        AskRefusal.TOO_OFTEN: _l("You asked very often today. Please go on tomorrow, or call."),
        AskRefusal.NOT_NOW: _l("This cannot be done now. Please look at where it stands."),
        AskRefusal.NO_ENTRY: _l("This is about no entry: answer it in words."),
        AskRefusal.SAME_PERSON: _l(
            "Somebody else has to do this: you have had a part in it already."
        ),
        AskRefusal.ONESELF: _l("You cannot do this in a matter of your own."),
        Data.ASKED: _l("What you asked to have corrected in your ledger, and the answers"),
    }
)
register_actions(
    {
        "correction:ask": _l("Correction asked for"),
        "correction:withdraw": _l("Request for a correction taken back"),
        "correction:prepare": _l("Correction prepared"),
        "correction:send_back": _l("Prepared correction sent back"),
        "correction:confirm": _l("Correction confirmed by a second person"),
        "correction:answer": _l("Request for a correction answered"),
    }
)
messages.register(
    {
        AskTold.RECEIVED.value: _l(
            "You asked for a correction (%(number)s). You get an answer by %(day)s on your page."
        ),
        AskTold.UNDATED.value: _l(
            "You asked for a correction (%(number)s). You get the answer on your page."
        ),
        AskTold.ANSWERED.value: _l(
            "What you asked to have corrected (%(number)s) was answered. The answer is on your "
            "page."
        ),
    }
)


def _asked(record: Mapping[str, Any]) -> Iterator[Any]:
    yield from (record["number"], record["asked_at"], record["words"])
    yield from (record["answered_at"], record["answer"])


register_reader("credit_correction_request", _l("What you asked to have corrected"), _asked)
