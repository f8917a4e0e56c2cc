"""The demo's street of shops."""

from sqlalchemy import func, select

from pledges.models import Premises, PremisesOperator
from portal.kernel.db import Database
from portal.site.demo.premises import plant_premises
from tests.make.accounts import staff
from tests.make.areas import small_tree
from tests.make.pledges import NOW
from tests.pages import Browser


def test_a_street_of_shops_is_taken_over(database: Database, browser: Browser) -> None:
    with database.write() as session:
        tree = small_tree(session)
        desk = staff(session, "street_desk", area=tree["370283001"])
        plant_premises(session, {"street_desk": [desk.id]}, NOW)
    with database.read() as session:
        for table in (Premises, PremisesOperator):
            assert session.scalar(select(func.count()).select_from(table)) == 12
    page = browser.get("/pledges/?kind=night_market", status=200)
    assert "演示路夜市" in page.text
    assert "东阁早点铺" not in page.text
