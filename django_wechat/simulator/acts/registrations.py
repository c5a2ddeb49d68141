"""What does an administrator set in the consoles before anybody can sign in? Secrets, domains, addresses, bindings.

The words and the order of things are those of WeChat's consoles as far as the reference tells. What the console takes
although no sign-in can work with it (a domain with a path, reference 1.2) is taken here too.
"""

import re
import secrets

from django_wechat.simulator.acts.account_api import AccountApi
from django_wechat.simulator.push.sending import Verification, read_page
from django_wechat.simulator.world.registry import App, Family
from django_wechat.simulator.world.seeds import OPEN_PLATFORM_ACCOUNT

# What the console answers; the words are the simulator's recollection.
SAVED = "保存成功"
NOT_A_HOST = "域名格式不正确，不能带有http://等协议头"
FILE_UNREACHABLE = "校验文件无法访问或内容不一致"


class Registrations(AccountApi):
    """The part of the platform that administrators of a site use, in both consoles."""

    def _start_over(self) -> None:
        super()._start_over()
        #: What came of the last 网页授权域名 per AppID, and the words that were submitted.
        self.web_domains: dict[str, tuple[str, Verification]] = {}
        self._revealed: dict[str, str] = {}

    # --- apps and their secrets ---

    def new_website_app(self, name: str = "") -> App:
        """Register a website app (网站应用) whose console is still empty; every sign-in is refused."""
        return self._register(name or "新的网站应用", Family.WEBSITE, open_platform=OPEN_PLATFORM_ACCOUNT)

    def new_official_account(self, name: str = "") -> App:
        """Register a verified service account (服务号) whose console is still empty, the IP whitelist too.

        It is bound to no Open Platform account.
        """
        return self._register(name or "新的服务号", Family.SERVICE)

    def _register(self, name: str, family: Family, open_platform: str = "") -> App:
        with self._changed:
            appid = f"wx{secrets.token_hex(8)}"
            app = App(appid, secrets.token_hex(16), name, family, open_platform=open_platform, any_local_port=True)
            app.whitelist_on = app.has_api_tokens
            self.apps[appid] = app
            self._announce()
            return app

    def show_secret(self, appid: str) -> str:
        """Return an AppSecret, which the console shows once; afterwards `ValueError`."""
        with self._changed:
            app = self.find_app(appid)
            if app.secret_shown:
                raise ValueError("the AppSecret is shown once; reset it to get a new one")
            return self._reveal(app)

    def reset_secret(self, appid: str) -> str:
        """Press 重置: return a new AppSecret. The old one is dead at once, tokens that were issued live on."""
        with self._changed:
            app = self.find_app(appid)
            app.secret = secrets.token_hex(16)
            return self._reveal(app)

    def take_revealed(self) -> dict[str, str]:
        """Return the AppSecrets that the page has to show now, per AppID, and forget them."""
        with self._changed:
            revealed, self._revealed = self._revealed, {}
            return revealed

    def _reveal(self, app: App) -> str:
        app.secret_shown = True
        self._revealed[app.appid] = app.secret
        self._announce()
        return app.secret

    # --- domains ---

    def set_callback_domain(self, appid: str, domain: str) -> App:
        """Save 授权回调域 of a website app as it was typed; WeChat takes wrong ones and refuses the sign-ins."""
        app = self.find_app(appid)
        if app.family is not Family.WEBSITE:
            raise ValueError(f"{appid} is no website app but: {app.family}; see submit_web_domain")
        return self._keep_domain(app, domain.strip())

    def submit_web_domain(self, appid: str, domain: str, site: str = "") -> Verification:
        """Save 网页授权域名 of an official account, if its `verification_file` can be fetched from there.

        `site` is the simulator's own: the address under which the site can be reached in truth, such as
        `http://127.0.0.1:8000`; without it `http://<domain>`.
        """
        app, domain = self.find_account(appid), domain.strip()
        verification = self._verify_domain(app, domain, site.strip().rstrip("/"))
        with self._changed:
            self.web_domains[appid] = domain, verification
            self._announce()
        if verification.accepted:
            self._keep_domain(app, domain)
        return verification

    def _verify_domain(self, app: App, domain: str, site: str) -> Verification:
        """Fetch the file from the root of the host, or from its path when the domain has one (reference 2.2)."""
        host, _, path = domain.partition("/")
        if "://" in domain:
            return Verification(False, NOT_A_HOST)
        if not domain:
            return Verification(True, SAVED)
        origin = site or host
        base = origin if "://" in origin else f"http://{origin}"
        url = f"{base}/{path.rstrip('/') + '/' if path else ''}{app.verification_file}"
        status, body = read_page(url, timeout=self.behaviour.push_timeout)
        if status == 200 and body.strip() == app.verification_code.encode():
            return Verification(True, SAVED)
        seen = body[: 80 if status else None].decode(errors="replace")
        return Verification(False, FILE_UNREACHABLE, f"GET {url}: {f'HTTP {status}, ' if status else ''}{seen!r}")

    def _keep_domain(self, app: App, domain: str) -> App:
        """Whoever uses the console means that domain, and no other host of this machine."""
        with self._changed:
            app.callback_domain, app.any_loopback_host, app.any_local_port = domain, False, True
            self._announce()
            return app

    # --- official accounts and mini programs ---

    def set_ip_whitelist(self, appid: str, addresses: str) -> App:
        """Save IP白名单 of such an app: addresses with commas, spaces or line breaks between them."""
        with self._changed:
            app = self.find_token_holder(appid)
            app.ip_whitelist = ", ".join(re.split(r"[\s,，;；]+", addresses.strip()))
            self._announce()
            return app

    def bind(self, appid: str, *, bound: bool = True) -> App:
        """Bind such an app to the Open Platform account of the website apps (绑定), or take it off."""
        with self._changed:
            app = self.find_token_holder(appid)
            app.open_platform = OPEN_PLATFORM_ACCOUNT if bound else ""
            self._announce()
            return app

    def enable_pushes(self, appid: str, *, enabled: bool = True) -> App:
        """Press 启用 or 停用 of the server configuration."""
        with self._changed:
            app = self.find_account(appid)
            app.push_enabled = enabled
            self._announce()
            return app
