"""Rules for tests."""

from datetime import datetime
from typing import Any

from credit.rules.rulebook import Rule, RuleClass


def shift_rule(valid_from: datetime, **changes: Any) -> Rule:
    """Two points for a shift, which last a year."""
    given: dict[str, Any] = {
        "code": "shift", "version": 0, "fact": "shift_done", "rule_class": RuleClass.POSITIVE,
        "points": 2, "life_days": 365, "title": "志愿服务", "source_text": "自律规范第三条",
        "evidence": "签到记录", "proposers": "volunteer_organiser", "valid_from": valid_from,
    }  # fmt: skip
    return Rule(**{**given, **changes})
