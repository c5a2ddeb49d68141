"""Do the server files that the docs print, and the example's, start a server in a fresh interpreter?

Every other test runs inside a Django that is set up, where a file that cannot even be imported looks fine.
"""

import os
import re
import shlex
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from benchmarks.services import free_ports, process

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 30  # seconds
ADDRESS = {"uvicorn": "--port={}", "hypercorn": "--bind=127.0.0.1:{}", "gunicorn": "--bind=127.0.0.1:{}"}
ASGI = ["uvicorn", "hypercorn"]
WSGI = ["gunicorn --no-control-socket"]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"^(?:python -m )?((?:uvicorn|hypercorn|daphne|gunicorn)\b.*?)(?: *#.*)?$", re.MULTILINE)
FILE = re.compile(r"get_([aw])sgi_application")


def blocks(language: str) -> list[tuple[str, str]]:
    """Return (page, text) of each block in a language, of every page."""
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    found = [(page.name, block) for page in pages for block in BLOCK.findall(page.read_text(encoding="utf-8"))]
    return [(page, text) for page, (said, text) in found if said == language]


FILES = [(page, text) for page, text in blocks("python") if FILE.search(text)]
COMMANDS = [(page, line) for page, text in blocks("sh") for line in COMMAND.findall(text)]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return the environment of a site with its tables made."""
    names = {"DJANGO_SETTINGS_MODULE": "example_project.settings"}
    names["DATABASE_URL"] = f"sqlite:///{tmp_path_factory.mktemp('site') / 'site.sqlite3'}"
    command = [sys.executable, "-m", "django", "migrate", "--verbosity=0"]
    subprocess.run(command, env=os.environ | names | {"PYTHONPATH": str(ROOT)}, check=True)
    return names


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def start(command: str, folder: Path, site: dict[str, str]) -> int:
    """Run a server's command in `folder`; return the status of its login page."""
    names = site | {"PYTHONPATH": f"{folder}{os.pathsep}{ROOT}"}
    port = free_ports("site")["site"]
    server, *rest = shlex.split(command)
    words = (sys.executable, "-m", server, *rest, ADDRESS[server].format(port))
    page = f"http://127.0.0.1:{port}/accounts/login/"
    with process(port, *words, **names), urllib.request.urlopen(page, timeout=PATIENCE) as answer:
        return int(answer.status)


def test_the_pages_that_print_one_are_found() -> None:
    assert "scaling.md" in dict(FILES)
    assert {line.split()[0] for _, line in COMMANDS} >= set(ASGI)


@pytest.mark.parametrize(("page", "text"), FILES, ids=[page for page, _ in FILES])
def test_what_the_docs_print_starts(page: str, text: str, folder: Path, site: dict[str, str]) -> None:
    (kind,) = set(FILE.findall(text))
    (folder / "mysite").mkdir()
    (folder / "mysite" / f"{kind}sgi.py").write_text(text, encoding="utf-8")
    for server in {"a": ASGI, "w": WSGI}[kind]:
        assert start(f"{server} mysite.{kind}sgi:application", folder, site) == 200, server


@pytest.mark.parametrize(("page", "line"), COMMANDS, ids=[line.split()[0] for _, line in COMMANDS])
def test_the_commands_that_the_docs_print_are_those(page: str, line: str) -> None:
    """Another one, or one on another page, would be printed and never tried."""
    assert line in {f"{server} mysite.asgi:application" for server in ASGI}
    assert page in dict(FILES)


@pytest.mark.parametrize(("kind", "server"), [("asgi", "uvicorn"), ("asgi", "hypercorn"), ("wsgi", WSGI[0])])
def test_the_examples_starts(kind: str, server: str, folder: Path, site: dict[str, str]) -> None:
    assert start(f"{server} example_project.{kind}:application", folder, site) == 200


def test_it_can_be_imported_before_django_is_set_up(tmp_path: Path) -> None:
    environment = {key: value for key, value in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"}
    code = "from django_wechat.asgi import wechat_streams"
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment | {"PYTHONPATH": str(ROOT)}, check=True)
