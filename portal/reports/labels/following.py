"""Words of following: ways, refusals, what is kept, and the messages."""

from collections.abc import Iterator, Mapping
from typing import Any

from portal.accounts.labels import register_reader
from portal.areas.rules import NoticeLevel
from portal.kernel import messages
from portal.kernel.i18n import in_words
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import Words, register
from portal.reports.rules.codes import PublicState
from portal.reports.rules.following import Data, FollowRefusal, FollowWay, Purpose

WAYS: Mapping[FollowWay, Words] = {
    FollowWay.APP: _l("On my own page here, without messages"),
    FollowWay.SMS: _l("By text message"),
    FollowWay.MAIL: _l("By e-mail"),
}

register(WAYS)
register(
    {
        FollowRefusal.NOT_A_PHONE: _l("Please give a mobile number, like 138 0000 1200."),
        FollowRefusal.NOT_AN_ADDRESS: _l(
            "Please look at the address again. It should look like name@example.com."
        ),
        FollowRefusal.NO_MAIL: _l("We cannot send e-mail here. Please give a mobile number."),
        FollowRefusal.NO_WAY: _l("There is no such way to tell you. Please choose another one."),
        FollowRefusal.TOO_OFTEN: _l(
            "There were too many tries from here. Please wait an hour, or follow by feed reader."
        ),
        FollowRefusal.TOO_MANY: _l(
            "You follow %(most)s things already. Please stop following one of them first."
        ),
        FollowRefusal.OVER: _l("This link is older than two days. Please ask for a new one."),
        FollowRefusal.STALE: _l("Something changed at this very moment. Please try again."),
        Data.FOLLOWED: _l("What you follow, until you stop following it"),
        Data.RECEIVER: _l("Your account, or the telephone or address to which news of it go"),
        Data.ACCESS: _l("Coded marks of the links to confirm and to stop"),
        Purpose.TELL: _l("So that you are told what you asked to be told"),
    }
)

# where the matter stands, in a sentence that names no step of anybody
_STEPS: Mapping[PublicState, Words] = {
    PublicState.REPORTED: _l(
        "A matter you follow (%(kind)s, %(place)s) has a new step. See: %(link)s Stop: %(stop)s"
    ),
    PublicState.ACCEPTED: _l(
        "A matter you follow (%(kind)s, %(place)s) is accepted. See: %(link)s Stop: %(stop)s"
    ),
    PublicState.ASSIGNED: _l(
        "A matter you follow (%(kind)s, %(place)s) is with the unit that handles it."
        " See: %(link)s Stop: %(stop)s"
    ),
    PublicState.SUPERVISED: _l(
        "A matter you follow (%(kind)s, %(place)s) is being verified. See: %(link)s Stop: %(stop)s"
    ),
    PublicState.FED_BACK: _l(
        "A matter you follow (%(kind)s, %(place)s) has come to its end. See: %(link)s"
        " Stop: %(stop)s"
    ),
}

_NOTICES: Mapping[NoticeLevel, Words] = {
    NoticeLevel.PLAIN: _l(
        "Notice for %(place)s, from %(issuer)s: %(words)s See: %(link)s Stop: %(stop)s"
    ),
    NoticeLevel.BLUE: _l(
        "Blue warning for %(place)s, from %(issuer)s: %(words)s See: %(link)s Stop: %(stop)s"
    ),
    NoticeLevel.YELLOW: _l(
        "Yellow warning for %(place)s, from %(issuer)s: %(words)s See: %(link)s Stop: %(stop)s"
    ),
    NoticeLevel.ORANGE: _l(
        "Orange warning for %(place)s, from %(issuer)s: %(words)s In danger call 110, 119 or 120."
        " See: %(link)s Stop: %(stop)s"
    ),
    NoticeLevel.RED: _l(
        "Red warning for %(place)s, from %(issuer)s: %(words)s In danger call 110, 119 or 120."
        " See: %(link)s Stop: %(stop)s"
    ),
}

messages.register(
    {
        "follow.confirm": _l(
            "Somebody wants to follow “%(what)s” with this number or address. If it was you, open"
            " %(link)s within two days. If not, do nothing: nothing more is sent."
        ),
        "follow.already": _l("You follow “%(what)s” already. See: %(own)s Stop: %(stop)s"),
        "follow.digest": _l(
            "News of what you follow: %(count)s in all, %(fresh)s new, %(settled)s settled. One of"
            " them: %(kind)s, %(place)s. See: %(own)s Stop: %(stop)s"
        ),
        **{f"follow.step.{state.value}": words for state, words in _STEPS.items()},
        **{f"follow.notice.{level.value}": words for level, words in _NOTICES.items()},
    }
)


def _follow(record: Mapping[str, Any]) -> Iterator[Any]:
    yield record["report"]
    for part in ("place", "kind"):
        names = {code.removeprefix(f"{part}_"): name for code, name in record["names"].items()}
        yield in_words(names) if f"{part}_zh_Hans" in record["names"] else None
    yield str(WAYS[FollowWay(record["way"])])
    yield from (record["to"], record["since"])


register_reader("follow", _l("What I follow"), _follow)
