"""What can go wrong with WeChat, and who can do something about it?

    WeChatError
    ├── WeChatUnavailable          try again later; nobody on this site did anything wrong
    │   ├── WeChatUnreachable      no connection: DNS, TLS, refused; the request was not sent
    │   ├── WeChatTimeout          connected, but no answer in time; the request may have been handled
    │   ├── WeChatGarbled          an answer that is not WeChat's JSON: HTML, a 5xx, an empty body
    │   └── WeChatBusy             errcode -1, 45011, 44990: overloaded, or asked too often within a minute
    │       └── QuotaUsedUp        errcode 45009, 44993, 85406: no more today
    ├── SignInRejected             the visitor starts again
    │   ├── CodeUsed               errcode 40163
    │   ├── CodeInvalid            errcode 40029, 42003, 41008: expired, unknown or of another appid
    │   ├── PermissionGone         errcode 50001, 42007, 42002, 40030: taken back, or void with an old password
    │   ├── NotFollowing           errcode 43004, 50005: for followers of the official account only
    │   └── AccountLimited         errcode 50002, 50003, 40226, 43019: WeChat refuses this person
    ├── WeChatMisconfigured        the admin changes something, here or in WeChat's consoles
    │   ├── AppIdInvalid           errcode 40013, 41002
    │   ├── SecretInvalid          errcode 40125, 40001 (on a code exchange), 41004, 40243
    │   ├── IPNotAllowed           errcode 40164, 61004; `ip` is the address to allow
    │   ├── ProgramPageMissing     errcode 41030, 40165, 85079: no such page, or the mini program is not released
    │   └── NotAuthorized          errcode 48001, 48004, 40188, …: the account may not do this
    ├── ApiTokenRejected           errcode 40001, 40014, 42001 on a call with an API token: renew it once
    ├── RequestRejected            any other errcode: a fault in this package, or a code WeChat added
    ├── SnapshotUser               the identity is virtual (is_snapshotuser): no account is ever made from it
    ├── SignInFirst                to connect, or to confirm, asked for by nobody who is signed in
    ├── UnknownPerson              the site takes in by WeChat only who connected it to an account before
    ├── AvatarRefused              the picture was not fetched, or is none that a site should keep
    └── PushRejected               what came to the push endpoint is not a genuine, fresh push for this account

No message, `repr` or attribute of these holds a secret, a code or a token. `errmsg` is WeChat's own text, which may
hold this server's address: it is for logs and admins, never for visitors.
"""


class WeChatError(Exception):
    """Base of everything that goes wrong while talking to WeChat.

    `endpoint` is the path that was called (no query), `errcode` and `errmsg` are WeChat's answer where there was one.
    """

    def __init__(self, message: str = "", *, endpoint: str = "", errcode: int | None = None, errmsg: str = "") -> None:
        super().__init__(message)
        self.endpoint = endpoint
        self.errcode = errcode
        self.errmsg = errmsg

    def __str__(self) -> str:
        parts = [super().__str__()]
        if self.errcode is not None:
            parts.append(f"errcode {self.errcode}: {self.errmsg}")
        if self.endpoint:
            parts.append(f"({self.endpoint})")
        return " ".join(part for part in parts if part)


class WeChatUnavailable(WeChatError):
    """WeChat cannot answer now; the same thing may work later."""


class WeChatUnreachable(WeChatUnavailable):
    """No connection was made, so nothing was sent."""


class WeChatTimeout(WeChatUnavailable):
    """The request was sent and no answer came in time; WeChat may have handled it."""


class WeChatGarbled(WeChatUnavailable):
    """The answer is not a JSON object: a gateway's page, an empty body, a cut connection."""


class WeChatBusy(WeChatUnavailable):
    """WeChat says it is overloaded, or a quota is used up."""


class QuotaUsedUp(WeChatBusy):
    """The account's quota of the day is used up: asking again in a minute does not help."""


class SignInRejected(WeChatError):
    """WeChat refuses this attempt; the visitor can start another."""


class CodeUsed(SignInRejected):
    """The code was exchanged before."""


class CodeInvalid(SignInRejected):
    """The code is unknown to WeChat: expired, mistyped, or issued for another appid."""


class PermissionGone(SignInRejected):
    """The person took the permission back, or changed the password of WeChat, which ends every permission."""


class NotFollowing(SignInRejected):
    """WeChat does this for followers of the official account only, and the person is none."""


class AccountLimited(SignInRejected):
    """WeChat does not let this person sign in here."""


class WeChatMisconfigured(WeChatError):
    """Only the site's admin can put this right."""


class AppIdInvalid(WeChatMisconfigured):
    """WeChat does not know the appid."""


class SecretInvalid(WeChatMisconfigured):
    """The secret is wrong, was reset, or is frozen."""


class IPNotAllowed(WeChatMisconfigured):
    """WeChat's list of allowed addresses does not hold this server's; `ip` is the address WeChat saw."""

    ip: str = ""


class ProgramPageMissing(WeChatMisconfigured):
    """The mini program has no such page, or WeChat has not released it."""


class NotAuthorized(WeChatMisconfigured):
    """The account lacks the right to do this."""


class ApiTokenRejected(WeChatError):
    """The API token is no longer the latest."""


class RequestRejected(WeChatError):
    """An errcode that has no better place in this tree."""


class SnapshotUser(WeChatError):
    """WeChat opened a snapshot of the page and gave a virtual identity (reference section 2.5)."""


class SignInFirst(WeChatError):
    """WeChat can be connected only to the account of who is signed in, and nobody is."""


class UnknownPerson(WeChatError):
    """The site makes no accounts for people whom only WeChat knows (`NEW_PEOPLE`), and this is one of them."""


class PushRejected(WeChatError):
    """A push that is forged, stale, garbled or for somebody else; the message says which, for the admin's eyes."""


class AvatarRefused(WeChatError):
    """There is no picture to keep: its host is not listed, it did not come in time, or it is none; the message says."""
