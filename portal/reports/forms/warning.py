"""A form on one page that stops once when what was typed sounds like an emergency."""

from wtforms import HiddenField

WARNED = "yes"


class WarnedOnce:
    """``warned``: whoever types was told once whom to call first."""

    warned = HiddenField()
