"""Forms of patrols: an entry of the log, a finding, a route, and which route a shift walks."""

from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import RadioField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import Optional

from portal.kernel.forms import Form, WholeNumberField
from portal.kernel.i18n import in_words
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.photo_fields import PhotoForm, PhotosField
from portal.kernel.words import say
from portal.reports.rules.categories import CategoryRow
from volunteers.labels.activities import DUTY_KINDS
from volunteers.labels.doorsteps import TOPICS
from volunteers.labels.on_the_day import FINDINGS
from volunteers.queries.patrols import CheckpointRow, RouteRow
from volunteers.rules.activities import DutyKind
from volunteers.rules.doorsteps import DoorTopic, DoorWish
from volunteers.rules.patrols import (
    CheckpointWish,
    Finding,
    LogWish,
    PatrolRefusal,
    RouteWish,
    as_typed,
    checklists,
    read_checkpoints,
)
from volunteers.service.patrol_log import FindingWish

MOST_PHOTOS = 3
_UNANSWERED = ""


class OnTheWayForm(PhotoForm):
    """What entries and findings have in common: a checkpoint, and a reason when it is late."""

    checkpoint = SelectField(_l("At which checkpoint?"), validate_choice=False)
    reason = StringField(_l("Why is it written down only now?"), [Optional()])

    def offer(self, points: Sequence[CheckpointRow], *, late: bool) -> None:
        """The points of the route; a reason is asked only of whoever writes afterwards."""
        self.checkpoint.choices = [
            SelectChoice("", _l("On the way")),
            *(SelectChoice(str(one.place), f"{one.place}. {one.name}") for one in points),
        ]
        if not points:
            del self.checkpoint
        if not late:
            del self.reason

    @property
    def place(self) -> int | None:
        """The number of the checkpoint; one that no route has when it cannot be read."""
        field = self._fields.get("checkpoint")
        typed = str(field.data or "") if field is not None else ""
        if not typed:
            return None
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 4 else -1

    @property
    def why(self) -> str:
        field = self._fields.get("reason")
        return str(field.data or "") if field is not None else ""


class LogForm(OnTheWayForm):
    """An entry of the log; ``log_form`` adds the points of a checklist."""

    items: Sequence[str] = ()
    duty = RadioField(
        _l("What did you do?"),
        choices=[SelectChoice(kind.value, words) for kind, words in DUTY_KINDS.items()],
        validate_choice=False,
    )
    words = TextAreaField(_l("In words"))
    people = WholeNumberField(_l("How many people you talked to"), [Optional()])
    doors = WholeNumberField(_l("How many households you called at"), [Optional()])
    topic = SelectField(
        _l("What was it about at the doors?"),
        choices=[
            SelectChoice(_UNANSWERED, _l("Please choose")),
            *(SelectChoice(one.value, words) for one, words in TOPICS.items()),
        ],
        validate_choice=False,
    )
    agreed = WholeNumberField(_l("How many households said yes and were told"), [Optional()])
    building = StringField(_l("Building"), [Optional()])
    entrance = WholeNumberField(_l("Entrance"), [Optional()])

    def wish(self) -> LogWish:
        duty = self.duty.data
        said = {item: self._fields[f"item_{item}"].data for item in self.items}
        return LogWish(
            duty=DutyKind(duty) if duty in set(DutyKind) else None,
            words=self.words.data or "",
            people=self.people.data or 0,
            doors=self.doors.data or 0,
            checkpoint=self.place,
            reason=self.why,
            at_doors=self._at_doors(),
            answers={item: Finding(one) for item, one in said.items() if one in set(Finding)},
        )

    def _at_doors(self) -> DoorWish:
        topic = self.topic.data
        return DoorWish(
            topic=DoorTopic(topic) if topic in set(DoorTopic) else None,
            agreed=self.agreed.data or 0,
            building=(self.building.data or "").strip(),
            entrance=self.entrance.data,
        )

    @property
    def item_fields(self) -> list[Any]:
        return [self._fields[f"item_{item}"] for item in self.items]


def log_form(checklist: str | None) -> LogForm:
    """The form with the points of the route's checklist, if it has one."""
    listed = checklists().get(checklist or "")
    fields: dict[str, Any] = {"items": tuple(listed.items) if listed else ()}
    for item, names in listed.items.items() if listed else ():
        fields[f"item_{item}"] = SelectField(
            in_words(names),
            choices=[
                SelectChoice(_UNANSWERED, _l("Please choose")),
                *(SelectChoice(one.value, words) for one, words in FINDINGS.items()),
            ],
            validate_choice=False,
        )
    made: type[LogForm] = type("ListedLogForm", (LogForm,), fields)
    return made()


class FindingForm(OnTheWayForm):
    """What was found, reported in one step."""

    photos = PhotosField(_l("Choose photos"), most=MOST_PHOTOS)
    category = SelectField(_l("What is it?"), validate_choice=False)
    words = TextAreaField(_l("What is wrong?"))
    where = StringField(_l("Where exactly?"), [Optional()])

    def offer_kinds(self, kinds: Sequence[CategoryRow]) -> None:
        self.category.choices = [
            SelectChoice("", _l("Please choose")),
            *(SelectChoice(kind.code, in_words(kind.names)) for kind in kinds),
        ]

    def wish(self) -> FindingWish:
        return FindingWish(
            category=self.category.data or "",
            words=self.words.data or "",
            where=self.where.data or "",
            photos=self.photos.data,
            checkpoint=self.place,
            reason=self.why,
        )


class RouteForm(Form):
    """A route with its points, one a line."""

    area = SelectField(_l("Place"), validate_choice=False)
    name = StringField(_l("Name of the route"))
    checklist = SelectField(_l("Checklist"), validate_choice=False)
    checkpoints = TextAreaField(_l("Checkpoints, one on each line"))
    points: Sequence[CheckpointWish] = ()

    def offer(self, places: Sequence[tuple[str, str]] | None) -> None:
        """The places that a route can be of; None when it has one already."""
        self.checklist.choices = [
            SelectChoice("", _l("none")),
            *(SelectChoice(one.code, in_words(one.names)) for one in checklists().values()),
        ]
        if places is None:
            del self.area
        else:
            self.area.choices = [SelectChoice(code, name) for code, name in places]

    def validate(self, extra_validators: Any = None) -> bool:
        valid = super().validate(extra_validators)
        try:
            self.points = read_checkpoints(self.checkpoints.data or "")
        except ValueError as error:
            self.checkpoints.errors = [say(PatrolRefusal.BAD_POINT, line=error.args[0])]
            valid = False
        return valid

    def wish(self) -> RouteWish:
        return RouteWish(self.name.data or "", tuple(self.points), self.checklist.data or None)


def shown_route(route: RouteRow, points: Sequence[CheckpointRow]) -> Mapping[str, Any]:
    """A route as its form shows it."""
    return {
        "name": route.name,
        "checklist": route.checklist or "",
        "checkpoints": as_typed([one.wish for one in points]),
    }


class OnRouteForm(Form):
    """Which route a shift walks."""

    route = SelectField(_l("Route"), validate_choice=False)

    def offer(self, routes: Sequence[RouteRow]) -> None:
        self.route.choices = [
            SelectChoice("", _l("No route")),
            *(SelectChoice(one.number, one.name) for one in routes),
        ]
