"""The blueprint of the ledger's pages; the modules beside it hang their routes on it."""

from flask import Blueprint

bp = Blueprint("credit", "credit", template_folder="templates")
