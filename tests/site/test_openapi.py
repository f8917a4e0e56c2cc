"""The description of what programs can ask for is whole, and what is answered fits it."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from jsonschema import Draft202012Validator
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal.accounts.rules import ApiScope
from portal.areas.models import Area
from portal.kernel.clock import now
from portal.kernel.db import Database
from portal.publicity.service.participation import count_month
from portal.reports.rules.open311 import Attribute, Datatype
from portal.site.open311 import routes
from portal.site.openapi import operations
from portal.site.openapi.document import described
from portal.site.openapi.operations import OPERATIONS
from tests.make.all_pages import NO_PAGE
from tests.make.convention_pages import convention_things
from tests.make.intake import INSIDE
from tests.make.keys import key
from tests.make.meeting_pages import meeting_things
from tests.site.test_open311 import MONTH, Town

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
# what answers a GET with neither a page nor JSON nor XML
NO_DATA = {
    "static", "site.favicon", "site.healthz", "site.readyz", "site.robots", "site.worker",
    "satisfaction.month_csv", "satisfaction.file", "assessment.file",
    "satisfaction.survey_results", "assessment.dispatch_file", "reports.standards_csv",
    "publicity.participation_csv",
    "reports.desk_photo", "reports.pending_photo",
    "reports.photo",
    "reports.uncovered_photo", "reports.company_scores", "reports.thumbnail",
    "reports.place_map_picture",
    "reports.open_link", "reports.opened", "reports.one_click_page", "reports.desk_diary_photo",
    "conventions.desk_tally_photo", "conventions.place_calendar", "conventions.tasks_table",
    "reports.desk_check_photo",
    "conventions.desk_filing_photo", "conventions.conventions_csv",
    "conventions.desk_signature_photo",
    "conventions.desk_committee_document",
    "conventions.stops_feed",
    "publicity.exposure_photo", "publicity.desk_exposure_photo",
    "publicity.article_photo", "publicity.desk_article_photo", "publicity.my_article_photo",
    "reports.pass_photo", "reports.desk_came_photo", "reports.file_receipt",
    "reports.filed_paper", "reports.short", "reports.desk_link_made",
    "volunteers.calendar", "volunteers.evidence_csv", "volunteers.statistics_csv",
    "volunteers.statistics_xlsx", "volunteers.desk_figures_table",
    "volunteers.qualification_photo", "volunteers.certificate_pdf",
    "credit.deduction_assessment", "credit.admin_assessment", "credit.retaliation_csv",
    "credit.log_key", "credit.log_checkpoint", "credit.log_tile",
    "credit.numbered_checkpoint", "credit.numbered_tile", "credit.check_tool", "credit.my_proof",
    "credit.deduction_photo", "credit.matter_photo", "credit.deduction_step",
    "adoption.photo", "adoption.small_photo", "adoption.plaque", "adoption.register_csv",
    "adoption.register_xlsx", "adoption.desk_register_csv", "adoption.desk_register_xlsx",
    "pledges.plaque_picture", "pledges.desk_premises_table", "pledges.pledge_photo",
    "pledges.desk_inspections_table", "pledges.desk_breaches_table",
    "pledges.desk_clause_table",
    "pledges.parking_table",
    "pledges.street_figures_table",
    "pledges.pledge_paper",
    "accounts.start", "reports.joined", "reports.reopen", "metrics.show",
    # nothing but errors
    "open311.no_such_method",
}  # fmt: skip


def missing(endpoints: set[str]) -> set[str]:
    """Endpoints that answer programs and are not described."""
    return endpoints - NO_DATA - {operation.endpoint for operation in OPERATIONS}


def test_every_endpoint_that_answers_json_or_xml_is_described() -> None:
    assert missing(set(NO_PAGE)) == set(), "add these to portal/site/openapi/operations.py"
    assert missing({*NO_PAGE, "planted.data"}) == {"planted.data"}


def refs(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if "$ref" in value:
            yield value["$ref"]
        for item in value.values():
            yield from refs(item)
    elif isinstance(value, list):
        for item in value:
            yield from refs(item)


@on_sqlite
def test_the_document_keeps_the_rules_of_openapi(app: Flask, database: Database) -> None:
    answer = app.test_client().get("/openapi.json")
    document = answer.json
    assert document is not None
    assert document["openapi"] == "3.1.0"
    assert document["servers"] == [{"url": "http://127.0.0.1:8000"}]
    known = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    used = set(refs(document))
    assert used == known, "a name without a shape, or a shape that nobody answers"
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
    ids = []
    for path, methods in document["paths"].items():
        for operation in methods.values():
            ids.append(operation["operationId"])
            parameters = operation.get("parameters", [])
            places = {one["name"] for one in parameters if one["in"] == "path"}
            assert {f"{{{name}}}" for name in places} == {
                part for part in path.replace(".", "/").split("/") if part.startswith("{")
            }
            assert len({(one["in"], one["name"]) for one in parameters}) == len(parameters)
            assert all(one["description"] for one in operation["responses"].values())
    assert len(ids) == len(set(ids)) == len(OPERATIONS)
    assert "/open311/v2/requests/{number}.{form}" in document["paths"]
    assert set(document["paths"]["/open311/v2/requests.{form}"]) == {"get", "post"}


class Checked:
    """Asks, and holds every answer against the description."""

    def __init__(self, app: Flask, town: Town) -> None:
        self.app, self.client = app, town.client
        self.document: Any = described(app)
        self.seen: set[str] = set()

    def ask(self, path: str, operation: str, status: int = 200, **options: Any) -> Any:
        method = options.pop("method", "get")
        answer: TestResponse = self.client.open(path, method=method, **options)
        assert answer.status_code == status, answer.text
        told = next(
            one
            for methods in self.document["paths"].values()
            for one in methods.values()
            if one["operationId"] == operation
        )
        kind = answer.mimetype
        schema = told["responses"][str(status)]["content"][kind]["schema"]
        found = json.loads(answer.data)
        whole = {**schema, "components": self.document["components"]}
        Draft202012Validator(whole).validate(found)
        self.seen.add(operation)
        return found


def convention_answers(checked: Checked, database: Database) -> None:
    with database.write() as session:
        area = session.scalars(select(Area).order_by(Area.id)).first()
        assert area is not None
        made = convention_things(session, area)
    decided, text = made["convention_decided"], made["convention_text"]
    checked.ask(f"/conventions/votes/{decided}/minutes.json", "conventions.vote_minutes")
    checked.ask(f"/conventions/texts/{text}/1/text.json", "conventions.version_json")
    checked.ask("/conventions/list.json", "conventions.conventions_json")


def portal_answers(checked: Checked) -> None:
    """What the portal's own pages and programs ask it for."""
    checked.ask("/feeds/reports.geojson", "feeds.geojson")
    checked.ask("/reports/map.geojson", "reports.map_data")
    checked.ask("/reports/map.geojson?area=!", "reports.map_data", 422)
    checked.ask("/adoption/points.geojson", "adoption.points")
    checked.ask("/reports/map/outlines.geojson", "reports.map_outlines")
    checked.ask("/reports/offline/token", "reports.offline_token")
    wanted = {"Accept": operations.JSON}
    checked.ask("/reports/offline", "reports.offline", 422, method="post", headers=wanted)
    checked.ask("/media.json", "publicity.media_json")
    checked.ask("/manifest.webmanifest", "site.manifest")
    checked.ask("/openapi.json", "openapi.show")


def community_answers(checked: Checked, database: Database) -> None:
    """What communities counted, resolved and replied."""
    with database.write() as session:
        area = session.scalars(select(Area).order_by(Area.id)).first()
        assert area is not None
        decided = convention_things(session, area)["convention_decided"]
        made = meeting_things(session, area)
    checked.ask(f"/conventions/votes/{decided}/minutes.json", "conventions.vote_minutes")
    held, replied = made["meeting_held"], made["asking_replied"]
    checked.ask(f"/meetings/{held}/minutes.json", "conventions.meeting_minutes")
    checked.ask(f"/consultations/{replied}/reply.json", "conventions.consultation_reply")
    count_month(database, "2026-10", now())
    checked.ask("/participation/2026-10.json", "publicity.participation_json")


@on_sqlite
def test_answers_fit_their_description(
    app: Flask, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    town = Town(app, database)
    with database.write() as session:
        shown = key(session, scopes=(ApiScope.FILE, ApiScope.READ_OWN)).key
    checked, v2 = Checked(app, town), "/open311/v2"
    checked.ask("/open311/discovery.json", "open311.discovery")
    checked.ask("/open311/discovery", "open311.discovery_bare", headers={"Accept": operations.JSON})
    checked.ask(f"{v2}/services.json", "open311.services")
    names = {"zh_Hans": "白天"}
    asked = Attribute("when", Datatype.ONE, True, names, 1, {"day": names})
    monkeypatch.setattr(routes, "attributes_of", lambda _code: (asked,))
    checked.ask(f"{v2}/services/litter.json", "open311.service")
    checked.ask(f"{v2}/services/none.json", "open311.service", 404)
    for extensions in ("", "true"):
        query = MONTH | {"extensions": extensions}
        rows = checked.ask(f"{v2}/requests.json", "open311.requests", query_string=query)
        assert len(rows) == 3
        checked.ask(f"{v2}/requests/{town.lamp}.json?extensions={extensions}", "open311.request")
    checked.ask(f"{v2}/requests.json?status=x", "open311.requests", 400)
    report = {"api_key": shown, "service_code": "litter", "long": INSIDE[0], "lat": INSIDE[1],
              "extensions": "true"}  # fmt: skip
    (made,) = checked.ask(f"{v2}/requests.json", "open311.create", method="post", data=report)
    checked.ask(f"{v2}/requests.json", "open311.create", 403, method="post", data={})
    token = made["extended_attributes"]["token"]
    checked.ask(f"{v2}/tokens/{token}.json", "open311.token")
    checked.ask("/data/catalog.json", "satisfaction.catalog")
    checked.ask("/data/standards.json", "reports.standards_json")
    portal_answers(checked)
    community_answers(checked, database)
    convention_answers(checked, database)
    # the rest is no JSON, or needs somebody signed in
    left = {operation.endpoint for operation in OPERATIONS} - checked.seen
    assert left == {
        "feeds.atom", "publicity.articles_feed", "publicity.media_atom",
        "accounts.my_data_file", "reports.desk_spot", "credit.ledger_json",
        "credit.my_details",
        "feeds.questions_atom", "feeds.data_atom",
    }  # fmt: skip
