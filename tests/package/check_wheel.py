"""Does the built package work where nothing else is installed? Follows the README in a new project, step by step.

Needs the package index (pip), so it is no part of `make test`: `tox -e package` runs it.
"""

import os
import re
import shlex
import socket
import subprocess
import sys
import urllib.request
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
STEPS = {"README.md": "## Add it to your site", "README.zh.md": "## 加到自己的网站"}
LOOK_AT_LOGIN_PAGE = """
from django.test import Client
page = Client(HTTP_HOST="localhost", HTTP_USER_AGENT="Mozilla/5.0 (X11; Linux x86_64)").get("/accounts/login/")
print(page.status_code, page.content.decode())
"""


def run(*command: str | Path, cwd: Path, **environment: str) -> str:
    """Run a command as a user would, outside this project's environment; return what it printed."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "DJANGO", "VIRTUAL_ENV"))}
    done = subprocess.run(
        list(map(str, command)),
        cwd=cwd,
        env=clean | environment,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, f"{shlex.join(map(str, command))}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def code_blocks(readme: str) -> list[tuple[str, str]]:
    """Return (language, code) of each block in the section that says how to install."""
    section = (ROOT / readme).read_text(encoding="utf-8").split(STEPS[readme])[1].split("\n## ")[0]
    return re.findall(r"^```(\w+)\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from a copy of what git knows, so that no litter of this checkout gets in."""
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    files = run("git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", cwd=ROOT).split("\0")
    for file in filter(None, files):
        if (ROOT / file).is_file():
            (source / file).parent.mkdir(parents=True, exist_ok=True)
            (source / file).write_bytes((ROOT / file).read_bytes())
    run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", target, ".", cwd=source)
    (built,) = target.glob("*.whl")
    return built


def test_wheel_holds_all_that_the_package_needs(wheel: Path) -> None:
    inside = set(zipfile.ZipFile(wheel).namelist())
    package = ROOT / "django_wechat"
    wanted = {
        path.relative_to(ROOT).as_posix()
        for path in package.rglob("*")
        if path.is_file()
        and path.suffix in {".py", ".html", ".js", ".mjs", ".css", ".svg", ".png", ".mo", ".typed", ".txt"}
    }
    assert wanted - inside == set()
    for kind in (
        "templates/",
        "static/",
        ".mo",
        "py.typed",
        "migrations/0001_",
        "simulator/templates/",
        "demo/static/",
    ):
        assert any(kind in name for name in inside), f"the wheel has no {kind}"


def test_wheel_holds_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0].split("-")[0] for name in names} == {"django_wechat", "django_wechat_login"}
    assert any(name.endswith("licenses/LICENSE") for name in names)


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the bin directory of an environment that holds the wheel and its dependencies only."""
    directory = tmp_path_factory.mktemp("venv")
    venv.create(directory, with_pip=True)
    binaries = directory / ("Scripts" if os.name == "nt" else "bin")
    run(binaries / "python", "-m", "pip", "install", "--quiet", wheel, cwd=directory)
    return binaries


def test_only_the_named_dependencies_come_along(installed: Path) -> None:
    """Nothing of the tests, the example or the simulator is needed to import the package."""
    run(installed / "python", "-c", "import django_wechat, django_wechat.protocol.transport", cwd=installed)
    run(installed / "python", "-m", "pip", "check", cwd=installed)


def test_the_demo_needs_nothing_but_the_wheel(installed: Path, tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "DJANGO", "VIRTUAL_ENV"))}
    command = [installed / "python", "-u", "-m", "django_wechat.demo", "--port", str(port)]
    with subprocess.Popen(command, cwd=tmp_path, env=clean | {"LC_ALL": "C.UTF-8"}, stdout=subprocess.PIPE) as process:
        try:
            for line in process.stdout or ():
                if line.startswith(b"Quit the server"):
                    break
            for path, words in {
                "/": "Teahouse",
                "/simulator/present/": "Switch account",
                "/static/wechat_demo/demo.css": "",
            }.items():
                with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}") as answer:
                    assert words in answer.read().decode()
        finally:
            process.terminate()


@pytest.mark.parametrize("readme", STEPS)
def test_readme_leads_to_the_wechat_tab(readme: str, installed: Path, tmp_path: Path) -> None:
    blocks = code_blocks(readme)
    assert [language for language, _ in blocks] == ["sh", "python", "python", "sh", "sh"]
    run(installed / "django-admin", "startproject", "mysite", ".", cwd=tmp_path)
    python_files = iter(["settings.py", "urls.py"])
    path = f"{installed}{os.pathsep}{os.environ['PATH']}"
    administrator = {"DJANGO_SUPERUSER_PASSWORD": "p4ssw0rd-of-a-test", "DJANGO_SUPERUSER_USERNAME": "boss"}

    for language, code in blocks:
        if language == "python":
            with (tmp_path / "mysite" / next(python_files)).open("a", encoding="utf-8") as file:
                file.write("\n" + code)
        elif "pip install django-wechat-login" not in code:  # the wheel is installed already
            code = code.replace("createsuperuser", "createsuperuser --noinput --email boss@example.com")
            run("sh", "-euc", code, cwd=tmp_path, PATH=path, PYTHONUTF8="1", **administrator)

    run(installed / "python", "manage.py", "check", "--fail-level", "WARNING", cwd=tmp_path)
    page = run(
        installed / "python", "manage.py", "shell", "-v", "0", "-c", LOOK_AT_LOGIN_PAGE, cwd=tmp_path, PYTHONUTF8="1"
    )
    assert page.startswith("200")
    tab = re.search(r'id="wechat-tab-wechat".*?</a>', page, re.DOTALL)
    assert tab, "the login page has no WeChat tab"
    assert {"README.md": "WeChat", "README.zh.md": "微信"}[readme] in tab.group()
