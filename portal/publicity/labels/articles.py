"""Words of articles: kinds, where a text comes from, states, steps, refusals, what is kept."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from portal.accounts.labels import register_reader
from portal.kernel import messages
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import Words, register
from portal.publicity.rules.articles import (
    ArticleKind,
    ArticleRefusal,
    ArticleState,
    ArticleStep,
    Provenance,
    VersionState,
)
from portal.publicity.rules.personal import ArticleData, ArticlePurpose

KINDS: Final[Mapping[ArticleKind, Words]] = {
    ArticleKind.NEWS: _l("News"),
    ArticleKind.POLICY: _l("Policy"),
    ArticleKind.READING: _l("Policy explained"),
    ArticleKind.CASE: _l("Typical case"),
    ArticleKind.ROLE_MODEL: _l("Role model near you"),
    ArticleKind.ACTIVITY: _l("Notice of an activity"),
}
PROVENANCES: Final[Mapping[Provenance, Words]] = {
    Provenance.OWN: _l("Our own text"),
    Provenance.REPOSTED: _l("Taken over from elsewhere"),
}
# the states by which the desk narrows its list; the first two are those of the last version
DESK_STATES: Final[Mapping[str, Words]] = {
    VersionState.DRAFT.value: _l("being written"),
    VersionState.WAITING.value: _l("waits for approval"),
    ArticleState.PUBLISHED.value: _l("published"),
    ArticleState.WITHDRAWN.value: _l("withdrawn"),
}
STATES: Final[Mapping[ArticleState, Words]] = {
    ArticleState.DRAFT: _l("not published yet"),
    ArticleState.PUBLISHED: _l("published"),
    ArticleState.WITHDRAWN: _l("withdrawn"),
    ArticleState.ERASED: _l("taken away"),
}
VERSION_STATES: Final[Mapping[VersionState, Words]] = {
    VersionState.DRAFT: _l("being written"),
    VersionState.WAITING: _l("waits for approval"),
    VersionState.APPROVED: _l("approved"),
}
ARTICLE_STEPS: Final[Mapping[ArticleStep, Words]] = {
    ArticleStep.SEND: _l("Send it for approval"),
    ArticleStep.APPROVE: _l("Approve and publish it"),
    ArticleStep.SEND_BACK: _l("Send it back to be changed"),
    ArticleStep.CORRECT: _l("Correct it"),
    ArticleStep.WITHDRAW: _l("Withdraw this article"),
}

register(
    {
        ArticleRefusal.NO_PLACE: _l("You look after no place with this code."),
        ArticleRefusal.NO_ORIGIN: _l(
            "Of a text that was taken over, say where it stands and of which day it is."
        ),
        ArticleRefusal.BAD_ADDRESS: _l("Please give the whole address, beginning with https://"),
        ArticleRefusal.LATER: _l("This day is still to come."),
        ArticleRefusal.NO_CASE: _l("There is no closed matter with this number."),
        ArticleRefusal.NEEDS_CASE: _l("Which closed matter is it about? Please give its number."),
        ArticleRefusal.NO_POLICY: _l("There is no published policy with this number."),
        ArticleRefusal.NEEDS_POLICY: _l("Which policy does it explain? Please give its number."),
        ArticleRefusal.LEADS_TO_SOMEBODY: _l(
            "This may lead to somebody: %(found)s. Take it out, or say below why it may stand."
        ),
        ArticleRefusal.REASON_LEADS: _l(
            "This may lead to somebody: %(found)s. Everybody reads this reason: please take it out."
        ),
        ArticleRefusal.PHOTO_LEADS: _l(
            "What is said of a photo may lead to somebody: %(found)s. Take it out, or say in the "
            "article’s own form why it may stand."
        ),
        ArticleRefusal.NO_PHOTO: _l("Please choose a photo."),
        ArticleRefusal.TOO_MANY_PHOTOS: _l("No more than %(most)s photos, please."),
        ArticleRefusal.NO_PERSON: _l("First say whose page it is: she is asked."),
        ArticleRefusal.UNKNOWN_PERSON: _l("There is no account with this number or phone."),
        ArticleRefusal.NOT_OF_AGE: _l(
            "Only people who are known to be 18 or older are shown. The age group can be stated "
            "on one’s own page or at the desk."
        ),
        ArticleRefusal.NOT_AGREED: _l("The person has not agreed to this version yet."),
        ArticleRefusal.NO_NAME: _l("Under which name do you want to be shown? A pen name will do."),
        ArticleRefusal.BAD_NAME: _l("Please write a name without numbers."),
        ArticleRefusal.NAME_STAYS: _l(
            "Your page is published under another name: it stays, or you take your page back."
        ),
        ArticleRefusal.TOO_FINE: _l(
            "Please name a community, a street or the city: nothing finer is shown."
        ),
        ArticleRefusal.OWN: _l("You wrote of this yourself. Somebody else approves it."),
        ArticleRefusal.HERSELF: _l("Nobody writes or approves a page about herself."),
        ArticleRefusal.MOVED_ON: _l("Meanwhile this was changed. Please look at it again."),
        ArticleRefusal.NOT_NOW: _l("This step is not open now."),
        ArticleRefusal.NO_REASON: _l("Please give a reason."),
        ArticleData.ABOUT: _l("That an article tells of you, and when you agreed to it"),
        ArticleData.NAME: _l("The name under which you wanted to be shown in it"),
        ArticlePurpose.ROLE_MODELS: _l("Telling of people who set an example, if they want it"),
    }
)
messages.register(
    {
        "article.asked": _l(
            "The city would like to tell of what you did. Read the text and say yes or no: %(link)s"
        )
    }
)


def _read(record: Mapping[str, Any]) -> Iterator[Any]:
    for name in ("title", "words", "name", "agreed_at"):
        yield record[name]


register_reader("article", _l("What articles tell of you"), _read)
