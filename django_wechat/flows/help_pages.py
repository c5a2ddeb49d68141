"""Where can sign-in with WeChat not start, and why? Pages that explain it and show a way that works (section 2.6)."""

from django_wechat.flows.journey import Journey
from django_wechat.protocol.user_agent import Browser, Container


class Help(Journey):
    """Explains why this browser cannot sign in right here. The words are in the template of the same name."""

    is_help = True

    def __init__(self, name: str, container: Container, *, phone: bool = False) -> None:
        self.name, self._container, self._phone = name, container, phone
        self.template = self.start_template = f"django_wechat/help/{name}.html"

    def serves(self, browser: Browser) -> bool:
        """Return whether it explains this browser's case: an app's own browser, or any other on a phone."""
        return browser.container is self._container and (browser.phone or not self._phone)


PHONE = Help("help_phone", Container.BROWSER, phone=True)
IN_WECHAT = Help("help_in_wechat", Container.WECHAT)
WECOM = Help("help_wecom", Container.WECOM)
MINI_PROGRAM = Help("help_mini_program", Container.MINI_PROGRAM)
PAGES = (PHONE, IN_WECHAT, WECOM, MINI_PROGRAM)
