"""“What do you have?” How does a new provider begin, and which parts of the form does it need? Plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from django_wechat.models import FollowUpAction, SubType, WeChatProvider
from django_wechat.setup.console_values import Card

NAME = "wechat"


@dataclass(frozen=True)
class Start:
    """One answer: what is had, what visitors can do with it, what has to be known first, and how the form begins."""

    title: Promise
    gives: Promise
    mind: Promise
    opens: frozenset[Card]
    initial: Mapping[str, Any] = field(default_factory=dict)


_PROGRAM = {"sub_type": SubType.MINI_PROGRAM, "enable_qr_code": True}
_FOLLOWING = {"sub_type": SubType.WEB, "enable_qr_code": True, "follow_up_action": FollowUpAction.MEDIA}

STARTS: dict[str, Start] = {
    "website": Start(
        _("A website app (网站应用)"),
        _("Visitors on a PC scan WeChat’s QR code."),
        _("It has to be approved at the Open Platform, with 微信登录 granted."),
        frozenset({Card.FIRST}),
        {"sub_type": SubType.WEB},
    ),
    "account": Start(
        _("A service account (服务号)"),
        _("Visitors sign in inside WeChat; on a PC they scan the account’s code and follow it."),
        _("WeChat permits that to verified service accounts (认证的服务号) only."),
        frozenset({Card.SECOND, Card.FOLLOWING}),
        _FOLLOWING,
    ),
    "both": Start(
        _("Both"),
        _("Visitors sign in on a PC and inside WeChat, and are the same person in both."),
        _("Bind both to one Open Platform account, or the same person has two accounts here."),
        frozenset({Card.FIRST, Card.SECOND}),
        {"sub_type": SubType.WEB},
    ),
    "test": Start(
        _("Only a test account (测试号)"),
        _("You try everything that a verified service account may do, with lower quotas."),
        _("Whoever signs in has to follow the test account first. Its AppID, AppSecret and domain are its own."),
        frozenset({Card.SECOND, Card.FOLLOWING}),
        _FOLLOWING,
    ),
    "program": Start(
        _("A mini program (小程序), and no service account"),
        _("Visitors on a PC scan the program’s code and confirm in it; people in the program sign in, too."),
        _("An individual’s will do. It needs a page that asks, as the sample mini program has it."),
        frozenset({Card.FIRST, Card.FOLLOWING}),
        _PROGRAM,
    ),
}
"""By what stands in the address of the form, `?have=…`."""


def initial_for(start: Start) -> dict[str, Any]:
    """Return what the form of a new provider holds at first; asks the database which names are taken."""
    return {"name": _free_name(), **start.initial}


def _free_name() -> str:
    """Return a name that no provider has: most sites have one, and never see it."""
    taken = set(WeChatProvider.objects.filter(name__startswith=NAME).values_list("name", flat=True))
    others = (f"{NAME}-{number}" for number in range(2, len(taken) + 3))
    return next(name for name in (NAME, *others) if name not in taken)
