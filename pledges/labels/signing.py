"""Words for signing: ways, what is refused, messages."""

from collections.abc import Mapping

from pledges.rules.claims import ClaimDecision, ClaimRefusal
from pledges.rules.clauses import Letter
from pledges.rules.signing import NoticeWay, PledgeStep, SigningRefusal, SigningWay
from portal.accounts.labels import register_actions
from portal.kernel import messages
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import Words, register

LETTERS: Mapping[Letter, Words] = {
    Letter.FRONTAGE: _l("Frontage pledge"),
    Letter.PARKING: _l("Offer of parking spaces"),
    Letter.TARGET: _l("Target letter"),
}
WAYS: Mapping[SigningWay, Words] = {
    SigningWay.CODE: _l("by a code to the telephone of the register"),
    SigningWay.DESK: _l("at the desk"),
    SigningWay.VISIT_CODE: _l("at a visit, by a code to her own telephone"),
    SigningWay.VISIT_PAPER: _l("at a visit, on paper"),
}
NOTICE_WAYS: Mapping[NoticeWay, Words] = {
    NoticeWay.SCREEN: _l("read on the screen"),
    NoticeWay.PAPER: _l("on paper"),
    NoticeWay.READ_ALOUD: _l("read aloud"),
}
PLEDGE_STEPS: Mapping[PledgeStep, Words] = {
    PledgeStep.SIGN: _l("Was signed"),
    PledgeStep.ASK_RENEWAL: _l("Asked to sign the new text"),
    PledgeStep.RENEW: _l("Renewed by a newer one"),
    PledgeStep.WITHDRAW: _l("Withdrawn by whoever signed it"),
    PledgeStep.TENANT_LEAVES: _l("Ended: somebody else runs the place"),
    PledgeStep.PREMISES_GO: _l("Ended: the place is no longer there"),
    PledgeStep.STRIKE: _l("Struck out by the street"),
}

DECISIONS: Mapping[ClaimDecision, Words] = {
    ClaimDecision.ACCEPT: _l("It is so: the register follows it"),
    ClaimDecision.REFUSE: _l("It is not so"),
}

register_actions(
    {
        "claim:accept": _l("What somebody said about a shop confirmed"),
        "claim:refuse": _l("What somebody said about a shop not confirmed"),
        "pledge:assist": _l("Helped with the signature of a pledge"),
        "pledge:erase_paper": _l("Photo of a signed pledge erased"),
    }
)
register(
    {
        SigningRefusal.NO_TEXT: _l(
            "No text of the pledge is published for this kind of place yet, so there is nothing to "
            "sign."
        ),
        SigningRefusal.NEW_TEXT: _l(
            "Meanwhile a new text counts here. Please read what changed and tick it; what is the "
            "same is still ticked."
        ),
        SigningRefusal.NO_DUTY: _l(
            "The street has not yet written down how far the duty area reaches. Before that "
            "nothing can be signed."
        ),
        SigningRefusal.NEW_DUTY: _l(
            "Meanwhile the street changed the duty area. Please read it again."
        ),
        SigningRefusal.NOT_RECEIVED: _l("Please tick that you have read the duty area."),
        SigningRefusal.NOT_TICKED: _l("Please tick this clause: each is agreed to by itself."),
        SigningRefusal.NO_NAME: _l("Please type your name; it is your signature."),
        SigningRefusal.NO_CODE: _l("Please type the code that was sent to the telephone."),
        SigningRefusal.OTHER_OPERATOR: _l(
            "Meanwhile somebody else runs this place. Please open its page again."
        ),
        SigningRefusal.SIGNED_ALREADY: _l("This text is signed already for this place."),
        SigningRefusal.NO_MOBILE: _l(
            "The register has no telephone for this place that can receive a message. Please sign "
            "at the desk, or say which telephone is yours."
        ),
        SigningRefusal.OTHER_PHONE: _l(
            "The telephone of the register has changed meanwhile. Please ask for a new code."
        ),
        SigningRefusal.NO_BRANCH: _l("Please tick for which places you sign."),
        SigningRefusal.NO_PHOTO: _l("Please take a photo of the sheet that was signed."),
        SigningRefusal.NOT_ON_PAPER: _l(
            "A signature on paper is taken by the street, the community or a liaison officer."
        ),
        SigningRefusal.OVER: _l("This pledge is no longer in force."),
        SigningRefusal.SPEAKS_NO_MORE: _l(
            "Somebody else speaks for this place now and decides about its letter."
        ),
    }
)
register(
    {
        ClaimRefusal.WAITS: _l(
            "What you said about this place, or about several others today, is being checked. "
            "Please wait for the answer."
        ),
        ClaimRefusal.NO_PHONE: _l(
            "Your account has no telephone. Please go to the desk with your licence."
        ),
        ClaimRefusal.NO_NAME: _l("Please write your name; only the street reads it."),
        ClaimRefusal.SPEAKS_ALREADY: _l("You speak for this place already."),
        ClaimRefusal.SAME_PHONE: _l(
            "The telephone of your account is the one in the register. The code comes to it."
        ),
        ClaimRefusal.DECIDED: _l("Meanwhile this was decided or taken back."),
        ClaimRefusal.NO_OPERATOR: _l(
            "Nobody runs this place at present. Please enter the operator first."
        ),
        ClaimRefusal.TENANT_FIRST: _l(
            "Enter the change of tenant in the register first: it ends what the former tenant "
            "pledged. Then confirm this."
        ),
        ClaimRefusal.OWN: _l("You said this yourself. Please leave it to a colleague."),
    }
)
messages.register(
    {
        "pledge.code": _l(
            "Code to sign the pledge of %(title)s: %(code)s. It works for %(minutes)s minutes and "
            "signs; whoever did not ask for it tells it to nobody."
        ),
        "pledge.code_many": _l(
            "Code to sign the pledges of your shops: %(code)s. It works for %(minutes)s minutes "
            "and signs; tell it to nobody."
        ),
        "pledge.renew": _l(
            "The text of the pledge of %(title)s was published anew. Please read what changed and "
            "sign it: %(link)s"
        ),
        "pledge.assisted": _l(
            "The pledge of %(title)s was signed with the help of a member of staff. If that was "
            "not you, please call the hotline. Number: %(number)s"
        ),
        "claim.confirmed": _l("What you said about %(title)s was checked and confirmed: %(link)s"),
        "claim.refused": _l(
            "What you said about %(title)s was checked and not confirmed. The reason: %(link)s"
        ),
    }
)
