"""What is a journey? One way to sign in, which says itself whom it is for, how it begins, and who the person is.

There are four kinds: one leads away to an address of WeChat's and comes back with a code, one shows a code in the tab
and waits for a phone, one takes a code from a program or an app, one can only explain. Which journeys there are is in
`table`.
"""

from dataclasses import dataclass
from functools import partial
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from django_wechat.clients.sign_in import sign_in_client
from django_wechat.models import QRSession, Status, WeChatProvider
from django_wechat.people import profiles
from django_wechat.protocol.mini_program import PhoneNumber
from django_wechat.protocol.oauth import AppCredentials, Profile
from django_wechat.protocol.push import OfficialAccount, PushEvent
from django_wechat.protocol.user_agent import Browser
from django_wechat.stores import openings, qr_sessions

CONNECT = "connect"
"""allauth's word for connecting an account instead of signing in."""
REAUTHENTICATE = "reauthenticate"
"""To confirm that whoever is signed in still sits there, as allauth asks it before what matters."""
FOR_WHO_IS_SIGNED_IN = (CONNECT, REAUTHENTICATE)
"""What can be begun only by somebody who is signed in, and ends for that very user."""


def purpose_elsewhere(purpose: str) -> str:
    """Return what a link asks for that is opened in another browser: whoever is to confirm has to sign in there."""
    return "login" if purpose == REAUTHENTICATE else purpose


class Journey:
    """One way to sign in. A file of this folder has one, and makes one instance of it."""

    name = ""
    """In states, QR sessions and the sign-in log; never changed once used."""
    words: Any = ""
    """What the admin's pages call it."""
    template = ""
    """What the WeChat tab shows."""
    start_template = ""
    """What the start page shows in place of the tab, where that is something else."""
    lead_template = ""
    """What stands above the code in the tab, where the tab waits for a phone."""
    kind = ""
    """What the tab's script is told that it shows; "" for a journey without a QR code in the tab."""
    is_help = False
    """Whether it ends with an explanation instead of a sign-in."""
    inside_wechat = False
    """Whether it is for WeChat's own browser, where a sign-in is one tap away."""
    full_page = False
    """Whether its QR code has a page of WeChat's own, for any browser, with or without script."""
    waits_for_phone = False
    """Whether the tab waits for what happens on a phone, and is signed in by a QR session."""

    def __str__(self) -> str:
        return self.name

    def serves(self, browser: Browser) -> bool:
        """Return whether it is for this browser."""
        raise NotImplementedError

    def works_with(self, row: WeChatProvider) -> bool:
        """Return whether a provider is filled in for it; decrypts nothing."""
        raise NotImplementedError

    def on_push(self, row: WeChatProvider, account: OfficialAccount, event: PushEvent) -> str:  # noqa: ARG002
        """Take in what WeChat pushed, and return what the person is told; "" for what is none of its business."""
        return ""


class ExchangesCode(Journey):
    """A journey that ends when a code of WeChat's is exchanged, with the keypair that the code is of."""

    def app(self, row: WeChatProvider) -> AppCredentials:
        """Return the keypair it uses; raise `ImproperlyConfigured` if that is gone."""
        app = self.keypair(row)
        if app is None:
            raise ImproperlyConfigured(f"The keypair of WeChat provider {row} is incomplete.")
        return app

    def keypair(self, row: WeChatProvider) -> AppCredentials | None:
        """Return the keypair it uses, if it is filled in."""
        raise NotImplementedError

    def finish(self, app: AppCredentials, code: str) -> Profile:
        """Return who got the code; raise `SnapshotUser` for a virtual identity, else a `WeChatError` for none."""
        client = sign_in_client(app)
        grant = client.fetch_grant(code)
        return profiles.profile_of(grant, partial(client.fetch_profile, grant))


class TakesCode(ExchangesCode):
    """A journey of a program or an app, which sends its code itself: no browser takes part, and no page is shown."""

    has_phone_button = False
    """Whether WeChat has a button there that gives a code for the person's phone number."""

    def serves(self, browser: Browser) -> bool:  # noqa: ARG002
        """It is for no browser."""
        return False

    def phone_number(self, app: AppCredentials, code: str) -> PhoneNumber:
        """Return the number that a code of the button stands for, where there is one; raise a `WeChatError`."""
        raise NotImplementedError


class LeadsAway(ExchangesCode):
    """A journey to an address of WeChat's, which sends the browser back to the callback with a code."""

    def url(self, app: AppCredentials, *, redirect_uri: str, state: str) -> str:
        """Return WeChat's page."""
        raise NotImplementedError

    def frame_url(self, app: AppCredentials, *, redirect_uri: str, state: str) -> str:
        """Return WeChat's page for an iframe in the tab, if `kind` says that it can be shown there."""
        raise NotImplementedError

    def note_way_back(self, app: AppCredentials, host: str) -> None:
        """Take down that WeChat sent somebody back to `host` with a code of `app`."""


@dataclass(frozen=True)
class Opened:
    """A QR session that was opened, and what the tab shows of it, as the keys of its JSON."""

    qr_session: QRSession
    shows: dict[str, Any]


class WaitsForPhone(Journey):
    """A journey whose code is shown in the tab; a phone scans and confirms, and the tab redeems the QR session."""

    waits_for_phone = True

    quota = openings.ACCOUNTS_DAY
    """The rule of RATE_LIMITS that stays below what WeChat allows one AppID."""

    def counted_by(self, row: WeChatProvider) -> str:
        """Return whose codes are counted under `quota`: WeChat allows each AppID so many."""
        raise NotImplementedError

    def begin(self, row: WeChatProvider, browser_key: str, *, seconds: int, request: dict[str, Any]) -> Opened:
        """Open a QR session; raise a `WeChatError` if WeChat gives no code, `ImproperlyConfigured` if settings lack.

        `request` is what the phone's page will say: where, when and by what the sign-in was asked for. Its `origin` is
        where that page is, "" if that is not certain.
        """
        raise NotImplementedError

    def next_step(self, qr_session: QRSession) -> str:
        """Return what the tab does now: "" (wait), "confirm" (on the phone), "open_platform" or "finish"."""
        raise NotImplementedError

    def finish(self, qr_session: QRSession) -> Profile:
        """Return who scanned; raise a `WeChatError` or `ImproperlyConfigured` if that cannot be said."""
        raise NotImplementedError

    def wants_digits(self, qr_session: QRSession) -> bool:  # noqa: ARG002
        """Return whether the end asks the computer for the digits that the phone shows."""
        return False

    def progress(self, qr_session: QRSession) -> dict[str, Any]:
        """Return what the tab is told of its session: its status, the seconds it is good for, and what to do now."""
        status = "expired" if qr_sessions.is_expired(qr_session) else _told(qr_session.status)
        left = qr_sessions.seconds_left(qr_session)
        return {"status": status, "expires_in": left, "next": self.next_step(qr_session)}

    def is_over(self, told: dict[str, Any]) -> bool:
        """Return whether nothing can follow that the tab would have to wait for, after it was `told` this."""
        return not (told["status"] == Status.WAITING or told["next"] == "confirm")

    def signed_in(self, profile: Profile) -> None:
        """Note what is known of somebody who was just signed in."""


def _told(status: str) -> str:
    """What a tab is told: whether the phone's no came before the end or after makes no difference to it."""
    return Status.REFUSED if status == Status.DISOWNED else status
