"""Which sign-in journey does this browser get? A pure decision table (docs: how it works)."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from django_wechat.models import WeChatProvider
from django_wechat.protocol.user_agent import Browser, Container


class Journey(StrEnum):
    """What a visitor is offered. The four `help_…` ones explain why sign-in cannot start in this browser."""

    WEB_QR = "web_qr"
    IN_WECHAT = "in_wechat"
    FOLLOW = "follow"
    HELP_PHONE = "help_phone"
    HELP_IN_WECHAT = "help_in_wechat"
    HELP_WECOM = "help_wecom"
    HELP_MINI_PROGRAM = "help_mini_program"

    @property
    def is_help(self) -> bool:
        """Whether it ends with an explanation instead of a sign-in."""
        return self.value.startswith("help_")


@dataclass(frozen=True)
class Choice:
    """The journey for one browser, and the provider that serves it.

    `journey` is None when nothing is configured for this browser; `provider` is None for a help page. `full_page`: a
    provider can show the Open Platform's full-page QR. `in_wechat_possible`: the same page would work inside WeChat.
    """

    journey: Journey | None
    provider: WeChatProvider | None = None
    full_page: bool = False
    in_wechat_possible: bool = False


def pick(browser: Browser, providers: Sequence[WeChatProvider]) -> Choice:
    """Return what `browser` gets from `providers`: those enabled for the host, in order."""
    journey, provider = _pick(browser, providers)
    return Choice(
        journey,
        provider,
        full_page=_first_web(providers) is not None,
        in_wechat_possible=_first_in_wechat(providers) is not None,
    )


def _pick(browser: Browser, providers: Sequence[WeChatProvider]) -> tuple[Journey | None, WeChatProvider | None]:
    if not providers:
        return None, None
    match browser.container:
        case Container.WECOM:
            return Journey.HELP_WECOM, None
        case Container.MINI_PROGRAM:
            return Journey.HELP_MINI_PROGRAM, None
        case Container.WECHAT:
            provider = _first_in_wechat(providers)
            return (Journey.IN_WECHAT if provider else Journey.HELP_IN_WECHAT), provider
    return (Journey.HELP_PHONE, None) if browser.phone else _pick_for_pc(providers)


def _pick_for_pc(providers: Sequence[WeChatProvider]) -> tuple[Journey | None, WeChatProvider | None]:
    for provider in providers:
        if provider.official_account_qr_complete:
            return Journey.FOLLOW, provider
        if provider.has_open_platform:
            return Journey.WEB_QR, provider
    return None, None


def _first_web(providers: Sequence[WeChatProvider]) -> WeChatProvider | None:
    return next((provider for provider in providers if provider.has_open_platform), None)


def _first_in_wechat(providers: Sequence[WeChatProvider]) -> WeChatProvider | None:
    return next((provider for provider in providers if provider.has_in_wechat_app), None)
