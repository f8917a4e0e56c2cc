"""Pages of conventions, by noun. Importing a module registers its routes."""

from portal.conventions.views import desk, kinds, texts, vote_desk, votes, wishes
from portal.conventions.views.blueprint import bp

__all__ = ["bp", "desk", "kinds", "texts", "vote_desk", "votes", "wishes"]
