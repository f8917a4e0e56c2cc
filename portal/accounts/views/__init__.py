"""Pages of accounts: signing in, one's own page, people and roles, cards, audit, privacy."""

from portal.accounts.views import audit, cards, me, own_data, people, second_factor, sign_in
from portal.accounts.views.blueprint import bp

__all__ = ["audit", "bp", "cards", "me", "own_data", "people", "second_factor", "sign_in"]
