"""Forms about letters and claims: one's own, and the desk's decision."""

from wtforms import RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from pledges.forms.signing import TOO_LONG
from pledges.labels.personal import CLAIM_KINDS
from pledges.labels.signing import DECISIONS
from pledges.rules.claims import LONGEST_NAME, LONGEST_WORDS, ClaimDecision
from pledges.rules.premises import LONGEST_REASON, ClaimKind
from pledges.service.claims import ClaimWish
from portal.kernel.forms import Form
from portal.kernel.i18n import lazy_gettext as _l

NEEDED = _l("Fill this in.")


class ClaimForm(Form):
    """What somebody says about a place."""

    kind = RadioField(
        _l("What do you want to say?"),
        [InputRequired(message=_l("Please choose one."))],
        choices=[SelectChoice(one.value, words) for one, words in CLAIM_KINDS.items()],
    )
    name = StringField(
        _l("Your name"), [InputRequired(message=NEEDED), Length(max=LONGEST_NAME, message=TOO_LONG)]
    )
    words = TextAreaField(
        _l("How can the street see that it is so?"),
        [Optional(), Length(max=LONGEST_WORDS, message=TOO_LONG)],
    )

    def wish(self) -> ClaimWish:
        return ClaimWish(
            ClaimKind(self.kind.data), self.name.data or "", words=self.words.data or ""
        )


class DecideClaimForm(Form):
    """What the desk says to a claim."""

    decision = RadioField(
        _l("Decision"),
        [InputRequired(message=_l("Please choose one."))],
        choices=[SelectChoice(one.value, words) for one, words in DECISIONS.items()],
    )
    reason = TextAreaField(
        _l("Reason; whoever said it reads this"),
        [Optional(), Length(max=LONGEST_REASON, message=TOO_LONG)],
    )

    def decided(self) -> ClaimDecision:
        return ClaimDecision(self.decision.data)
