"""Pages of the ledger, by noun. Importing a module registers its routes."""

from credit.views import log
from credit.views.blueprint import bp

__all__ = ["bp", "log"]
