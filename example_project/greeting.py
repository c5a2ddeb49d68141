"""What does `make demo` say once it has started? Where it is, and what to look at, in the system's language."""

from collections.abc import Iterator

from django.utils.translation import gettext

RULE = "─" * 78


def greeting(site: str, named: str, password: str, *, drf_example: str, lan: bool) -> Iterator[str]:
    """Yield the lines. `named` is the same site under a host name, which browsers want for passkeys.

    `drf_example` is where the other example is; "" where it is not served.
    """
    yield f"\n  ┌{RULE}"
    for line in (
        *_addresses(site, drf_example, password),
        "",
        *_to_look_at(site, named),
        *(_lan() if lan else ()),
        "",
        _end(),
    ):
        yield f"  │  {line}".rstrip()
    yield f"  └{RULE}\n"


def _addresses(site: str, drf_example: str, password: str) -> Iterator[str]:
    yield gettext("Sign in with WeChat: the demo is at %(url)s") % {"url": f"{site}/"}
    yield gettext("The pretend phone: %(url)s") % {"url": f"{site}/simulator/"}
    if drf_example:
        yield gettext("REST framework with simplejwt, one page: %(url)s") % {"url": f"{drf_example}/"}
    yield gettext("The admin: %(url)s") % {"url": f"{site}/admin/"}
    yield gettext("User %(name)s, password %(password)s") % {"name": "admin", "password": password}


def _to_look_at(site: str, named: str) -> Iterator[str]:
    yield gettext("What to look at:")
    yield gettext("1. Choose Sign in, then WeChat. On the phone, scan the code and allow: you are 张三.")
    yield gettext("2. Sign out, choose “Follow the account to sign in”: scan, follow, open the link in the chat.")
    yield gettext("3. In the admin, WeChat sign-in: the log has a made-up week with its chart,")
    yield "   " + gettext("“Duplicates” has one person with two users to merge, “WeChat identities” has faces.")
    yield gettext("4. The page of a WeChat provider says what to paste at WeChat; Check says what is wrong.")
    yield gettext("5. Signed in with WeChat, choose Security: two-factor authentication, a password,")
    yield "   " + gettext("and passkeys, which need a host name: %(url)s") % {"url": f"{named}/"}
    yield gettext("6. On the phone, open the mini program 茶馆小程序, sign in and send the code: the same account.")
    yield gettext("7. Every state in three languages: %(url)s") % {"url": f"{site}/gallery/"}
    yield ""
    yield gettext("To show it to somebody, site and phone in one window: %(command)s") % {
        "command": "python -m django_wechat.demo"
    }


def _lan() -> Iterator[str]:
    yield ""
    yield gettext("OPEN TO YOUR LOCAL NETWORK: anyone in it can reach this demo.")
    yield gettext("A phone in the same Wi-Fi can scan the code with its camera.")


def _end() -> str:
    return gettext("Ctrl-C stops it.")
