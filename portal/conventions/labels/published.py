"""Words for filing, publishing, ending, and for scripts beside the Chinese."""

from collections.abc import Mapping
from typing import Final

from portal.accounts.labels import register_actions
from portal.conventions.rules.kinds import Step
from portal.conventions.rules.published import Aim, EndWay, ListState, PublishRefusal
from portal.conventions.rules.texts import Script
from portal.kernel import messages
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import Words, register

AIMS: Final[Mapping[Aim, Words]] = {
    Aim.REVISE: _l("a new text of it"),
    Aim.REPEAL: _l("that it ends (repeal)"),
}
END_WAYS: Final[Mapping[EndWay, Words]] = {
    EndWay.VOTE: _l("repealed by a decision of those who adopted it"),
    EndWay.LAW: _l("repealed because the law changed, or by order of the law"),
}
# on the bar of progress, where eight stand beside one another
SHORT_STEPS: Final[Mapping[Step, Words]] = {
    Step.STUDY: _l("Study"),
    Step.WISHES: _l("Wishes"),
    Step.DRAFT: _l("Writing"),
    Step.DISCUSSION: _l("Comments"),
    Step.REVIEW: _l("Review"),
    Step.VOTE: _l("Vote"),
    Step.FILING: _l("Filing"),
    Step.PUBLICATION: _l("Public"),
}
LIST_STATES: Final[Mapping[ListState, Words]] = {
    ListState.UNDER_WAY: _l("Under way or being revised"),
    ListState.IN_FORCE: _l("Published and in force"),
    ListState.ENDED: _l("Ended"),
}
SCRIPTS: Final[Mapping[Script, Words]] = {
    Script.DAI: _l("Dai (Xishuangbanna)"),
    Script.DEHONG_DAI: _l("Dai (Dehong)"),
    Script.TIBETAN: _l("Tibetan"),
    Script.UYGHUR: _l("Uyghur"),
    Script.MONGOLIAN: _l("Mongolian"),
    Script.KAZAKH: _l("Kazakh"),
    Script.KOREAN: _l("Korean"),
    Script.ZHUANG: _l("Zhuang"),
    Script.YI: _l("Yi"),
    Script.ENGLISH: _l("English"),
}
register(
    {
        PublishRefusal.NOT_NOW: _l("This step is not open now."),
        PublishRefusal.NO_VOTE: _l("The text is not the one that was adopted by a vote."),
        PublishRefusal.DAYS: _l("It can count from today on at the earliest."),
        PublishRefusal.FAR: _l("It counts within a year, or it would be forgotten."),
        PublishRefusal.REVIEW_DAY: _l("It is looked at again after the day from which it counts."),
        PublishRefusal.FILED_DAY: _l(
            "It is filed after it was adopted (%(day)s), and not in the future."
        ),
        PublishRefusal.NO_NUMBER: _l("Please give the number under which the office filed it."),
        PublishRefusal.SAME_TEXT: _l("This is what stands there already."),
        PublishRefusal.ENDED: _l("This convention has ended."),
        PublishRefusal.ENDS: _l(
            "A vote decided that it ends on %(day)s. It is not revised any more."
        ),
        PublishRefusal.RUNNING: _l("A text of this convention is under way already."),
        PublishRefusal.PUBLISHED: _l(
            "This text is published. Write a new explanation beside its version; another script "
            "comes with the next version."
        ),
        PublishRefusal.NAME_STAYS: _l(
            "What is repealed stands in the name of this decision. The name stays."
        ),
        PublishRefusal.END_DAY: _l("It ends after it began (%(day)s), and not in the future."),
    }
)
register_actions(
    {
        "convention:file": _l("noted that a convention was filed"),
        "convention:publish": _l("published a convention"),
        "convention:end": _l("noted that a convention ended"),
        "convention:revise": _l("began to revise a convention"),
    }
)
messages.register(
    {
        "convention.review": _l(
            "“%(title)s” is to be looked at again by %(day)s. Please ask the residents whether it "
            "still fits, and begin a revision at the desk if it does not."
        ),
    }
)
