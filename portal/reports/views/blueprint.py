"""The blueprint of the reports' pages; the modules beside it hang their routes on it."""

from flask import Blueprint

bp = Blueprint("reports", "portal.reports", template_folder="templates")
