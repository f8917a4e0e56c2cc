"""The blueprint of the pages of assessment, and the words that its templates use."""

from flask import Blueprint

from portal.assessment.labels import words

bp = Blueprint("assessment", "portal.assessment", template_folder="templates")


@bp.app_context_processor
def assessment_words() -> dict[str, object]:
    """Names of periods, groups and figures."""
    return {
        "period_words": words.period_words,
        "group_words": words.group_words,
        "indicator_words": words.indicator_words,
        "known_words": words.known_words,
        "fund_words": words.fund_words,
        "talk_words": words.talk_words,
        "points_words": words.points_words,
        "yuan_words": words.yuan_words,
        "value_words": words.value_words,
    }
