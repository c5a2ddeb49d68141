"""Does `python -m django_wechat.demo` show in thirty seconds what it is for, and refuse to be anything but a demo?"""

import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from django_wechat.demo.__main__ import main
from example_project.demo_process import surroundings


def start(folder: Path, **environment: str) -> "subprocess.Popen[str]":
    """Start it as a user does, in a folder of its own and on a free port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    surrounding = surroundings(folder) | environment
    command = [sys.executable, "-m", "django_wechat.demo", "--port", str(port), "--folder", str(folder / "kept")]
    return subprocess.Popen(
        command, cwd=folder, env=surrounding, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )


def greeting(process: "subprocess.Popen[str]") -> str:
    """Return what it prints until it serves."""
    said = ""
    for line in process.stdout or ():
        said += line
        if line.startswith("Quit the server"):
            break
    return said


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with start(tmp_path_factory.mktemp("demo")) as process:
        try:
            yield re.findall(r"open (http://\S+)/", greeting(process))[0]
        finally:
            process.terminate()


def complaints(page: Page) -> list[str]:
    """What axe finds, in light and dark, on the site and on the phone in its frame."""
    found = []
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        violations = Axe().run(page).response["violations"]
        found += [f"{theme}: {one['id']}: {node['target']}" for one in violations for node in one["nodes"]]
    return found


def test_thirty_seconds(browser: Browser, site: str) -> None:
    """Scan and allow; then, as somebody else, follow and confirm. All in one window; the phone says how it ended."""
    page = browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-US").new_page()
    phone = page.frame_locator(".beside iframe")
    page.goto(f"{site}/")
    expect(phone.get_by_text("Choose WeChat on the sign-in page")).to_be_visible()
    assert complaints(page) == []
    page.get_by_role("main").get_by_role("link", name="Sign in", exact=True).click()
    phone.get_by_role("button", name="Scan", exact=True).click()
    phone.get_by_role("button", name="Allow").click()
    expect(page.get_by_role("heading", name="Welcome, 张三")).to_be_visible()
    expect(page.get_by_role("main").locator("img.avatar")).to_have_js_property("naturalWidth", 132)
    expect(phone.get_by_role("heading", name="Signed in on the computer")).to_be_visible()
    assert complaints(page) == []

    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    phone.get_by_role("button", name="Done").click()
    phone.get_by_role("button", name="李小花").click()
    page.get_by_role("link", name="Follow us and sign in").click()
    phone.get_by_role("button", name="Scan", exact=True).click()
    phone.get_by_role("button", name="Follow", exact=True).click()
    phone.locator("[data-sender=account]").get_by_role("link").click()
    inside = phone.frame_locator(".web-view iframe")
    inside.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("heading", name="Welcome,")).to_be_visible()
    expect(inside.get_by_role("heading", name="Confirmed")).to_be_visible()
    expect(inside.locator(".beside")).to_have_count(0)
    page.context.close()


def test_it_speaks_the_terminals_language_and_keeps_its_folder(tmp_path: Path) -> None:
    said = []
    for _ in range(2):
        with start(tmp_path, LC_ALL="zh_CN.UTF-8", PYTHONUTF8="1") as process:
            said.append(greeting(process))
            process.terminate()
    assert all("微信" in words for words in said)
    assert (tmp_path / "kept" / "demo.sqlite3").exists()
    assert (tmp_path / "kept" / "secret_key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.7", "example.com"])
def test_it_is_served_to_nobody_else(host: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--host", host])
    assert ended.value.code == 2
    assert "anybody who reaches the demo can be anybody in it" in capsys.readouterr().err


def test_it_is_no_part_of_another_project() -> None:
    with pytest.raises(SystemExit, match="not inside a project"):
        main([])
