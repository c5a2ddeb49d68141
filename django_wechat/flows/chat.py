"""What is a person told in the chat with the official account, after a scan? In the language that is active.

WeChat makes a link of `<a href>` in a text message, and of nothing else in it.
"""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from django_wechat.flows.journey import CONNECT, REAUTHENTICATE
from django_wechat.models import FollowUpAction


def too_late() -> str:
    """Return what is told to whose scan comes too late, or scanned a code that is not ours any more."""
    return _("This QR code is no longer valid. Please refresh it on the computer and scan again.")


def signs_in(asked: Mapping[str, Any]) -> bool:
    """Return whether the official account itself signs in, or only leads on to the Open Platform."""
    return bool(asked["action"] == FollowUpAction.MEDIA)


def answer(asked: Mapping[str, Any], digits: str, key: str) -> str:
    """Return what is told to who scanned: `asked` is what the QR session keeps, `key` that of the link."""
    site = _plain(asked["site_name"])
    if not signs_in(asked):
        return _thanks(site, asked["process"])
    words = {"site": site, "host": _plain(asked["host"]), "digits": digits}
    url = asked["origin"] + reverse("wechat_confirm", args=[key])
    if not asked["asks"]:
        return _at_once(url, words)
    title, number = _question(asked["process"])
    lines = [title, _site_line(site, words["host"]), number % words, "", _warning() % words, "", _link(url)]
    return "\n".join(lines)


def _thanks(site: str, process: str) -> str:
    if process == REAUTHENTICATE:
        return _("Thank you! Please go on at the computer: scan the second QR code to confirm that it is you.")
    if process == CONNECT:
        return _("Thank you! Please go on at the computer: scan the second QR code to connect your account.")
    return _("Thank you! Please go on at the computer: scan the second QR code to sign in to %(site)s.") % {
        "site": site
    }


def _at_once(url: str, words: dict[str, str]) -> str:
    """No question was wanted: the link is for who did not mean it."""
    told = _("You are being signed in to %(site)s (%(host)s) on the computer.") % words
    return "\n\n".join([told, _anchor(url, _("It wasn’t me"))])


def _question(process: str) -> tuple[str, str]:
    if process == CONNECT:
        return _("Connect your WeChat on a computer?"), _("Number to type on the computer: %(digits)s")
    asked = _("Confirm on a computer that it is you?") if process == REAUTHENTICATE else _("Sign in on a computer?")
    return asked, _("Number on the computer: %(digits)s")


def _site_line(site: str, host: str) -> str:
    if site == host:
        return host
    # Translators: the name of a site and its address.
    return _("%(site)s (%(host)s)") % {"site": site, "host": host}


def _warning() -> str:
    return _(
        "Go on only if you opened %(host)s yourself on a computer in front of you. Do not pass this message on: "
        "its link answers for you."
    )


def _link(url: str) -> str:
    return _anchor(url, _("Open the question and answer it"))


def _anchor(url: str, words: str) -> str:
    return f'<a href="{url}">{words}</a>'


def _plain(text: str) -> str:
    """No link of somebody else's making: what looks like a tag loses its brackets."""
    return text.replace("<", "").replace(">", "")
