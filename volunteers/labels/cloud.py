"""Words for the volunteer cloud."""

from collections.abc import Iterator, Mapping
from typing import Any

from portal.accounts.labels import register_reader
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import register
from volunteers.rules.cloud import CloudProblem, CloudRefusal
from volunteers.rules.personal import Data

register(
    {
        CloudRefusal.BAD_ID: _l("This is no number of the Volunteer Cloud: letters and digits."),
        CloudRefusal.TAKEN: _l("Somebody else has given this number. Please ask at the desk."),
        CloudProblem.COLUMNS: _l("the row does not have the columns of the file"),
        CloudProblem.NO_ID: _l("no number of the cloud"),
        CloudProblem.NO_RECORD: _l("no number of the record"),
        CloudProblem.NO_TITLE: _l("no title, or a title that is too long"),
        CloudProblem.BAD_TIME: _l("times that cannot be read, or an end before the beginning"),
        CloudProblem.BAD_MINUTES: _l("minutes that do not fit between the times"),
        CloudProblem.FUTURE: _l("a service that is not over"),
        CloudProblem.TWICE: _l("the same record stands in the file twice"),
        CloudProblem.UNKNOWN_PERSON: _l("nobody here has given this number of the cloud"),
        CloudProblem.DIFFERENT: _l("the record was taken over before with other words"),
        CloudProblem.OVERLAP: _l("overlaps with other service: taken over, counted once"),
        Data.CLOUD: _l("Your number in the Volunteer Cloud"),
        Data.CALENDAR: _l("A link to your shifts for your calendar"),
    }
)


def _link(record: Mapping[str, Any]) -> Iterator[Any]:
    yield from (record["cloud_id"], record["linked_at"])


register_reader("volunteer_cloud_link", _l("Your number in the Volunteer Cloud"), _link)
