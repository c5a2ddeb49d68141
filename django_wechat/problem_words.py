"""What does each dead end of a sign-in say to the visitor? What happened, why, and what to do next."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise

TRY_AGAIN = _("Try again")


@dataclass(frozen=True)
class Problem:
    """One dead end, in words for the visitor. `reference` is shown where the site's admin could help."""

    code: str
    title: Words
    what: Words
    why: Words = ""
    next_step: Words = ""
    action_label: Words = TRY_AGAIN
    action_url: str = ""
    reference: str = ""
    for_admin: bool = False


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
        "qr_unavailable",
        _("WeChat is not answering"),
        _("WeChat gave us no QR code. Nothing is wrong with your account."),
        next_step=_("Wait a minute, then press Refresh, or sign in another way."),
    ),
    Problem(
        "account_limited",
        _("WeChat does not let this account sign in here"),
        _("WeChat refused this account, for instance because it is restricted."),
        next_step=_("Open WeChat and look for a notice there, or sign in another way."),
        action_label=_("Other ways to sign in"),
    ),
    Problem(
        "unavailable",
        _("WeChat is not answering"),
        _("We asked WeChat who you are and got no usable answer."),
        _("WeChat may be busy, or the connection to it is interrupted. Nothing is wrong with your account."),
        _("Wait a minute, then start again."),
    ),
    Problem(
        "quota_used_up",
        _("No sign-in with WeChat for the rest of the day"),
        _("This site has used up what WeChat allows it in one day."),
        _("WeChat counts anew every day. Nothing is wrong with your account."),
        _("Sign in another way until then, and tell the people who run this site the reference below."),
        action_label=_("Other ways to sign in"),
        for_admin=True,
    ),
    Problem(
        "misconfigured",
        _("WeChat sign-in is not set up correctly on this site"),
        _("WeChat refused this site’s credentials, so this way to sign in does not work now."),
        next_step=_("Sign in another way, and tell the people who run this site the reference below."),
        action_label=_("Other ways to sign in"),
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
        action_label=_("Other ways to sign in"),
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
    ),
    Problem(
        "sign_in_first",
        _("Sign in first"),
        _("To connect WeChat to your account you have to be signed in."),
        next_step=_("Sign in, then connect WeChat."),
        action_label=_("Sign in"),
    ),
)
PROBLEMS = {problem.code: problem for problem in _ALL}
