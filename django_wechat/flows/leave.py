"""What does WeChat say about people who leave, and what is erased then? (reference sections 5.4 and 5.8)

An unfollow means what `WECHAT["ON_UNFOLLOW"]` says. Whoever withdraws the grant or gives up WeChat has to be forgotten,
whatever the settings say.
"""

import logging

from django_wechat import conf
from django_wechat.models import WeChatProvider
from django_wechat.people import erasure, identities
from django_wechat.people.erasure import Reason
from django_wechat.protocol.push import PushEvent

logger = logging.getLogger("django_wechat.push")

ERASE = "erase"
"""The value of ON_UNFOLLOW with which an unfollow erases."""

_REASONS = {
    "unsubscribe": Reason.UNFOLLOW,
    "user_authorization_revoke": Reason.REVOKED,
    "user_authorization_cancellation": Reason.CANCELLED,
}


def erases(event: PushEvent) -> bool:
    """Return whether an event asks for anything to be erased, as the site is set up."""
    return _reason(event) is not None


def on_push(provider: WeChatProvider, event: PushEvent) -> None:
    """Erase what the event asks for; any other event, a repeat, and a stranger change nothing.

    What the database or a listener of `wechat_data_erased` raises is the caller's: WeChat has to push again.
    """
    reason = _reason(event)
    if reason is None:
        return
    appid, openid = _person(provider, event, reason)
    identity = identities.find(appid, openid) if appid in _appids(provider) else None
    if identity is None:
        logger.info("%s to provider %s is about nobody known here: nothing to erase", event.event, provider)
    elif reason is Reason.CANCELLED:
        erasure.erase(identity.account, reason)
        logger.info("%s to provider %s: the account of %s was erased", event.event, provider, identity)
    else:
        erasure.erase_identity(identity, reason)
        logger.info("%s to provider %s: %s was erased", event.event, provider, identity)


def _reason(event: PushEvent) -> Reason | None:
    reason = _REASONS.get(event.event) if event.kind == "event" else None
    return None if reason is Reason.UNFOLLOW and conf.get("ON_UNFOLLOW") != ERASE else reason


def _person(provider: WeChatProvider, event: PushEvent, reason: Reason) -> tuple[str, str]:
    """Return (appid, openid) of who leaves: as the event says, else its sender towards the official account."""
    if reason is Reason.UNFOLLOW:
        return provider.client_id_2, event.openid
    return event.named_appid or provider.client_id_2, event.named_openid or event.openid


def _appids(provider: WeChatProvider) -> set[str]:
    """Another provider's people are not this one's to erase."""
    return {provider.client_id, provider.client_id_2} - {""}
