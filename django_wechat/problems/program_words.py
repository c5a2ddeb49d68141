"""What is a mini program or an app told when it fails? Words for its developer, and for its page to show."""

from django.utils.translation import gettext_lazy as _

from django_wechat.problems.problem import Problem

PROGRAMS = (
    Problem(
        "bad_request",
        _("This request makes no sense here"),
        _("This site does not understand what was sent."),
        next_step=_("Its developer finds in the documentation what this site takes."),
        status=400,
    ),
    Problem(
        "code_invalid",
        _("WeChat no longer accepts this code"),
        _("The code from WeChat has expired, was used already, or is of another program."),
        next_step=_("Fetch a fresh one, and send it at once."),
    ),
    Problem(
        "code_blocked",
        _("WeChat does not let this account sign in here"),
        _("WeChat refused this person, for instance because the account is at risk."),
        next_step=_("Open WeChat and look for a notice there, or sign in another way."),
    ),
    Problem(
        "unknown_person",
        _("This WeChat belongs to no account here"),
        _("This site makes no accounts by WeChat alone."),
        next_step=_("Sign in another way, and connect WeChat to your account; then WeChat signs you in."),
        status=403,
    ),
    Problem(
        "signup_closed",
        _("Sign-up is closed"),
        _("This WeChat belongs to no account here, and this site takes in nobody new at present."),
        status=403,
    ),
    Problem(
        "site_refused",
        _("This site does not let this account in"),
        _("WeChat said who you are, and the site said no: the account may have been switched off."),
        next_step=_("Ask the people who run this site."),
        status=403,
    ),
    Problem(
        "already_connected",
        _("This WeChat belongs to another account"),
        _("The WeChat that was to be connected is connected to another account of this site."),
        next_step=_("Sign in with WeChat to use that account, or take WeChat off it first."),
        status=409,
    ),
    Problem(
        "wrong_entry",
        _("This code was sent to you"),
        _("It was opened from a picture, a chat or a link that was passed on. Whoever sent it could sign in as you."),
        next_step=_("Scan the code on your own screen, with WeChat’s camera."),
        status=403,
    ),
    Problem(
        "more_asked",
        _("This site asks for more before it lets you in"),
        _("WeChat said who you are; the site still wants a second factor, an e-mail address or a form."),
        next_step=_("Go on with the steps that the answer names, or sign in on the site’s own pages."),
    ),
    Problem(
        "phone_taken",
        _("This phone number belongs to another account"),
        _("Another account of this site has this phone number, so it was not saved with yours."),
        next_step=_("Sign in to that account, or choose another number."),
        status=409,
    ),
    Problem(
        "phone_not_kept",
        _("This site keeps no phone numbers"),
        _("The phone number was not asked for: this site has no place to keep it."),
        next_step=_("Go on without it; the people who run this site can change that."),
        for_admin=True,
        status=503,
    ),
)
