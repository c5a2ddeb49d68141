"""The stylesheet's properties as documented, readable colours, small files; the panel that `<wechat-login>` fetches."""

import gzip
import posixpath
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client

import django_wechat
from tests import user_agents
from tests.factories import BothProviderFactory, MobileProviderFactory

STATIC = Path(django_wechat.__file__).parent / "static" / "django_wechat"
STYLESHEET = (STATIC / "wechat.css").read_text(encoding="utf-8")
DOCS = Path(__file__).resolve().parents[2] / "docs" / "looks.md"
PANEL = "/accounts/wechat/panel/"


def declared(pattern: str) -> dict[str, list[str]]:
    """Return every default of each --wechat- property that the stylesheet reads."""
    found: dict[str, list[str]] = {}
    for name, default in re.findall(rf"var\((--wechat-[a-z-]+), {pattern}\);", STYLESHEET):
        found.setdefault(name, []).append(default)
    return found


def defaults() -> dict[str, tuple[str, str]]:
    """Return name → light and dark default."""
    plain = {name: (values[0], "the same") for name, values in declared(r"((?!light-dark).*)").items()}
    pairs = declared(r"light-dark\((.*)\)")
    return plain | {name: tuple(values[0].split(", ")) for name, values in pairs.items()}  # type: ignore[misc]


def test_the_table_is_the_stylesheet() -> None:
    rows = re.findall(
        r"^\| `(--wechat-[a-z-]+)` \| .* \| `(.*?)` \| `?(.*?)`? \|$", DOCS.read_text("utf-8"), re.MULTILINE
    )
    assert {name: (light, dark) for name, light, dark in rows} == defaults()
    assert set(re.findall(r"--wechat-[a-z-]+", STYLESHEET)) - {"--wechat-"} == set(defaults())


def test_browsers_that_know_no_dark_theme_get_the_light_one() -> None:
    light = {name: values[0] for name, values in declared(r"((?!light-dark).*)").items()}
    for name, pair in declared(r"light-dark\((.*)\)").items():
        assert pair[0].split(", ")[0] == light[name]


def luminance(colour: str) -> float:
    digits = colour.removeprefix("#")
    digits = digits if len(digits) == 6 else "".join(digit * 2 for digit in digits)
    channels = [int(digits[start : start + 2], 16) / 255 for start in (0, 2, 4)]
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast of WCAG 2: 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_the_measure_measures() -> None:
    assert contrast("#000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#fff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("words", "ground"),
    [
        ("text", "surface"),
        ("muted", "surface"),
        ("accent", "surface"),
        ("problem", "surface"),
        ("button-text", "button"),
        ("button-text", "button-hover"),
    ],
)
def test_words_can_be_read(words: str, ground: str, theme: int) -> None:
    colours = defaults()
    assert contrast(colours[f"--wechat-{words}"][theme], colours[f"--wechat-{ground}"][theme]) >= 4.5


def with_imports(name: str) -> set[str]:
    """Return a script and all that it imports."""
    found, left = set[str](), {name}
    while left:
        script = left.pop()
        found.add(script)
        imported = re.findall(r'from "(\.[\w./-]+\.js)"', (STATIC / script).read_text("utf-8"))
        left |= {posixpath.normpath(posixpath.join(posixpath.dirname(script), path)) for path in imported} - found
    return found


@pytest.mark.parametrize("script", ["wechat.js", "wechat-login.js"])
def test_what_a_visitor_loads_is_small(script: str) -> None:
    names = {"wechat.css", *with_imports(script)}
    assert len(names) > 8
    files = [(STATIC / name).read_bytes() for name in sorted(names)]
    assert len(gzip.compress(b"".join(files))) < 17_500


# ── the panel that the element fetches ──


@pytest.mark.django_db
def test_the_panel_is_what_the_tag_draws_and_brings_a_csrf_token() -> None:
    row = BothProviderFactory(display_name="Acme 微信")
    client = Client(enforce_csrf_checks=True, headers={"user-agent": user_agents.WINDOWS_CHROME})
    response = client.get(PANEL, {"next": "/cart/", "provider": row.name, "process": "connect"})
    html = response.json()["html"]
    assert html.startswith("<section")
    assert "Acme 微信" in html
    assert "Scan with WeChat to connect your account" in html
    assert 'name="next" value="/cart/"' in html
    assert "<script" not in html
    assert "<link" not in html
    assert response.headers["Cache-Control"].startswith("max-age=0, no-cache, no-store")
    [token] = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', html)
    assert client.post("/accounts/wechat/qr/", {"csrfmiddlewaretoken": token}).json()["kind"] == "open_platform"


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "words"), [("en", "Scan with"), ("zh-hans", "微信"), ("zh-hant", "微信")])
def test_the_panel_speaks_the_visitors_language(client: Client, language: str, words: str) -> None:
    BothProviderFactory()
    answer = client.get(PANEL, headers={"accept-language": language, "user-agent": user_agents.WINDOWS_CHROME}).json()
    assert answer["language"] == language
    assert words in answer["html"]


@pytest.mark.django_db
def test_the_panel_is_empty_where_wechat_cannot_serve(client: Client) -> None:
    MobileProviderFactory()
    answer = client.get(PANEL, headers={"user-agent": user_agents.WINDOWS_CHROME}).json()
    assert answer == {"html": "", "language": "en"}


@pytest.mark.django_db
def test_the_panel_is_there_for_those_who_are_not_signed_in_yet(client: Client, settings: Any) -> None:
    required = "django.contrib.auth.middleware.LoginRequiredMiddleware"
    settings.MIDDLEWARE = [*django_settings.MIDDLEWARE, required]
    assert client.get(PANEL).status_code == 200
    assert client.post(PANEL).status_code == 405


@pytest.mark.django_db
@pytest.mark.parametrize("wish", ["next", "provider", "process"])
def test_wishes_are_escaped(client: Client, wish: str) -> None:
    BothProviderFactory()
    headers = {"user-agent": user_agents.WINDOWS_CHROME}
    html = client.get(PANEL, {wish: '"><script>alert(1)</script>'}, headers=headers).json()["html"]
    assert "<script>" not in html


@pytest.mark.django_db
def test_without_allauths_pages_there_is_no_panel(client: Client, settings: Any) -> None:
    BothProviderFactory()
    settings.ROOT_URLCONF = "tests.sites.headless_only_urls"
    settings.HEADLESS_ONLY = True
    assert client.get(PANEL).status_code == 404
