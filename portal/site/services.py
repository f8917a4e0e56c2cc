"""What residents can do here, and how each is done without the site (law P6)."""

from typing import Final, NamedTuple

from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import Words
from portal.site.navigation import page_exists


class Service(NamedTuple):
    """One service: its page, what it is called, its other ways, and whose pages belong to it.

    ``pages`` are the endpoints whose paper form this is; a name with a dot at its end is a whole
    package. ``account``: somebody who does it for another acts with that person's card or paper.
    """

    code: str
    url: str
    pictogram: str
    title: Words
    text: Words
    helper: Words
    pages: tuple[str, ...]


_WHOEVER: Final = _l(
    "Anybody may do it for you: your family, a neighbour, your grid worker or residents’ "
    "committee. They need no paper, and you need not give your name."
)
_WITH_RECEIPT: Final = _l(
    "Give the receipt, or its number and look-up code, to somebody you trust or to your residents’ "
    "committee. Whoever has them can do it for you."
)
_IN_PERSON: Final = _l(
    "At the community desk a person does it with you. If you cannot come, somebody may bring the "
    "paper form with your signature. The desk looks at the identity card and copies nothing."
)
_READ_OUT: Final = _l(
    "Ask your residents’ committee or your grid worker: they look it up, read it to you and "
    "print it."
)

SERVICES: Final = (
    Service(
        "report", "/reports/new", "camera",
        _l("Report a problem"),
        _l("Call, tell your grid worker or residents’ committee, or hand in the paper form."),
        _WHOEVER,
        ("reports.",),
    ),
    Service(
        "follow", "/track", "clock",
        _l("Look up, chase or withdraw a report"),
        _l("Call and say its number, or show the receipt at your residents’ committee."),
        _WITH_RECEIPT,
        (
            "reports.track", "reports.track_link", "reports.opened", "reports.open_link",
            "reports.show", "reports.urge", "reports.withdraw", "reports.add_photo",
            "reports.reply", "reports.my_reports", "reports.self_solve", "reports.settled",
            "reports.own_consent", "accounts.me",
            "reports.follow_case", "reports.follow_list", "reports.following",
            "reports.change_following", "reports.confirm_following", "reports.follower",
            "reports.stop_following", "reports.stopped",
        ),
    ),
    Service(
        "rate", "/track", "tick",
        _l("Rate how a report was handled"),
        _l("You are asked by telephone, or you can fill in the paper form."),
        _WITH_RECEIPT,
        ("reports.rate", "reports.rated", "reports.reopen"),
    ),
    Service(
        "list", "/reports/", "map",
        _l("See what others reported"),
        _l("Call and ask about your street, or read the sheet at your residents’ committee."),
        _READ_OUT,
        ("reports.public_list", "reports.map_page"),
    ),
    Service(
        "places", "/places/", "place",
        _l("My street and community"),
        _l("Your residents’ committee tells you who looks after what, and prints the page."),
        _READ_OUT,
        ("places.",),
    ),
    Service(
        "figures", "/data/", "chart",
        _l("Figures"),
        _l("Your residents’ committee prints any page for you, and posts the monthly figures."),
        _READ_OUT,
        ("satisfaction.",),
    ),
    Service(
        "benefits", "/credit/benefits", "star",
        _l("What points are good for"),
        _l("Ask at the community desk what there is, and have it kept for you with your card."),
        _IN_PERSON,
        (
            "credit.benefits", "credit.show_benefit", "credit.redeem_benefit",
            "credit.my_redemptions", "credit.my_redemption", "credit.cancel_benefit",
        ),
    ),
    Service(
        "points", "/credit/", "tick",
        _l("Points and records"),
        _l("Your residents’ committee prints your entries, and takes your yes, no or objection."),
        _IN_PERSON,
        ("credit.",),
    ),
    Service(
        "volunteer", "/volunteers/", "people",
        _l("Take part as a volunteer"),
        _l("Call, or hand in the paper form: the organiser puts you on a shift or takes you off."),
        _IN_PERSON,
        ("volunteers.",),
    ),
    Service(
        "adopt", "/adoption/", "leaf",
        _l("Adopt green space and things of the street"),
        _l("Call, or go to the street office: staff apply, write the care log and sign with you."),
        _IN_PERSON,
        ("adoption.",),
    ),
    Service(
        "pledge", "/pledges/", "tick",
        _l("Sign and look up the pledge of a shop"),
        _l("Call, or ask at the street office: staff come, read the text and sign with you."),
        _IN_PERSON,
        ("pledges.",),
    ),
    Service(
        "honour", "/credit/role-models", "people",
        _l("Nominate a role model, or answer as a nominee"),
        _l("Call, or hand in the paper form at the community desk. Staff type it in."),
        _IN_PERSON,
        (
            "credit.role_models", "credit.nominate_one", "credit.my_honours", "credit.my_honour",
            "credit.answer_by_link", "credit.answered",
        ),
    ),
    Service(
        "learn", "/credit/learn", "list",
        _l("Learn and try"),
        _l("Your residents’ committee has the texts on paper and goes through them with you."),
        _READ_OUT,
        ("credit.learn", "credit.learn_one", "credit.learned"),
    ),
    Service(
        "account", "/sign-in", "person",
        _l("Sign in"),
        _l("Without a telephone: the community desk prints a card for you and helps you use it."),
        _IN_PERSON,
        ("accounts.",),
    ),
    Service(
        "privacy", "/privacy", "shield",
        _l("See, correct or delete what is kept about me"),
        _l("Ask at the street office, or hand in the paper form. You get it in writing."),
        _IN_PERSON,
        (
            "accounts.privacy", "accounts.my_data", "accounts.erase_me", "accounts.erased",
            "accounts.looks", "accounts.my_age", "accounts.my_details",
        ),
    ),
)  # fmt: skip
BY_CODE: Final = {service.code: service for service in SERVICES}


def service_of(endpoint: str | None) -> Service:
    """Whose paper form belongs beside a page; what fits none is the first thing people come for."""
    name = endpoint or ""
    exact = (one for one in SERVICES if name in one.pages)
    package = name.partition(".")[0] + "."
    whole = (one for one in SERVICES if package in one.pages)
    return next(exact, None) or next(whole, None) or SERVICES[0]


def offered() -> list[Service]:
    """The services of this installation: parts can be left out."""
    return [service for service in SERVICES if page_exists(service.url)]
