"""Which QR codes wait to be scanned? Those that are on a screen and not yet on this phone, newest first."""

import time
from dataclasses import dataclass

from django_wechat.simulator.platform import Platform
from django_wechat.simulator.world.account_qrs import AccountQR
from django_wechat.simulator.world.qr_logins import QRLogin

SHOWN_ACCOUNT_QRS = 4


@dataclass(frozen=True)
class Waiting:
    """One QR code in the list. Which browser shows the code of an account, WeChat cannot know: the site draws it."""

    qr: QRLogin | AccountQR
    is_newest: bool

    @property
    def opened_at(self) -> str:
        """When it was shown, on the simulator's clock; the page counts from here."""
        return f"{self.qr.opened_at:.3f}"

    @property
    def clock(self) -> str:
        """The same as a time of day, for pages without a script."""
        return time.strftime("%H:%M:%S", time.localtime(self.qr.opened_at))


def waiting(platform: Platform) -> list[Waiting]:
    """Return the QR codes of websites and the newest of accounts.

    What this phone has scanned waits no longer; a permanent one, as on a poster, is always there.
    """
    mine = platform.person.key
    of_websites = [qr for qr in platform.waiting_qrs() if platform.is_on_a_screen(qr) and not qr.is_scanned]
    of_accounts = [qr for qr in platform.account_qrs() if qr.expires_at is None or qr.scanned_by != mine]
    both: list[QRLogin | AccountQR] = [*of_websites, *of_accounts[:SHOWN_ACCOUNT_QRS]]
    both.sort(key=lambda qr: qr.opened_at, reverse=True)
    return [Waiting(qr, index == 0) for index, qr in enumerate(both)]
