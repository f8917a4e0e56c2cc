"""Addresses of the pages of assessment: what stands in them."""

CASES = {
    "assessment.decide": "assessment_objection",
    "assessment.talk": "assessment_talk",
}
NO_PAGE = {"assessment.file": "a file of a frozen period to download"}
VALUES = {("assessment.objection", "group"): "streets"}
PAIRS = {
    ("assessment.period", "slug"): "assessment_slug",
    ("assessment.objection", "slug"): "assessment_slug",
    ("assessment.objection", "unit"): "assessment_unit",
}
