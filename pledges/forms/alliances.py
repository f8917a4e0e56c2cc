"""Forms of alliances: at the desk, of the head, of a member."""

from collections.abc import Iterable

from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from pledges.forms.inspections import LONG, NEEDED
from pledges.labels.alliances import ELECTION_KINDS, LINK_KINDS
from pledges.rules.alliances import (
    LONGEST_COVENANT,
    LONGEST_LABEL,
    LONGEST_LINK,
    LONGEST_NAME,
    LONGEST_REASON,
    LONGEST_TITLE,
    LONGEST_WORDS,
    LinkKind,
)
from pledges.rules.elections import ElectionKind
from pledges.rules.signatures import LONGEST_SIGNATURE
from pledges.service.alliances import AllianceWish
from portal.kernel.forms import Form, WholeNumberField
from portal.kernel.i18n import lazy_gettext as _l

Pairs = Iterable[tuple[str, str]]


def _needed(most: int) -> list[object]:
    return [InputRequired(message=NEEDED), Length(max=most, message=LONG)]


def _free(most: int) -> list[object]:
    return [Optional(), Length(max=most, message=LONG)]


class AllianceForm(Form):
    """What an alliance is called, where it is, and whether its members look at frontages."""

    name_zh_hans = StringField(_l("Name (simplified Chinese)"), _needed(LONGEST_NAME))
    name_zh_hant = StringField(_l("Name (traditional Chinese)"), _free(LONGEST_NAME))
    name_en = StringField(_l("Name (English)"), _free(LONGEST_NAME))
    inspects = BooleanField(_l("Its members may inspect each other’s frontages"))

    def wish(self, place: str = "") -> AllianceWish:
        names = {
            "zh_Hans": self.name_zh_hans.data or "", "zh_Hant": self.name_zh_hant.data or "",
            "en": self.name_en.data or "",
        }  # fmt: skip
        return AllianceWish(names, place, bool(self.inspects.data))


class FoundForm(AllianceForm):
    """The same with its place, which stays."""

    place = StringField(_l("Community or street (name or code)"), _needed(80))


class NoticeForm(Form):
    """A notice to the members."""

    title = StringField(_l("Heading of the notice"), _needed(LONGEST_TITLE))
    words = TextAreaField(_l("What do the members need to know?"), _needed(LONGEST_WORDS))


class LinkForm(Form):
    """A link to a group."""

    kind = RadioField(
        _l("Program"),
        [InputRequired(message=NEEDED)],
        choices=[SelectChoice(kind.value, words) for kind, words in LINK_KINDS.items()],
    )
    label = StringField(_l("What the group is called"), _needed(LONGEST_LABEL))
    link = StringField(_l("Link or number of the group"), _needed(LONGEST_LINK))

    def chosen(self) -> LinkKind:
        return LinkKind(self.kind.data)


class ShopForm(Form):
    """For which of one's shops."""

    shop = SelectField(_l("For which shop?"))

    def offer(self, shops: Pairs) -> None:
        self.shop.choices = [SelectChoice(number, title) for number, title in shops]


class HelpForm(ShopForm):
    """What help a shop needs."""

    words = TextAreaField(_l("What do you need?"), _needed(LONGEST_WORDS))


class MessagesForm(Form):
    """Whether one is told of notices."""

    wanted = BooleanField(_l("Send me a message when there is a notice"))


class HelpOfferForm(Form):
    """What another one can do."""

    words = TextAreaField(_l("What can you do?"), _needed(LONGEST_WORDS))


class CovenantForm(Form):
    """The next version of the covenant."""

    text_zh_hans = TextAreaField(_l("Covenant (simplified Chinese)"), _needed(LONGEST_COVENANT))
    text_zh_hant = TextAreaField(_l("Covenant (traditional Chinese)"), _free(LONGEST_COVENANT))
    text_en = TextAreaField(_l("Covenant (English)"), _free(LONGEST_COVENANT))

    def texts(self) -> dict[str, str]:
        return {
            "zh_Hans": self.text_zh_hans.data or "", "zh_Hant": self.text_zh_hant.data or "",
            "en": self.text_en.data or "",
        }  # fmt: skip


class CovenantSignForm(ShopForm):
    """Stand by the version that is shown."""

    version = HiddenField()
    name = StringField(_l("Your name, as your signature"), _needed(LONGEST_SIGNATURE))

    def seen(self) -> int:
        found = self.version.data or ""
        return int(found) if found.isascii() and found.isdigit() and len(found) < 7 else 0

    def signature(self) -> tuple[str, int, str]:
        """For which shop, under which version, with which name."""
        return self.shop.data or "", self.seen(), self.name.data or ""


class CallForm(Form):
    """Call an election."""

    kind = RadioField(
        _l("What is voted on?"),
        [InputRequired(message=NEEDED)],
        choices=[SelectChoice(kind.value, words) for kind, words in ELECTION_KINDS.items()],
    )
    poll_days = WholeNumberField(_l("For how many days votes are taken"), [InputRequired(NEEDED)])
    term_days = WholeNumberField(_l("Days of the term"), [InputRequired(NEEDED)])

    def chosen(self) -> ElectionKind:
        return ElectionKind(self.kind.data)


class ProposeForm(ShopForm):
    """Propose a member."""

    shop = SelectField(_l("Whom do you propose?"))


class VoteForm(ShopForm):
    """One vote."""

    choice = RadioField(
        _l("For whom do you vote?"),
        [InputRequired(message=_l("Choose one of the candidates, or nobody."))],
    )

    def candidates(self, pairs: Pairs) -> None:
        self.choice.choices = [SelectChoice(code, words) for code, words in pairs]


class TermForm(Form):
    """Why a term ends early."""

    reason = TextAreaField(_l("Why? The members read this."), _needed(LONGEST_REASON))
