"""Pages of the ledger, by noun. Importing a module registers its routes."""

from credit.views import log, log_pages
from credit.views.blueprint import bp

__all__ = ["bp", "log", "log_pages"]
