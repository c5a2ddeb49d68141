"""Does `make demo`'s site hold together? Runs its settings in processes of their own; nothing is served."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from example_project.demo_process import ROOT, served, surroundings


def example(code: str, tmp_path: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run Python with the example's settings and only the given variables."""
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=surroundings(tmp_path) | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def printed(code: str, tmp_path: Path, **environment: str) -> str:
    """Return what the code printed, with Django set up first."""
    done = example(f"import django; django.setup()\n{code}", tmp_path, **environment)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_without_environment_the_simulator_is_on_the_same_port(tmp_path: Path) -> None:
    code = "from django.conf import settings; print(settings.WECHAT['OPEN_BASE_URL'], settings.USE_SIMULATOR)"
    assert printed(code, tmp_path, PORT="8123") == "http://127.0.0.1:8123/simulator/open True"


def test_opened_to_the_network_the_phone_gets_an_address_it_can_reach(tmp_path: Path) -> None:
    code = "from django.conf import settings; print(settings.WECHAT['OPEN_BASE_URL'], *settings.ALLOWED_HOSTS)"
    address, *hosts = printed(code, tmp_path, LAN="192.0.2.7").split()
    assert address == "http://192.0.2.7:8000/simulator/open"
    assert "192.0.2.7" in hosts


def test_with_wechat_given_there_is_no_simulator(tmp_path: Path) -> None:
    code = """
from django.conf import settings
from django.urls import Resolver404, resolve
assert "django_wechat.simulator" not in settings.INSTALLED_APPS
try:
    resolve("/simulator/")
except Resolver404:
    print(settings.WECHAT)
"""
    given = {f"WECHAT_{name}_BASE_URL": f"https://{name.lower()}.weixin.qq.com" for name in ("API", "OPEN", "MP")}
    assert "https://open.weixin.qq.com" in printed(code, tmp_path, **given)


def test_with_debug_off_there_is_no_simulator_and_a_key_is_demanded(tmp_path: Path) -> None:
    code = "from django.conf import settings; print(settings.USE_SIMULATOR, settings.WECHAT)"
    assert printed(code, tmp_path, DEBUG="off", SECRET_KEY="x" * 50) == "False {}"
    without_key = example("import django; django.setup()", tmp_path, DEBUG="off")
    assert "SECRET_KEY" in without_key.stderr


def test_seeding_twice_leaves_one_admin_and_each_provider_once(tmp_path: Path) -> None:
    code = """
from django.conf import settings
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("seed_demo")
call_command("seed_demo")
from django.contrib.auth import authenticate
from django_wechat.models import WeChatProvider
password = (settings.STATE_DIR / ".admin_password").read_text()
user = authenticate(username="admin", password=password)
assert user and user.is_superuser
print(*WeChatProvider.objects.values_list("name", flat=True))
"""
    first, second, provider = printed(code, tmp_path).splitlines()
    assert first == second
    assert len(first) >= 10
    assert provider == "web account mini app"


def test_seeding_is_refused_with_debug_off(tmp_path: Path) -> None:
    code = "from django.core.management import call_command; call_command('seed_demo')"
    done = example(f"import django; django.setup(); {code}", tmp_path, DEBUG="off", SECRET_KEY="x" * 50)
    assert "DEBUG" in done.stderr
    assert done.returncode != 0


@pytest.mark.parametrize("language", ["en", "zh-hans", "zh-hant"])
def test_pages_answer_in_every_language(language: str, tmp_path: Path) -> None:
    code = f"""
from django.core.management import call_command
from django.test import Client
call_command("migrate", verbosity=0)
client = Client(HTTP_HOST="127.0.0.1", HTTP_ACCEPT_LANGUAGE={language!r}, HTTP_USER_AGENT="Mozilla/5.0 (X11)")
for path in ("/", "/accounts/login/", "/accounts/signup/"):
    page = client.get(path)
    assert page.status_code == 200, (path, page.status_code)
    assert page.headers["Content-Language"] == {language!r}
print(client.get("/").content.decode().count("/simulator/"))
"""
    assert int(printed(code, tmp_path)) == 3  # the pretend phone: in the menu, in the page, and its mini programs


HOME_OF_A_WECHAT_PERSON = """
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.test import Client
call_command("migrate", verbosity=0)
user = get_user_model().objects.create_user("z")
SocialAccount.objects.create(user=user, provider="wechat", uid="u")
client = Client(HTTP_HOST=host)
client.force_login(user)
page = client.get("/").content.decode().split('id="security"')[1]
"""


def test_home_leads_to_all_that_is_about_security(tmp_path: Path) -> None:
    code = """
import re
for path in re.findall('<a href="(/[^"]+)">', page.split("</section>")[0]):
    print(client.get(path, follow=True).status_code, path)
"""
    lines = printed("host = 'localhost:8000'" + HOME_OF_A_WECHAT_PERSON + code, tmp_path).splitlines()
    assert len(lines) == 6
    assert {line.split()[0] for line in lines} == {"200"}


@pytest.mark.parametrize(("host", "told"), [("127.0.0.1:8123", True), ("localhost:8123", False)])
def test_home_says_where_passkeys_can_be_made(host: str, told: bool, tmp_path: Path) -> None:
    """A browser makes none for an IP address."""
    code = f"host = {host!r}{HOME_OF_A_WECHAT_PERSON}print('http://localhost:8123/' in page)"
    assert printed(code, tmp_path) == str(told)


@pytest.mark.parametrize(("debug", "allowed"), [("on", "True"), ("off", "False")])
def test_passkeys_without_tls_are_for_development(debug: str, allowed: str, tmp_path: Path) -> None:
    code = "from django.conf import settings; print(settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN)"
    assert printed(code, tmp_path, DEBUG=debug, SECRET_KEY="x" * 50) == allowed


def test_a_taken_port_is_noticed(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        code = f"from example_project.demo import _free_port; print(_free_port('127.0.0.1', {port}))"
        done = example(code, tmp_path)
    assert f"Port {port} is taken" in done.stderr
    assert int(done.stdout) > port


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[tuple[str, str]]:
    """Serve the demo as `make demo` does; return its address and the printed password."""
    with served(tmp_path) as site:
        yield site


def test_from_the_home_page_to_signed_in_in_four_clicks(browser: Browser, demo: tuple[str, str]) -> None:
    site, _ = demo
    context = browser.new_context(locale="en-US")
    page = context.new_page()
    page.goto(f"{site}/")
    page.get_by_role("main").get_by_role("link", name="Sign in", exact=True).click()
    page.get_by_role("tab", name="WeChat").click()
    qr_code = page.frame_locator("iframe")
    qr_code.get_by_role("link").first.click()
    qr_code.frame_locator("iframe").locator(".accept").click()
    expect(page.get_by_role("heading", name="Signed in as 张三")).to_be_visible()
    picture = page.get_by_role("main").locator("img")
    expect(picture).to_have_js_property("complete", True)
    assert picture.evaluate("image => image.naturalWidth") > 0
    context.close()


def test_the_printed_password_opens_the_admin(browser: Browser, demo: tuple[str, str]) -> None:
    site, password = demo
    page = browser.new_page()
    page.goto(f"{site}/admin/")
    page.locator("#id_username").fill("admin")
    page.locator("#id_password").fill(password)
    page.locator("[type=submit]").click()
    expect(page.get_by_role("link", name="WeChat providers")).to_be_visible()
    page.close()


def test_following_the_account_with_the_pretend_phone(browser: Browser, demo: tuple[str, str]) -> None:
    site, _ = demo
    context = browser.new_context(locale="en-US")
    page, phone = context.new_page(), context.new_page()
    page.goto(f"{site}/accounts/login/?provider=account&tab=wechat")
    expect(page.locator("[data-wechat-panel]")).to_have_attribute("data-state", "ready")
    phone.goto(f"{site}/simulator/?lang=en")
    phone.get_by_role("button", name="Scan", exact=True).first.click()
    phone.get_by_role("button", name="Follow", exact=True).click()
    link = phone.locator("[data-sender=account] .bubble").get_by_role("link")
    phone.goto(site + str(link.get_attribute("href")))
    phone.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("heading", name="Signed in as WeChat user")).to_be_visible()
    context.close()
