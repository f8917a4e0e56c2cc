"""Words for what becomes of a comment."""

from collections.abc import Mapping
from typing import Final

from portal.conventions.rules.talk import Answer
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import Words

ANSWERS: Final[Mapping[Answer, Words]] = {
    Answer.TAKEN: _l("taken up"),
    Answer.PARTLY: _l("taken up in part"),
    Answer.NOT_TAKEN: _l("not taken up"),
}
