"""What does the account's console do? It takes the server configuration (服务器配置) if the site passes the check."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from django_wechat.simulator.acts.account_api import AccountApi
from django_wechat.simulator.push.sending import Push, Verification, deliver_raw, verify
from django_wechat.simulator.world.registry import App, PushFormat, PushMode

# The rules of the form, and what the console says to a breach; the words are the simulator's recollection.
BAD_URL = "请填写正确的URL，必须以http://或https://开头"
BAD_TOKEN = "Token必须为英文或数字，长度为3-32字符"
BAD_KEY = "消息加密密钥由43位字符组成，字符范围为A-Z，a-z，0-9"


@dataclass(frozen=True)
class ServerConfig:
    """The fields of the form."""

    push_url: str = ""
    server_token: str = ""
    aes_key: str = ""
    push_mode: PushMode = PushMode.SAFE
    push_format: PushFormat = PushFormat.XML

    @classmethod
    def of(cls, app: App, changes: Mapping[str, str]) -> "ServerConfig":
        """Return an account's configuration with some fields replaced; the rest of `changes` is ignored."""
        fields = {name: str(changes.get(name, getattr(app, name))).strip() for name in cls.__dataclass_fields__}
        mode, push_format = PushMode(fields.pop("push_mode")), PushFormat(fields.pop("push_format"))
        return cls(**fields, push_mode=mode, push_format=push_format)

    @property
    def breach(self) -> str:
        """What the form says before it asks the site; empty when all is well."""
        url = urlsplit(self.push_url)
        if url.scheme not in {"http", "https"} or not url.netloc:
            return BAD_URL
        if not re.fullmatch(r"[a-zA-Z0-9]{3,32}", self.server_token):
            return BAD_TOKEN
        needs_key = self.push_mode is not PushMode.PLAIN or self.aes_key
        return BAD_KEY if needs_key and not re.fullmatch(r"[a-zA-Z0-9]{43}", self.aes_key) else ""


@dataclass(frozen=True)
class Submission:
    """What was last checked for an account, and what came of it."""

    config: ServerConfig
    verification: Verification


class Console(AccountApi):
    """The part of the platform that developers of a site use."""

    def _start_over(self) -> None:
        super()._start_over()
        #: The last check per AppID.
        self.submissions: dict[str, Submission] = {}

    def verify_push_url(self, appid: str) -> Verification:
        """Check the push URL as it is configured; change nothing."""
        app = self.find_account(appid)
        return self._check(app, ServerConfig.of(app, {}))

    def submit_server_config(self, appid: str, changes: Mapping[str, str]) -> Verification:
        """Press 提交: the fields of `ServerConfig` that are given are kept if the site echoes, else nothing is."""
        app = self.find_account(appid)
        config = ServerConfig.of(app, changes)
        breach = config.breach
        verification = self._keep(app, config, Verification(False, breach)) if breach else self._check(app, config)
        if verification.accepted:
            with self._changed:
                vars(app).update(vars(config))
        return verification

    def push_raw(self, appid: str, body: bytes, query: Mapping[str, str]) -> Push:
        """POST any body with any query to the account's push URL: forged, stale, or a repetition of `last_push`."""
        app = replace(self.find_account(appid))
        return deliver_raw(app, body, query, timeout=self.behaviour.push_timeout)

    def _check(self, app: App, config: ServerConfig) -> Verification:
        verification = verify(replace(app, **vars(config)), timeout=self.behaviour.push_timeout)
        return self._keep(app, config, verification)

    def _keep(self, app: App, config: ServerConfig, verification: Verification) -> Verification:
        with self._changed:
            self.submissions[app.appid] = Submission(config, verification)
            self._announce()
            return verification
