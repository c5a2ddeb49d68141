"""Where is WeChat asked, and in which language? The settings' addresses and timeouts, and the language of the page."""

from collections.abc import Callable, Mapping

from django.utils.translation import get_language

from django_wechat import conf
from django_wechat.protocol.transport import Transport

_TRADITIONAL = ("zh-hant", "zh-tw", "zh-hk", "zh-mo")


def open_base_url() -> str:
    """Return the address of WeChat's authorize pages."""
    return conf.base_url("OPEN_BASE_URL")


def userinfo_lang() -> str:
    """Return the page's language as `/sns/userinfo` names it (reference section 3.4)."""
    language = _language()
    if language.startswith(_TRADITIONAL):
        return "zh_TW"
    return "zh_CN" if language.startswith("zh") else "en"


def page_lang() -> str:
    """Return the page's language as qrconnect names it: "en", or "" for its default, Chinese (section 1.1)."""
    return "" if _language().startswith("zh") else "en"


def api_transport(observe: Callable[[Mapping[str, str]], None] | None = None) -> Transport:
    """Return what calls WeChat's API; `observe` is told the headers of each answer."""
    connect, read = conf.timeouts()
    return Transport(conf.base_url("API_BASE_URL"), connect, read, observe)


def open_transport() -> Transport:
    """Return what reads WeChat's authorize pages."""
    connect, read = conf.timeouts()
    return Transport(open_base_url(), connect, read)


def _language() -> str:
    return (get_language() or "en").lower()
