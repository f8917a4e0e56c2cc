"""Every community has a grid lead, or the city check says which has not (R293)."""

from portal.kernel.db import Database
from portal.reports.queries.counters import PublicCounts, place_figures, public_counts
from portal.reports.queries.coverage import communities_without_lead, lead_roles
from portal.reports.rules.codes import State, Target
from tests.make import accounts, reports
from tests.make.areas import small_tree
from tests.make.reports import NOW


def test_communities_without_a_lead_are_named(database: Database) -> None:
    with database.write() as session:
        tree = small_tree(session)
        accounts.staff(session, "grid_lead", area=tree["370283001002"])
        accounts.staff(session, "grid_lead", area=tree["370283001001G01"])
        accounts.staff(session, "street_desk", area=tree["370283002"])
        missing = communities_without_lead(session, NOW)
        assert [area.code for area in missing] == ["370283002001", "370283002002"]
        here = communities_without_lead(session, NOW, under=tree["370283001"].path)
        assert here == []


def test_a_lead_is_whoever_may_settle_small_matters_in_a_place() -> None:
    assert lead_roles() == ["grid_lead"]


def test_public_figures_leave_out_what_was_taken_out(database: Database) -> None:
    with database.write() as session:
        tree = small_tree(session)
        south, north = tree["370283001001"], tree["370283001002"]
        for state in (State.REPORTED, State.CLOSED, State.VOID, State.WITHDRAWN, State.REWORK):
            reports.case(session, south, state=state)
        reports.case(session, north, state=State.NOT_ACCEPTED)
        assert public_counts(session, None, NOW) == PublicCounts(reported=4, settled=1, open=2)
        assert public_counts(session, south.path, NOW) == PublicCounts(3, 1, 2)
        later = NOW.replace(day=NOW.day + 1)
        assert public_counts(session, None, later) == PublicCounts(0, 0, 2)


def test_the_weeks_of_a_community_tell_nothing_that_only_its_month_may_tell(
    database: Database,
) -> None:
    with database.write() as session:
        tree = small_tree(session)
        south, street = tree["370283001001"], tree["370283001"]
        reports.category(session, "noise", target=Target.PERSON_OR_SHOP)
        for kind in ("litter", "noise"):
            reports.case(session, south, state=State.CLOSED, category_code=kind)
        moments = [NOW.replace(day=NOW.day - 7), NOW]
        assert place_figures(session, street.path, NOW, moments)[1] == [0, 2]
        assert place_figures(session, south.path, NOW, moments)[1] == [0, 1]
