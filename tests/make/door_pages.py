"""Addresses of the pages of other doors: what stands in them, and who opens them."""

from tests.make import (
    alliance_pages,
    convention_pages,
    inspection_pages,
    plaque_pages,
    shop_pages,
    sign_pages,
    signing_pages,
)

WHO = {
    "reports.self_solve": "resident",
    "reports.settled": "resident",
    "reports.own_consent": "resident",
    "reports.desk_settle": "building_head",
    "reports.file_form": "community_committee",
    "reports.file_start": "street_desk",
    "reports.filed": "community_committee",
    "reports.filed_matter": "community_committee",
    "reports.filed_consent": "community_committee",
    **shop_pages.WHO,
}
CASES = {
    **plaque_pages.CASES,
    **inspection_pages.CASES,
    **alliance_pages.CASES,
    **shop_pages.CASES,
    **signing_pages.CASES,
    **convention_pages.CASES,
    **sign_pages.CASES,
    "reports.self_solve": "dispatched",
    "reports.settled": "settling",
    "reports.own_consent": "consented",
    "reports.desk_settle": "small",
    "reports.desk_doubt": "self_solved",
    "reports.desk_confirm_solved": "self_solved",
    "reports.filed_matter": "filed_for",
    "reports.filed_consent": "filed_for",
}
NO_PAGE = {
    **alliance_pages.NO_PAGE,
    **convention_pages.NO_PAGE,
    **sign_pages.NO_PAGE,
    "pledges.plaque_picture": "a picture",
    "pledges.pledge_photo": "a picture",
    "pledges.pledge_paper": "a picture",
    "conventions.desk_tally_photo": "a picture",
    "conventions.vote_minutes": "figures to download",
    "pledges.desk_premises_table": "a table to download",
    "pledges.desk_inspections_table": "a table to download",
    "pledges.desk_breaches_table": "a table to download",
    "pledges.desk_clause_table": "a table to download",
    "pledges.street_figures_table": "a table to download",
    "satisfaction.file": "a file of a release to download",
    "satisfaction.catalog": "data for programs",
}
PAIRS = {**inspection_pages.PAIRS, **convention_pages.PAIRS}
VALUES = {
    **inspection_pages.VALUES,
    **alliance_pages.VALUES,
    **shop_pages.VALUES,
    **convention_pages.VALUES,
    ("reports.file_form", "source"): "petition_proxy",
    ("reports.file_form", "kind"): "litter",
    ("pledges.clause_set", "code"): "three",
    ("pledges.desk_clause", "which"): "swept",
    ("pledges.desk_remove_clause", "which"): "swept",
}
