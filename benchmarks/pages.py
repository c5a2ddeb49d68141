"""What does the WeChat tab add to the login page, and what does a QR code cost?

python -m benchmarks.pages [--quick]
"""

import io
import time
from collections.abc import Callable
from statistics import median

import qrcode
import segno

from benchmarks import site
from benchmarks.table import Figure, run

site.set_up()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.template.loader import get_template  # noqa: E402
from django.test import Client, override_settings  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from tests.factories import WebProviderFactory  # noqa: E402
from tests.user_agents import WINDOWS_CHROME  # noqa: E402

LOGIN = "/accounts/login/"
CONTENT = "http://weixin.qq.com/q/02pG3xEKBpd0D10000M07A"
OTHER_APPS = [app for app in settings.INSTALLED_APPS if app != "django_wechat"]


def side_by_side(ours: Callable[[], object], theirs: Callable[[], object], times: int) -> tuple[float, float]:
    """The medians of both in milliseconds, measured in turn."""
    found: tuple[list[float], list[float]] = ([], [])
    for _ in range(times):
        for step, taken in zip((ours, theirs), found, strict=True):
            started = time.perf_counter()
            step()
            taken.append((time.perf_counter() - started) * 1000)
    return median(found[0]), median(found[1])


def login_page(times: int) -> list[Figure]:
    """The same request with our template of the page, and with allauth's own; both list the same providers."""
    client = Client(headers={"user-agent": WINDOWS_CHROME})
    plain = [{**settings.TEMPLATES[0], "APP_DIRS": False, "DIRS": [_allauth_templates()]}]
    plain[0]["OPTIONS"] = {**plain[0]["OPTIONS"]}

    def page() -> None:
        assert client.get(LOGIN).status_code == 200

    ours, theirs = [], []
    page()
    for _ in range(times):
        ours.append(side_by_side(page, lambda: None, 5)[0])
        with override_settings(TEMPLATES=plain):
            page()
            theirs.append(side_by_side(page, lambda: None, 5)[0])
        page()
    value = median(ours) / median(theirs)
    words = f"allauth's own: {median(theirs):.2f} ms, with the tab {median(ours):.2f} ms"
    with CaptureQueriesContext(connection) as captured:
        page()
    opened = [query["sql"] for query in captured.captured_queries if "qrsession" in query["sql"]]
    return [
        Figure("login page with the tab", value, 1.1, "x", less=True, compared=words),
        Figure("QR codes computed before the tab is opened", len(opened), 0, "", less=True),
    ]


def _allauth_templates() -> str:
    """The folder of allauth's templates."""
    return str(get_template("allauth/layouts/base.html").origin.name).removesuffix("/allauth/layouts/base.html")


def drawing(times: int) -> Figure:
    """As `qr_views` draws it, against qrcode with Pillow."""

    def ours() -> object:
        return segno.make(CONTENT, error="m").svg_inline(scale=5, border=0)

    def theirs() -> object:
        code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, box_size=5, border=0)
        code.add_data(CONTENT)
        picture = io.BytesIO()
        code.make_image().save(picture, "PNG")
        return picture

    segno_takes, qrcode_takes = side_by_side(ours, theirs, times)
    words = f"qrcode with Pillow: {qrcode_takes:.2f} ms, ours {segno_takes:.2f} ms"
    return Figure("drawing a QR code", segno_takes / qrcode_takes, 0.85, "x", less=True, compared=words)


def measure(*, quick: bool) -> list[Figure]:
    """Return the figures of the pages."""
    with site.database():
        WebProviderFactory()
        return [*login_page(2 if quick else 60), drawing(2 if quick else 60)]


if __name__ == "__main__":
    run(measure)
