"""Forms of inspections and of visits at the door."""

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any
from uuid import UUID

from wtforms import (
    BooleanField,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, Regexp

from pledges.labels.inspections import BODIES, FINDINGS, PURPOSES
from pledges.queries.inspections import Checklist
from pledges.rules.inspections import (
    DRAFT_KEY_LENGTH,
    LONGEST_NOTE,
    LONGEST_REASON,
    LONGEST_WORDS,
    MOST_PHOTOS,
    Body,
    Finding,
)
from pledges.rules.premises import LONGEST_ROAD, LONGEST_TITLE
from pledges.rules.visits import VisitPurpose
from pledges.service.inspections import InspectionWish
from pledges.service.visits import PlanWish, VisitWish
from portal.kernel.clock import local, now
from portal.kernel.forms import DayField, Form
from portal.kernel.i18n import in_words
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.ids import new_token
from portal.kernel.photo_fields import PhotoForm, PhotosField
from portal.kernel.web import instance

NEEDED = _l("Fill this in.")
LONG = _l("Please write no more than %(max)d characters.")
_CLOCK = r"\A([01]?[0-9]|2[0-3])[:：][0-5][0-9]\Z"


class _WhenForm(PhotoForm):
    """As what somebody came, and when, on the city's clock."""

    body = RadioField(
        _l("As what do you come?"), [InputRequired(message=_l("Choose as what you come."))]
    )
    day = DayField(_l("On which day"), [InputRequired(message=NEEDED)])
    clock = StringField(
        _l("At what time"),
        [InputRequired(message=NEEDED), Regexp(_CLOCK, message=_l("Write a time like 14:30."))],
    )

    def offer(self, bodies: Sequence[Body]) -> None:
        """As what this person may come; a first look begins with now."""
        self.body.choices = [SelectChoice(one.value, BODIES[one]) for one in bodies]
        if not self.is_submitted():
            here = local(now(), instance().city.zone)
            self.day.data, self.clock.data = here.date(), f"{here:%H:%M}"
            self.body.data = bodies[0].value if len(bodies) == 1 else None

    def at(self) -> datetime:
        typed = (self.clock.data or "").replace("：", ":").zfill(5)
        return datetime.combine(self.day.data, time.fromisoformat(typed), instance().city.zone)

    def came_as(self) -> Body | None:
        return Body(self.body.data) if self.body.data else None


class InspectForm(_WhenForm):
    """A row for each clause; ``made`` makes them, for the clauses are data."""

    words = TextAreaField(
        _l("What else was seen"), [Optional(), Length(max=LONGEST_WORDS, message=LONG)]
    )
    pictured = SelectField(
        _l("Which clause do the photos show?"), [Optional()], validate_choice=False
    )
    before = PhotosField(_l("Photos of what you found"), most=MOST_PHOTOS)
    after = PhotosField(_l("Photos after it was put right on the spot"), most=MOST_PHOTOS)
    draft_key = HiddenField(validators=[Length(max=DRAFT_KEY_LENGTH)])
    version = HiddenField()
    plan = HiddenField()

    @classmethod
    def made(cls, checklist: Checklist, bodies: Sequence[Body], plan: str) -> "InspectForm":
        """The form for one checklist."""
        fields: dict[str, Any] = {}
        for clause in checklist.clauses:
            fields[f"finding-{clause.id.hex}"] = RadioField(
                in_words(clause.texts),
                [InputRequired(message=_l("Please say what you found here."))],
                choices=[SelectChoice(one.value, words) for one, words in FINDINGS.items()],
            )
            fields[f"note-{clause.id.hex}"] = StringField(
                _l("A few words about it"), [Optional(), Length(max=LONGEST_NOTE, message=LONG)]
            )
        form: InspectForm = type("ListedInspectForm", (cls,), fields)()
        form.offer(bodies)
        form.pictured.choices = [
            SelectChoice("", _l("the whole frontage")),
            *(SelectChoice(one.id.hex, in_words(one.texts)) for one in checklist.clauses),
        ]
        if not form.is_submitted():
            form.draft_key.data, form.plan.data = new_token(), plan
            form.version.data = checklist.version_id.hex
        return form

    def wish(self, checklist: Checklist) -> InspectionWish:
        clauses = [one.id for one in checklist.clauses]
        return InspectionWish(
            body=self.came_as(), at=self.at(), version_id=_uuid(self.version.data),
            answers={key: Finding(self[f"finding-{key.hex}"].data) for key in clauses},
            notes={key: self[f"note-{key.hex}"].data or "" for key in clauses},
            words=self.words.data or "", before=self.before.data, after=self.after.data,
            pictured=_uuid(self.pictured.data) if self.pictured.data else None,
            draft_key=self.draft_key.data or "", plan=self.plan.data or "",
        )  # fmt: skip


def _uuid(text: str | None) -> UUID:
    """A version or a clause as it was sent; of nonsense, one that is nowhere."""
    try:
        return UUID(text or "")
    except ValueError:
        return UUID(int=0)


class PhotoCheckForm(Form):
    """What somebody saw who looked at a photo."""

    decision = RadioField(
        _l("Who may see this photo?"),
        [InputRequired(message=_l("Choose who may see it."))],
        choices=[
            SelectChoice(
                "show", _l("Everybody: no face, no number plate and no name is in it")
            ),
            SelectChoice("hide", _l("Only the street and the shop")),
        ],
    )  # fmt: skip


class FindForm(Form):
    """Which place is to be looked at."""

    premises = StringField(
        _l("Number of the premises in the register"),
        [InputRequired(message=NEEDED), Length(max=40, message=LONG)],
    )


class WhyForm(Form):
    """Why something is struck out, or a step taken."""

    reason = TextAreaField(
        _l("Why?"), [InputRequired(message=NEEDED), Length(max=LONGEST_REASON, message=LONG)]
    )


class PlanForm(Form):
    """Which places are to be looked at between two days."""

    title = StringField(
        _l("Name of the plan"),
        [InputRequired(message=NEEDED), Length(max=LONGEST_TITLE, message=LONG)],
    )
    place = StringField(
        _l("Code of the street or community"),
        [InputRequired(message=NEEDED), Length(max=40, message=LONG)],
    )
    road = StringField(
        _l("Road (empty: every road)"), [Optional(), Length(max=LONGEST_ROAD, message=LONG)]
    )
    due = RadioField(
        _l("Which doors?"),
        [Optional()],
        default="all",
        choices=[
            SelectChoice("all", _l("All of them")),
            SelectChoice("due", _l("Only those that are due this week")),
        ],
    )
    body = RadioField(
        _l("Who looks?"),
        [InputRequired(message=NEEDED)],
        choices=[SelectChoice(one.value, words) for one, words in BODIES.items()],
    )
    starts_on = DayField(_l("First day"), [InputRequired(message=NEEDED)])
    ends_on = DayField(_l("Last day"), [InputRequired(message=NEEDED)])

    def wish(self) -> PlanWish:
        return PlanWish(
            self.title.data or "", self.place.data or "", self.road.data or "",
            Body(self.body.data), self.starts_on.data, self.ends_on.data,
            due=self.due.data == "due",
        )  # fmt: skip


class VisitForm(_WhenForm):
    """That somebody came."""

    purpose = RadioField(
        _l("What was the visit for?"),
        [InputRequired(message=_l("Choose what the visit was for."))],
        choices=[SelectChoice(one.value, words) for one, words in PURPOSES.items()],
    )
    agreed = BooleanField(_l("Whoever was there agreed that a few words are kept"))
    words = TextAreaField(_l("What was talked about"), [Optional(), Length(max=300, message=LONG)])

    def wish(self) -> VisitWish:
        return VisitWish(
            VisitPurpose(self.purpose.data), self.came_as(), self.at(), agreed=self.agreed.data,
            words=self.words.data or "",
        )  # fmt: skip
