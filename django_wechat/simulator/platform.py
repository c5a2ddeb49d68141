"""What is the state of the pretend WeChat, and what can a test or a person do to it? In memory, behind one lock."""

from functools import cache

from django_wechat.simulator.acts.mini_programs import MiniPrograms
from django_wechat.simulator.acts.official_accounts import OfficialAccounts
from django_wechat.simulator.acts.registrations import Registrations
from django_wechat.simulator.acts.server_configuration import Console
from django_wechat.simulator.acts.sign_ins import SignIns
from django_wechat.simulator.world.state import ReceivedRequest

__all__ = ["Platform", "ReceivedRequest", "get_platform"]


class Platform(SignIns, MiniPrograms, OfficialAccounts, Registrations, Console):
    """The pretend WeChat. Every method may be called from any thread; wrong names raise `ValueError`.

    `state.State`: people, apps, time, faults, switches, received requests. `sign_ins.SignIns`: QR codes of website
    apps, codes, user access tokens. `mini_programs.MiniPrograms`: codes of `wx.login` and of the phone-number button.
    `official_accounts.OfficialAccounts`: people at accounts, chats, pushes. `account_api.AccountApi`: API access
    tokens, accounts' QR codes, followers. `console.Console`: push URLs. `registrations.Registrations`: new apps,
    secrets, domains, IP whitelists, the Open Platform account.
    """


@cache
def get_platform() -> Platform:
    """Return the one platform of this process."""
    return Platform()
