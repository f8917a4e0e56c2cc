"""Addresses of the pages of surveys: what stands in them, and who opens them."""

_OPEN = ("survey", "survey_answer", "desk_survey_invite", "desk_survey_paper",
         "desk_survey_sheets", "desk_survey_copy", "desk_survey_revoke")  # fmt: skip
_DRAFT = ("desk_survey", "desk_survey_edit", "desk_survey_question", "desk_survey_question_out",
          "desk_survey_start")  # fmt: skip
CASES = {
    **{f"satisfaction.{page}": "survey" for page in _OPEN},
    **{f"satisfaction.{page}": "survey_draft" for page in _DRAFT},
    "satisfaction.survey_results": "survey_over",
}
NO_PAGE = {"satisfaction.survey_results": "a table to download"}
VALUES = {("satisfaction.desk_survey_question_out", "position"): "1"}
