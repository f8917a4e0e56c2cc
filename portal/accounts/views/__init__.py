"""Pages of accounts: signing in, one's own page, people and roles, cards, keys, audit, privacy."""

from portal.accounts.views import (
    age,
    api_keys,
    audit,
    cards,
    me,
    own_data,
    people,
    second_factor,
    sign_in,
)
from portal.accounts.views.blueprint import bp

__all__ = [
    "age",
    "api_keys",
    "audit",
    "bp",
    "cards",
    "me",
    "own_data",
    "people",
    "second_factor",
    "sign_in",
]
