"""What do official accounts get from `/cgi-bin/*`? Tokens and QR codes of the platform, and who follows."""

from collections.abc import Mapping
from dataclasses import dataclass

from django_wechat.simulator.world.account_qrs import AccountQR, AccountQRs
from django_wechat.simulator.world.api_tokens import ApiTokens
from django_wechat.simulator.world.errors import Refusal
from django_wechat.simulator.world.people import Person
from django_wechat.simulator.world.registry import App
from django_wechat.simulator.world.state import State


@dataclass(frozen=True)
class Follower:
    """Since when a person follows an account, and through which QR code, if any."""

    since: int
    qr: AccountQR | None = None


class AccountApi(State):
    """The part of the platform that serves the server API of official accounts."""

    def _start_over(self) -> None:
        super()._start_over()
        self._api_tokens = ApiTokens(self.now)
        self._account_qrs = AccountQRs(self.now)
        self._followers: dict[tuple[str, str], Follower] = {}

    def find_account(self, appid: str) -> App:
        """Return an official account, to look at or to change."""
        app = self.find_app(appid)
        if not app.is_account:
            raise ValueError(f"{appid} is no official account but: {app.family}")
        return app

    def find_token_holder(self, appid: str) -> App:
        """Return an official account or a mini program, the kinds with API tokens."""
        app = self.find_app(appid)
        if not app.has_api_tokens:
            raise ValueError(f"{appid} has no API tokens, it is: {app.family}")
        return app

    # --- API access tokens ---

    def issue_api_token(self, app: App) -> tuple[str, int]:
        """Return what `cgi-bin/token` answers: a new token and its seconds."""
        with self._changed:
            token = self._api_tokens.ordinary(app.appid)
            return token.value, self._api_tokens.seconds_left(token)

    def stable_api_token(self, app: App, *, force: bool = False) -> tuple[str, int]:
        """Return what `cgi-bin/stable_token` answers; raises `Refusal` when forced too often."""
        with self._changed:
            token = self._api_tokens.stable(app.appid, force=force)
            return token.value, self._api_tokens.seconds_left(token)

    def find_api_token(self, value: str) -> App:
        """Return the account of a living token; raises `Refusal`."""
        with self._changed:
            return self.apps[self._api_tokens.find(value).appid]

    def revoke_api_tokens(self, appid: str) -> None:
        """Kill all tokens of such an app at once, as a colleague's forced refresh does; calls answer 40001."""
        with self._changed:
            self._api_tokens.revoke(self.find_token_holder(appid).appid)

    # --- QR codes of accounts ---

    def create_account_qr(self, app: App, order: Mapping[str, object]) -> AccountQR:
        """Make a parametric QR code; raises `Refusal`."""
        with self._changed:
            qr, self.ended = self._account_qrs.create(app, order), None
            self._announce()
            return qr

    def account_qrs(self) -> list[AccountQR]:
        """Return the accounts' QR codes that can still be scanned, newest first."""
        with self._changed:
            return self._account_qrs.waiting()

    def find_account_qr(self, ticket_or_url: str = "") -> AccountQR:
        """Return a QR code by its ticket or address; without one, the newest."""
        with self._changed:
            found = self._account_qrs.get(ticket_or_url) if ticket_or_url else next(iter(self.account_qrs()), None)
        if found is None:
            raise ValueError(f"unknown QR code {ticket_or_url!r}" if ticket_or_url else "no account shows a QR code")
        return found

    def seconds_left(self, qr: AccountQR) -> int | None:
        """How long will a QR code live? None: for good."""
        return self._account_qrs.seconds_left(qr)

    # --- followers ---

    def is_follower(self, appid: str, person: str = "") -> bool:
        """Does a person follow an account?"""
        return (self.find_account(appid).appid, self.find_person(person).key) in self._followers

    def find_by_openid(self, app: App, openid: str) -> tuple[Person, Follower | None]:
        """Return a person and since when they follow, if they do; raises `Refusal` for an unknown openid."""
        for person in self.people.values():
            if person.openid(app.appid) == openid:
                return person, self._followers.get((app.appid, person.key))
        raise Refusal(40003)
