"""Words for prepared words: their blanks, their languages, and why they are not kept."""

from collections.abc import Mapping

from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import Words, register
from portal.reports.rules.replies import MOST_TITLE, MOST_WORDS, Blank, ReplyRefusal

BLANKS: Mapping[Blank, Words] = {
    Blank.NUMBER: _l("the number of the matter"),
    Blank.KIND: _l("the kind of problem"),
    Blank.STREET: _l("the sub-district"),
    Blank.PROMISED: _l("the promised date"),
}

register(
    {
        ReplyRefusal.NO_TITLE: _l(
            "Give it a name of at most %(count)s characters.", count=MOST_TITLE
        ),
        ReplyRefusal.NO_WORDS: _l(
            "Write the words, at most %(count)s characters.", count=MOST_WORDS
        ),
        ReplyRefusal.UNKNOWN_BLANK: _l(
            "These blanks cannot be filled in: %(blanks)s. Use only those of the list."
        ),
        ReplyRefusal.BAD_STEP: _l("Choose the step that the words are for."),
        ReplyRefusal.BAD_LANGUAGE: _l("Choose the language of the words."),
        ReplyRefusal.BAD_KIND: _l("We do not know this kind of problem. Please choose another."),
        ReplyRefusal.NOT_YOURS: _l("Choose for whom the words are."),
        ReplyRefusal.CHANGED: _l(
            "Somebody else has just changed these words. Please look at them again."
        ),
        ReplyRefusal.SAYS_NOTHING: _l(
            "These words only say that the matter was received: that is no answer. Say what was"
            " done, or why it is not done."
        ),
        ReplyRefusal.NOT_CHOSEN: _l("Choose which words to fill in."),
    }
)
