"""What is the state of the pretend WeChat, and what can a test or a person do to it? In memory, behind one lock."""

from functools import cache

from django_wechat.simulator.acts.confirmations import Confirmations
from django_wechat.simulator.acts.official_accounts import OfficialAccounts
from django_wechat.simulator.acts.program_settings import ProgramSettings
from django_wechat.simulator.acts.server_configuration import Console
from django_wechat.simulator.world.state import ReceivedRequest

__all__ = ["Platform", "ReceivedRequest", "get_platform"]


class Platform(Confirmations, OfficialAccounts, ProgramSettings, Console):
    """The pretend WeChat. Every method may be called from any thread; wrong names raise `ValueError`.

    `state.State`: people, apps, time, faults, switches, received requests. `sign_ins.SignIns`: QR codes of website
    apps, codes, user access tokens. `mini_programs.MiniPrograms`: codes of `wx.login` and of the phone-number button.
    `open_programs.OpenPrograms`: the program that is open on the phone, and what its site answers.
    `entries.Entries`: round codes, ordinary QR codes and links that lead into programs. `confirmations.Confirmations`:
    the sign-in elsewhere that a program is asked to confirm.
    `official_accounts.OfficialAccounts`: people at accounts, chats, pushes. `account_api.AccountApi`: API access
    tokens, accounts' QR codes, followers. `console.Console`: push URLs. `registrations.Registrations`: new apps,
    secrets, domains, IP whitelists, the Open Platform account. `program_settings.ProgramSettings`: mini programs and
    mobile apps.
    """


@cache
def get_platform() -> Platform:
    """Return the one platform of this process."""
    return Platform()
