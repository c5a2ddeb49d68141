"""Which codes wait to be scanned? Those that are on a screen and not yet on this phone, newest first."""

import time
from dataclasses import dataclass

from django_wechat.simulator.platform import Platform
from django_wechat.simulator.ways_in.round_codes import RoundCode
from django_wechat.simulator.ways_in.scenes import Way
from django_wechat.simulator.world.account_qrs import AccountQR
from django_wechat.simulator.world.qr_logins import QRLogin

SHOWN_ACCOUNT_QRS = 4
SHOWN_ROUND_CODES = 4

Code = QRLogin | AccountQR | RoundCode


@dataclass(frozen=True)
class Waiting:
    """One code in the list. Which browser shows the code of an account or a program, WeChat cannot know."""

    qr: Code
    is_newest: bool

    @property
    def opened_at(self) -> str:
        """When it was shown, on the simulator's clock; the page counts from here."""
        return f"{self.qr.opened_at:.3f}"

    @property
    def other_ways(self) -> list[str]:
        """How a round code can be opened but with the camera."""
        ways = self.qr.ways if isinstance(self.qr, RoundCode) else []
        return [way for way in ways if way != Way.CAMERA]

    @property
    def clock(self) -> str:
        """The same as a time of day, for pages without a script."""
        return time.strftime("%H:%M:%S", time.localtime(self.qr.opened_at))


def waiting(platform: Platform) -> list[Waiting]:
    """Return the QR codes of websites, and the newest of accounts and of mini programs.

    What this phone has scanned waits no longer; a permanent one, as on a poster, is always there. A round code, which
    may be opened another way after the site refused the first, waits until it is answered.
    """
    mine = platform.person.key
    of_websites = [qr for qr in platform.waiting_qrs() if platform.is_on_a_screen(qr) and not qr.is_scanned]
    of_accounts = [qr for qr in platform.account_qrs() if qr.expires_at is None or qr.scanned_by != mine]
    of_programs = platform.round_codes()[:SHOWN_ROUND_CODES]
    all_of_them: list[Code] = [*of_websites, *of_accounts[:SHOWN_ACCOUNT_QRS], *of_programs]
    all_of_them.sort(key=lambda qr: qr.opened_at, reverse=True)
    return [Waiting(qr, index == 0) for index, qr in enumerate(all_of_them)]
