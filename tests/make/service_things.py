"""What the demo's people do as volunteers, adopters and shops, as addresses show it."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.areas.models import Area
from tests.make.adoption_pages import adoption_things
from tests.make.alliance_pages import alliance_things, parking_things
from tests.make.article_pages import article_things
from tests.make.assessment import a_frozen
from tests.make.community_pages import community_things
from tests.make.convention_pages import convention_things
from tests.make.day_pages import day_things
from tests.make.disclosure import disclosure_things
from tests.make.exposure_pages import exposure_things
from tests.make.highlights import highlight_things
from tests.make.hours_pages import hours_things
from tests.make.inspection_pages import inspection_things
from tests.make.meeting_pages import meeting_things
from tests.make.plaque_pages import plaque_things
from tests.make.questions import question_things
from tests.make.shift_pages import shift_things
from tests.make.shop_pages import shop_page_things
from tests.make.sign_pages import sign_things
from tests.make.sign_up_pages import sign_up_things
from tests.make.signing_pages import signing_things
from tests.make.surveys import survey_things
from tests.make.warning_pages import warning_things


def service_things(session: Session, people: Mapping[str, Person], place: Area) -> dict[str, str]:
    """Numbers of shifts, seats, certificates, plots and what else stands in addresses."""
    return {
        **shift_things(session, people),
        **adoption_things(session),
        **day_things(session, people, place.code),
        **hours_things(session, people, place.code),
        **sign_up_things(session, people, place),
        **plaque_things(session, place),
        **inspection_things(session, people["resident"], place),
        **alliance_things(session, people["resident"], place),
        **parking_things(session, people["resident"], place),
        **shop_page_things(session, people["resident"], place),
        **signing_things(session, people["resident"], place),
        **convention_things(session, place),
        **a_frozen(session, place.code[:9]),
        **meeting_things(session, place),
        **sign_things(session, place, people["resident"]),
        **community_things(session, people["resident"], place),
        **survey_things(session, place),
        **exposure_things(session, place),
        **warning_things(session, place),
        **article_things(session, place, people["resident"]),
        **question_things(session, place, people["resident"]),
        **disclosure_things(session, place),
        **highlight_things(session, place),
    }
