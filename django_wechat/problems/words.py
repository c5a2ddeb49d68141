"""What does each dead end of a sign-in say to the visitor? What happened, why, and what to do next."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise

TRY_AGAIN = _("Try again")
OTHER_WAYS = _("Other ways to sign in")


@dataclass(frozen=True)
class Problem:
    """One dead end, in words for the visitor. `reference` is shown where the site's admin could help.

    `retry`: the same request may succeed a little later. `is_outage`: to be seen in the server's log, although no admin
    can mend it. `status` is that of the page.
    """

    code: str
    title: Words
    what: Words
    why: Words = ""
    next_step: Words = ""
    action_label: Words = TRY_AGAIN
    action_url: str = ""
    reference: str = ""
    for_admin: bool = False
    retry: bool = False
    is_outage: bool = False
    status: int = 401


_ALL = (
    Problem(
        "cancelled",
        _("Sign-in cancelled"),
        _("WeChat sent you back without allowing the sign-in."),
        next_step=_("If that was a mistake, start again and tap Allow on your phone."),
    ),
    Problem(
        "state_lost",
        _("This sign-in has expired"),
        _("We could not match WeChat’s answer with a sign-in that was started in this browser."),
        _("It was started more than ten minutes ago, in another browser, or it was completed already."),
        _("Start again from this page."),
    ),
    Problem(
        "code_rejected",
        _("WeChat no longer accepts this sign-in"),
        _("The permission you gave on your phone has expired or was used already."),
        next_step=_("Start again; it takes a few seconds."),
    ),
    Problem(
        "permission_gone",
        _("WeChat wants your permission once more"),
        _("The permission you gave this site is no longer valid."),
        _("You took it back in WeChat, or changed the password of WeChat, which ends all permissions."),
        _("Start again and tap Allow on your phone."),
    ),
    Problem(
        "not_following",
        _("Follow the official account first"),
        _("WeChat lets only those in who follow this site’s official account, and you do not, or no longer."),
        next_step=_("Follow it in WeChat, then start again."),
    ),
    Problem(
        "qr_unavailable",
        _("WeChat is not answering"),
        _("WeChat gave us no QR code. Nothing is wrong with your account."),
        next_step=_("Wait a minute, then press Refresh, or sign in another way."),
        retry=True,
        is_outage=True,
    ),
    Problem(
        "account_limited",
        _("WeChat does not let this account sign in here"),
        _("WeChat refused this account, for instance because it is restricted."),
        next_step=_("Open WeChat and look for a notice there, or sign in another way."),
        action_label=OTHER_WAYS,
    ),
    Problem(
        "unavailable",
        _("WeChat is not answering"),
        _("We asked WeChat who you are and got no usable answer."),
        _("WeChat may be busy, or the connection to it is interrupted. Nothing is wrong with your account."),
        _("Wait a minute, then start again."),
        is_outage=True,
    ),
    Problem(
        "quota_used_up",
        _("No sign-in with WeChat for the rest of the day"),
        _("This site has used up what WeChat allows it in one day."),
        _("WeChat counts anew every day. Nothing is wrong with your account."),
        _("Sign in another way until then, and tell the people who run this site the reference below."),
        action_label=OTHER_WAYS,
        for_admin=True,
        is_outage=True,
    ),
    Problem(
        "misconfigured",
        _("WeChat sign-in is not set up correctly on this site"),
        _("WeChat refused this site’s credentials, so this way to sign in does not work now."),
        next_step=_("Sign in another way, and tell the people who run this site the reference below."),
        action_label=OTHER_WAYS,
        for_admin=True,
    ),
    Problem(
        "refused",
        _("WeChat refused this sign-in"),
        _("WeChat answered with an error that says nothing about you or your account."),
        next_step=_("Start again. If it keeps happening, tell the people who run this site the reference below."),
        for_admin=True,
    ),
    Problem(
        "snapshot_user",
        _("One more tap in WeChat"),
        _("WeChat shows a preview of this site, in which nobody can sign in."),
        _("WeChat hides who you are until you ask for the full page."),
        _("Tap “使用完整服务” (use the full service) at the bottom of the screen, then sign in again."),
    ),
    Problem(
        "not_available",
        _("WeChat sign-in is not available here"),
        _("This site offers no sign-in with WeChat for this browser."),
        next_step=_("Sign in another way, or try again on a computer or inside WeChat."),
        action_label=OTHER_WAYS,
    ),
    Problem(
        "settings_changed",
        _("WeChat sign-in was changed while you were signing in"),
        _("The people who run this site just changed its WeChat settings."),
        next_step=_("Start again; the new settings apply at once."),
    ),
    Problem(
        "not_saved",
        _("We could not finish signing you in"),
        _("WeChat said who you are, but this site could not save it, probably because of two sign-ins at once."),
        next_step=_("Start again. If it keeps happening, tell the people who run this site the reference below."),
        for_admin=True,
    ),
    Problem(
        "cannot_be_saved",
        _("This site cannot take you in by WeChat as it is set up"),
        _("WeChat said who you are, but this site’s list of users refused a new one. Nothing of it was kept."),
        _("It asks of everybody for something that WeChat does not tell, or cannot store what WeChat tells."),
        _("Another try does not help. Sign in another way, and tell the people who run this site the reference below."),
        action_label=OTHER_WAYS,
        for_admin=True,
    ),
    Problem(
        "qr_over",
        _("This QR code has run out"),
        _("It was used already, refused on the phone, or not confirmed in time."),
        next_step=_("Open the sign-in page again for a fresh one."),
        action_label=_("Open the sign-in page"),
    ),
    Problem(
        "too_often",
        _("Too many QR codes"),
        _("This browser or this network asked for too many QR codes."),
        next_step=_("Wait a few minutes, then press Refresh, or sign in another way."),
        retry=True,
    ),
    Problem(
        "out_of_order",
        _("Signing in does not work right now"),
        _("A part of this site that signing in needs does not answer."),
        _("Nothing is wrong with your account."),
        _("Try again in a minute. If it keeps happening, tell the people who run this site the reference below."),
        for_admin=True,
        retry=True,
        is_outage=True,
    ),
    Problem(
        "too_many_codes",
        _("Too many sign-ins that WeChat does not know"),
        _("From your network came many sign-ins that WeChat knows nothing of."),
        _("Somebody there may be trying to guess one. Nothing is wrong with your account."),
        _("Wait a few minutes, then start again, or sign in another way."),
    ),
    Problem(
        "digits_needed",
        _("Type the number on your phone"),
        _("To connect WeChat, this site needs the number that your own phone shows."),
        next_step=_("Type it. If your phone shows none, somebody else scanned the QR code: cancel."),
        retry=True,
    ),
    Problem(
        "digits_wrong",
        _("That is not the number"),
        _("Your phone shows another number."),
        next_step=_("Type the number that your own phone shows. If it shows none, somebody else scanned: cancel."),
        retry=True,
    ),
    Problem(
        "digits_used_up",
        _("Nothing was connected"),
        _("The number that was typed was not the one on the phone, three times."),
        _("Somebody else may have scanned the QR code."),
        _("Start again, and scan the new QR code with your own phone."),
    ),
    Problem(
        "sign_in_first",
        _("Sign in first"),
        _("What you asked for is about your account, and nobody is signed in here."),
        next_step=_("Sign in, then start again."),
        action_label=_("Sign in"),
    ),
    Problem(
        "other_user",
        _("Another account is signed in now"),
        _("This was started for the account that was signed in then, and that has changed."),
        next_step=_("If WeChat belongs to the account that is signed in now, start again."),
    ),
    Problem(
        "wrong_person",
        _("That is somebody else’s WeChat"),
        _("The WeChat that confirmed does not belong to the account that is signed in here."),
        _("Nothing was changed, and nobody was signed in or out."),
        _("Confirm with the WeChat, and with the kind of QR code, that you sign in with here."),
        status=403,
    ),
    Problem(
        "cannot_confirm",
        _("WeChat cannot confirm this"),
        _("No WeChat that may confirm belongs to the account that is signed in here."),
        _("A WeChat that was connected after signing in confirms nothing before the next sign-in."),
        _("Sign out, sign in with WeChat, and start again."),
        action_label=_("Sign out"),
        status=403,
    ),
)
PROBLEMS = {problem.code: problem for problem in _ALL}

NO_REFRESH_HELPS = tuple(code for code, problem in PROBLEMS.items() if problem.action_label is OTHER_WAYS)
"""After these only another way to sign in helps: the tab offers that in place of Refresh."""
