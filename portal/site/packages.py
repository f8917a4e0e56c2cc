"""What the packages add to the house: pages, words, jobs, commands and a city's data."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, Final

import click
from flask import Blueprint, Flask
from sqlalchemy.orm import Session

from credit import cli as credit_cli
from credit import jobs as credit_jobs
from credit import labels as credit_labels
from credit.labels import process as credit_process_labels
from credit.service import personal as credit_personal
from credit.service.honours import personal as honours_personal
from credit.service.process import check_settings
from credit.service.process import keeping as credit_keeping
from credit.service.quiz_lists import load_city_quizzes
from credit.service.rule_lists import load_city_rules
from credit.service.witnessing import witnesses_of
from credit.views import bp as credit
from pledges import cli as pledges_cli
from pledges import jobs as pledges_jobs
from pledges import labels as pledges_labels
from pledges.service import personal as pledges_personal
from pledges.service.clause_lists import load_clauses
from pledges.views import bp as pledges
from portal.accounts import cli as accounts_cli
from portal.accounts import jobs as accounts_jobs
from portal.accounts import labels as accounts_labels
from portal.accounts.access import init_login
from portal.accounts.views import bp as accounts
from portal.areas import labels as areas_labels
from portal.areas.cli import areas as areas_commands
from portal.areas.service import load_city_places
from portal.assessment import labels as assessment_labels
from portal.assessment.cli import assessment as assessment_commands
from portal.assessment.service.settings import settings_of as assessment_settings
from portal.assessment.views import bp as assessment
from portal.conventions import jobs as conventions_jobs
from portal.conventions import labels as conventions_labels
from portal.conventions.service import personal as conventions_personal
from portal.conventions.views import bp as conventions
from portal.kernel.calendars import load_calendars
from portal.kernel.city import City
from portal.organisations import labels as organisations_labels
from portal.organisations.service import load_city_organisations
from portal.publicity import jobs as publicity_jobs
from portal.publicity import labels as publicity_labels
from portal.publicity.service import personal as publicity_personal
from portal.publicity.service import questions_personal
from portal.publicity.views import bp as publicity
from portal.reports import jobs as reports_jobs
from portal.reports import labels as reports_labels
from portal.reports.cli import reports as reports_commands
from portal.reports.service import company_photos as reports_company_photos
from portal.reports.service import grid_personal as reports_grid_personal
from portal.reports.service import personal as reports_personal
from portal.reports.service.categories import load_categories
from portal.reports.service.companies import check_company_limits
from portal.reports.service.contract_lists import load_city_contracts
from portal.reports.service.dispatching import check_dispatch_limits
from portal.reports.service.following import asking as following
from portal.reports.service.following import keeping as following_keeping
from portal.reports.service.publishing import check_publishing
from portal.reports.service.routing_lists import load_city_responsibilities
from portal.reports.service.supervision import check_thresholds
from portal.reports.views import bp as reports
from portal.satisfaction import labels as satisfaction_labels
from portal.satisfaction.labels import surveys as surveys_labels
from portal.satisfaction.service import personal as surveys_personal
from portal.satisfaction.views import bp as satisfaction
from portal.site import jobs as site_jobs
from portal.site.calendars import bp as calendars
from portal.site.demo.command import demo
from portal.site.feeds import bp as feeds
from portal.site.metrics import bp as metrics
from portal.site.open311.routes import bp as open311
from portal.site.openapi.document import bp as openapi
from portal.site.parts import bp as parts
from portal.site.places import bp as places
from portal.site.releases import satisfaction as satisfaction_commands
from portal.site.supervision import bp as supervision
from portal.site.views import bp as site
from volunteers import cli as volunteers_cli
from volunteers import jobs as volunteers_jobs
from volunteers import labels as volunteers_labels
from volunteers.labels import adoption as adoption_labels
from volunteers.service import personal as volunteers_personal
from volunteers.service import personal_day as volunteers_personal_day
from volunteers.service.adoption import personal as adoption_personal
from volunteers.service.adoption.agreements import load_model
from volunteers.service.adoption.importing import load_register
from volunteers.service.adoption.settings import check_settings as check_adoption
from volunteers.service.limits import check_limits
from volunteers.service.on_the_day import check_settings as check_day_settings
from volunteers.views import bp as volunteers
from volunteers.views.adoption import bp as adoption

BLUEPRINTS: Final[tuple[Blueprint, ...]] = (
    site,
    accounts,
    credit,
    satisfaction,
    reports,
    conventions,
    volunteers,
    adoption,
    pledges,
    assessment,
    publicity,
    places,
    calendars,
    parts,
    open311,
    feeds,
    metrics,
    openapi,
    supervision,
)

COMMANDS: Final[tuple[click.Command, ...]] = (
    areas_commands,
    accounts_cli.people,
    accounts_cli.privacy,
    credit_cli.ledger,
    reports_commands,
    volunteers_cli.volunteers,
    pledges_cli.pledges,
    satisfaction_commands,
    assessment_commands,
    demo,
)

# floor by floor: units stand in places
CITY_DATA: Final[tuple[tuple[str, Callable[[Session, City, datetime], Any]], ...]] = (
    ("Places", load_city_places),
    ("Units", load_city_organisations),
    ("Working time", load_calendars),
    ("Points rules", load_city_rules),
    ("Things to learn", load_city_quizzes),
    ("Categories", load_categories),
    ("Responsibilities", load_city_responsibilities),
    ("Service contracts", load_city_contracts),
    ("Public at once", check_publishing),
    ("Model agreement for adoption", load_model),
    ("Adoptable things", load_register),
    ("Model texts of pledges", load_clauses),
)

# imported because they register themselves: words for codes, templates of messages, jobs, and
# what is kept about people
REGISTERED: Final = (
    areas_labels,
    organisations_labels,
    accounts_labels,
    credit_labels,
    credit_process_labels,
    satisfaction_labels,
    surveys_labels,
    surveys_personal,
    reports_labels,
    accounts_jobs,
    credit_jobs,
    credit_personal,
    credit_keeping,
    honours_personal,
    reports_jobs,
    reports_personal,
    following_keeping,
    reports_grid_personal,
    reports_company_photos,
    volunteers_jobs,
    volunteers_labels,
    volunteers_personal,
    adoption_labels,
    adoption_personal,
    volunteers_personal_day,
    pledges_jobs,
    pledges_labels,
    pledges_personal,
    conventions_jobs,
    conventions_labels,
    conventions_personal,
    assessment_labels,
    publicity_jobs,
    publicity_labels,
    publicity_personal,
    questions_personal,
    site_jobs,
)


def init_app(app: Flask) -> None:
    """Register every package's pages."""
    check_thresholds(app.extensions["gongzhi_instance"].city)
    check_settings(app.extensions["gongzhi_instance"].city)
    check_adoption(app.extensions["gongzhi_instance"].city)
    check_day_settings(app.extensions["gongzhi_instance"].city)
    following.check_thresholds(app.extensions["gongzhi_instance"].city)
    check_company_limits(app.extensions["gongzhi_instance"].city)
    check_limits(app.extensions["gongzhi_instance"].city)
    witnesses_of(app.extensions["gongzhi_instance"].city)
    check_dispatch_limits(app.extensions["gongzhi_instance"].city)
    assessment_settings(app.extensions["gongzhi_instance"].city)
    init_login(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)


def load_city_data(session: Session, city: City, now: datetime) -> Iterable[str]:
    """Load what the city file names; one line for each thing loaded."""
    for words, load in CITY_DATA:
        counts = vars(load(session, city, now)).items()
        yield f"{words}: {', '.join(f'{count} {what}' for what, count in counts)}"
