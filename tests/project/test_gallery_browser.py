"""Is every state of the gallery, in every language, free of what `make screenshots` looks for?"""

import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Page

from example_project.demo_process import ROOT
from example_project.gallery.page_checks import SEEN, faults
from example_project.gallery.screenshots import LANGUAGES
from example_project.gallery.states import all_states

BROKEN = """
<h1>Welcome.</h1>
<p>This is None.</p>
<div style="width: 900px">wide</div>
<div style="height: 10px; overflow: hidden">cut<br>in<br>two</div>
<img src="data:image/png;base64,AAAA" alt="">
"""


def test_broken_pages_are_seen(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.set_content(BROKEN)
    found = " ".join(faults(page.evaluate(SEEN), "en"))
    for fault in (
        "full stop after a heading: 'Welcome.'",
        "raw: 'None'",
        "wider than the window: div",
        "cut off: div",
        "picture missing: data:",
    ):
        assert fault in found


def test_a_page_in_order_is_left_alone(page: Page) -> None:
    page.set_content("<h1>Sign in</h1><p>Scan with WeChat to sign in</p>")
    assert faults(page.evaluate(SEEN), "en") == []


def look(*options: str) -> str:
    """Run `make screenshots` with options; return what it printed."""
    command = [sys.executable, "-m", "example_project.gallery.screenshots", "--quick", *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=900, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.usefixtures("browser")
def test_every_state_once_in_each_language() -> None:
    assert look("--look-only") == f"{len(all_states()) * len(LANGUAGES)} looked at, 0 faults\n"


@pytest.mark.usefixtures("browser")
def test_pictures_are_taken(tmp_path: Path) -> None:
    states = [slug for slug in all_states() if "one-tap" in slug]
    look("--only", "one-tap", "--out", str(tmp_path / "pictures"))
    taken = (tmp_path / "pictures").rglob("*.png")
    assert len(list(taken)) == len(states) * len(LANGUAGES)
