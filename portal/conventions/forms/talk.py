"""Forms of what people say to a convention."""

from wtforms import RadioField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from portal.conventions.forms.texts import LONG, NEEDED
from portal.conventions.labels.kinds import TOPICS
from portal.conventions.rules.talk import LONGEST_SAID
from portal.conventions.rules.texts import LONGEST_REASON, Topic
from portal.kernel.forms import Form
from portal.kernel.i18n import lazy_gettext as _l


class WishForm(Form):
    """A wish."""

    topic = SelectField(
        _l("What your wish is about"),
        choices=[SelectChoice(topic.value, words) for topic, words in TOPICS.items()],
        default=Topic.OTHER.value,
        validate_choice=False,
    )
    words = TextAreaField(
        _l("What should the convention say?"),
        [InputRequired(message=NEEDED), Length(max=LONGEST_SAID, message=LONG)],
    )

    def about(self) -> Topic:
        """What it is about."""
        chosen = self.topic.data
        return Topic(chosen) if chosen in set(Topic) else Topic.OTHER


class LookForm(Form):
    """Whether others may read something."""

    show = RadioField(
        _l("May everybody read it?"),
        [InputRequired(message=_l("Choose what you decide."))],
        choices=[SelectChoice("yes", _l("Yes")), SelectChoice("no", _l("No"))],
    )
    reason = TextAreaField(
        _l("If not, why? Whoever wrote it reads this."),
        [Optional(), Length(max=LONGEST_REASON, message=LONG)],
    )
