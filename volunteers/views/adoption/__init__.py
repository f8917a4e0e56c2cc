"""Pages of adoption: the public's, the adopters' own, the desk's and the register's."""

from volunteers.views.adoption import (
    apply,
    desk,
    desk_steps,
    files,
    members,
    mine,
    pictures,
    public,
    register,
    signing,
)
from volunteers.views.adoption.blueprint import bp

__all__ = [
    "apply",
    "bp",
    "desk",
    "desk_steps",
    "files",
    "members",
    "mine",
    "pictures",
    "public",
    "register",
    "signing",
]
