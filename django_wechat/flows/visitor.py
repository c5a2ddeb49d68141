"""Who asks, by what, and for what? Read once from a request, at the door (`web/visitors.py`), and handed down."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django_wechat.exceptions import SignInFirst
from django_wechat.flows import table
from django_wechat.flows.journey import FOR_WHO_IS_SIGNED_IN
from django_wechat.flows.table import Choice
from django_wechat.models import WeChatProvider
from django_wechat.protocol.user_agent import Browser


@dataclass(frozen=True)
class Visitor:
    """One request's visitor. What costs a query is found out at its first use, as Django itself does with `user`.

    `purpose` is what allauth calls the process: "login" or "connect"; "reauthenticate" is ours. `next_url` and
    `callback_url` are addresses of the site that allauth calls safe, or "". `site_url` has no slash at its end; at
    `callback_uri` the site takes browsers back from WeChat. `host` is what the request calls the site, as it came,
    `port` what the server itself listens at, `sites_domain` the site's address in `django.contrib.sites`, or "".
    `rows` are the providers that serve the host.
    """

    user: Any
    account: str
    browser_key: str
    address: str
    browser: Browser
    browser_name: str
    system: str
    place: str
    language: str
    site_url: str
    callback_uri: str
    site_name: str
    sites_domain: str
    host: str
    port: str
    rows: Sequence[WeChatProvider]
    provider_name: str
    full_page: bool
    purpose: str
    next_url: str
    callback_url: str

    @cached_property
    def choice(self) -> Choice:
        """How this browser can sign in, with the row that was asked for or with all of them."""
        return table.choose(self.browser, self.rows, name=self.provider_name, full_page=self.full_page)

    def choice_of_kind(self, kind: str) -> Choice:
        """Return what this browser gets of what the tab is told as `kind`."""
        named = [row for row in self.rows if row.name == self.provider_name]
        return table.pick_kind(self.browser, named or self.rows, table.KINDS.get(kind, kind))

    @property
    def full_page_choice(self) -> Choice:
        """The full page with a QR code, whatever else this browser would get."""
        return table.choose(self.browser, self.rows, name=self.provider_name, full_page=True)

    @property
    def is_signed_in(self) -> bool:
        """Whether somebody is signed in in this browser."""
        return bool(self.user.is_authenticated)

    @property
    def user_id(self) -> str:
        """The primary key of who is signed in, as text; "" for nobody."""
        return str(self.user.pk) if self.is_signed_in else ""

    @property
    def needs_user(self) -> bool:
        """Whether what is asked for is about an account that has to be signed in."""
        return self.purpose in FOR_WHO_IS_SIGNED_IN

    @property
    def lacks_user(self) -> bool:
        """Whether what is asked for needs somebody to be signed in, and nobody is."""
        return self.needs_user and not self.is_signed_in

    @property
    def started_by(self) -> str:
        """Who starts a sign-in now, as its end will be held against: a `user_id`, or "" for nobody.

        Raises `SignInFirst` where somebody has to be signed in: whoever signs in later would have WeChat connected.
        """
        if self.lacks_user:
            raise SignInFirst(f"to {self.purpose} one has to be signed in")
        return self.user_id

    def kept(self) -> dict[str, Any]:
        """Return what a start keeps of its visitor, in plain values, for the phone's page and for the end."""
        return {
            "process": self.purpose,
            "user": self.started_by,
            "account": str(self.account) if self.is_signed_in else "",
            "browser": self.browser_name,
            "system": self.system,
            "place": str(self.place),
            "site_name": str(self.site_name),
            "language": self.language,
        }
