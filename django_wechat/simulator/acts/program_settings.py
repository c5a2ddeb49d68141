"""What does an administrator set for mini programs and mobile apps? Who owns them, what is granted, whom they ask."""

import re

from django_wechat.simulator.acts.registrations import Registrations
from django_wechat.simulator.ways_in.qr_rules import read_rules
from django_wechat.simulator.world.registry import App, Family
from django_wechat.simulator.world.seeds import OPEN_PLATFORM_ACCOUNT


class ProgramSettings(Registrations):
    """The part of the platform that plays the consoles of 小程序 and 移动应用."""

    def new_mini_program(self, name: str = "", *, of_individual: bool = False) -> App:
        """Register a released mini program (小程序), of an organisation or of an individual (个人).

        It is bound to no Open Platform account and has no request 合法域名 yet; an individual's is not verified, and
        reads no phone numbers.
        """
        app = self._register(name or "新的小程序", Family.MINI_PROGRAM)
        with self._changed:
            app.of_individual, app.verified = of_individual, not of_individual
            return app

    def new_mobile_app(self, name: str = "") -> App:
        """Register an approved mobile app (移动应用) of the Open Platform, with 微信登录."""
        return self._register(name or "新的移动应用", Family.MOBILE, open_platform=OPEN_PLATFORM_ACCOUNT)

    def release(self, appid: str, *, released: bool = True) -> App:
        """Release a mini program (发布), or leave it to its developers (开发版)."""
        with self._changed:
            app = self._find(appid, Family.MINI_PROGRAM)
            app.released = released
            self._announce()
            return app

    def verify_program(self, appid: str, *, verified: bool = True) -> App:
        """Verify a mini program's organisation (微信认证), or grant an app its 微信登录; or take it back."""
        with self._changed:
            app = self._find(appid, Family.MINI_PROGRAM, Family.MOBILE)
            if app.of_individual and verified:
                raise ValueError(f"{appid} belongs to an individual, who cannot be verified")
            app.verified = verified
            self._announce()
            return app

    def set_request_hosts(self, appid: str, hosts: str) -> App:
        """Save request 合法域名: hosts, with or without https://, with commas, spaces or line breaks between them.

        Whoever uses the console means those hosts, and no other host of this machine.
        """
        with self._changed:
            app = self._find(appid, Family.MINI_PROGRAM)
            app.request_hosts = ", ".join(_listed(hosts))
            app.any_loopback_host, app.any_local_port = False, True
            self._announce()
            return app

    def set_phone_quota(self, appid: str, left: int) -> App:
        """Say how many phone numbers a mini program's button may still give."""
        with self._changed:
            app = self._find(appid, Family.MINI_PROGRAM)
            app.phone_quota = max(left, 0)
            self._announce()
            return app

    def set_pages(self, appid: str, pages: str) -> App:
        """Release another version with these pages, with commas, spaces or line breaks between them."""
        with self._changed:
            app = self._find(appid, Family.MINI_PROGRAM)
            if not (listed := _listed(pages)):
                raise ValueError("a program has one page at least")
            app.pages = ", ".join(listed)
            self._announce()
            return app

    def set_qr_rules(self, appid: str, rules: str) -> App:
        """Save 扫普通链接二维码打开小程序: one `address page` a line."""
        with self._changed:
            app = self._find(appid, Family.MINI_PROGRAM)
            app.qr_rules = "\n".join(read_rules(rules, app))
            self._announce()
            return app

    def set_plain_schemes(self, appid: str, pages: str) -> App:
        """Save which pages a plain Scheme may open (明文 Scheme 拉起此小程序)."""
        with self._changed:
            app = self._find(appid, Family.MINI_PROGRAM)
            app.plain_scheme_pages = ", ".join(_listed(pages))
            self._announce()
            return app

    def set_links_left(self, appid: str, left: int) -> App:
        """Say how many URL Links and Schemes a mini program may still make today."""
        with self._changed:
            app = self._find(appid, Family.MINI_PROGRAM)
            app.links_left = max(left, 0)
            self._announce()
            return app

    def _find(self, appid: str, *families: Family) -> App:
        app = self.find_app(appid)
        if app.family not in families:
            raise ValueError(f"{appid} has no such setting, it is: {app.family}")
        return app


def _listed(text: str) -> list[str]:
    return [one for one in re.split(r"[\s,，;；]+", text) if one]
