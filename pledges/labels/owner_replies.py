"""Words for public replies of owners."""

from pledges.rules.owner_replies import ReplyRefusal
from portal.accounts.labels import register_actions
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import register

register(
    {
        ReplyRefusal.NO_WORDS: _l("Please write something."),
        ReplyRefusal.WAITING: _l(
            "What you wrote before still waits to be looked at. Take it back, if you want to write "
            "something else."
        ),
        ReplyRefusal.DECIDED: _l("Meanwhile this was decided or taken back."),
    }
)
register_actions(
    {
        "owner_reply:shown": _l("Public reply of a shop shown"),
        "owner_reply:refused": _l("Public reply of a shop not shown"),
    }
)
