"""An account adapter that believes nobody, and a function that makes one: allauth takes both."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter

from django_wechat.adapters import WeChatAccountAdapter


class AsksAlways(WeChatAccountAdapter):
    """Forgets to ask the class below."""

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        del app, kwargs
        return True


def made(request: Any) -> DefaultAccountAdapter:
    """Make allauth's."""
    return DefaultAccountAdapter(request)
