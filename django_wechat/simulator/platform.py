"""What is the state of the pretend WeChat, and what can a test or a person do to it? In memory, behind one lock."""

from functools import cache

from .official_accounts import OfficialAccounts
from .sign_ins import SignIns
from .state import ReceivedRequest

__all__ = ["Platform", "ReceivedRequest", "get_platform"]


class Platform(SignIns, OfficialAccounts):
    """The pretend WeChat. Every method may be called from any thread; wrong names raise `ValueError`.

    `state.State`: people, apps, time, faults, switches, received requests. `sign_ins.SignIns`: QR codes of website
    apps, codes, user access tokens. `official_accounts.OfficialAccounts`: followers, chats, pushes, API tokens.
    """


@cache
def get_platform() -> Platform:
    """Return the one platform of this process."""
    return Platform()
