"""Does a project from an empty folder get pages that look right, with what docs/looks.md and the quickstart say?

Each in an interpreter of its own: settings are read once.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```(\w+|html\+django)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LOOK = """
from django.core.management import call_command
call_command("migrate", verbosity=0)
from django_wechat.models import WeChatProvider
WeChatProvider.objects.create(name="site", client_id="wx0123456789abcdef", client_secret="a" * 32)
from django.contrib.auth import get_user_model
from django.contrib.staticfiles import finders
from django.test import Client
client = Client(HTTP_HOST="127.0.0.1")
print(client.get("/accounts/login/").content.decode())
client.force_login(get_user_model().objects.create_user("li"))
for page in ("email", "3rdparty", "password/set"):
    answer = client.get(f"/accounts/{page}/")
    assert answer.status_code == 200, (page, answer.status_code)
    print(answer.content.decode())
for name in ("place.css", "pages.css"):
    assert finders.find(f"django_wechat/{name}"), name
"""


def blocks(page: str, language: str, after: str) -> list[str]:
    """Return the code blocks of a page in a language, from a heading on."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    return [code for kind, code in BLOCK.findall(text[text.index(f"## {after}\n") :]) if kind == language]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A new project with what the quickstart adds."""
    run(tmp_path, "-m", "django", "startproject", "mysite", ".")
    add(tmp_path / "mysite" / "settings.py", blocks("quickstart.md", "python", "Settings")[0])
    add(tmp_path / "mysite" / "urls.py", blocks("quickstart.md", "python", "URLs")[0])
    return tmp_path


def add(path: Path, code: str) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(f"\n{code}")


def run(folder: Path, *arguments: str) -> str:
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{folder}"}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    command = [sys.executable, *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    return done.stdout


def pages_of(project: Path) -> str:
    return run(project, "manage.py", "shell", "-v", "0", "-c", LOOK)


def test_the_card_has_its_place_on_unstyled_pages(project: Path) -> None:
    shown = pages_of(project)
    login = shown.partition("</html>")[0]
    assert "<strong>Menu:</strong>" in login, "allauth's own layout"
    place = login.partition('<div class="wechat-place">')[2]
    assert place.index("<h1>") < place.index('id="wechat-tab-wechat"')
    assert "django_wechat/place.css" in login
    assert "wechat-page-main" not in shown


def test_one_line_makes_the_pages_one_product(project: Path) -> None:
    add(project / "mysite" / "settings.py", blocks("looks.md", "python", "All of allauth’s pages")[0])
    shown = pages_of(project)
    assert shown.count('<body class="wechat-page">') == 4
    assert shown.count("django_wechat/pages.css") == 4
    assert shown.count('class="wechat-page-main wechat-page-narrow"') == 1
    assert "Menu:" not in shown
    assert "<style" not in shown
    assert " style=" not in shown
    run(project, "manage.py", "check", "--fail-level", "WARNING")


def test_a_header_of_ones_own(project: Path) -> None:
    add(project / "mysite" / "settings.py", blocks("looks.md", "python", "All of allauth’s pages")[0])
    add(project / "mysite" / "settings.py", 'TEMPLATES[0]["DIRS"] = [BASE_DIR / "templates"]\n')
    layouts = project / "templates" / "allauth" / "layouts"
    layouts.mkdir(parents=True)
    add(layouts / "base.html", blocks("looks.md", "html+django", "All of allauth’s pages")[0].strip())
    shown = pages_of(project)
    assert shown.count('<a class="wechat-page-brand" href="/">Tea house</a>') == 4
    assert shown.count("· Tea house</title>") == 4
