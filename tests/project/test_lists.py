"""Does everything install what requirements/ lists, and do tox's environments run what their difference can break?"""

import configparser
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests import rooms

ROOT = Path(__file__).resolve().parents[2]
LISTS = sorted((ROOT / "requirements").glob("*.txt"))
UNBOUND = {"newest", ".pkg_newest"}
"""What may install whatever there is."""


def read(file: str) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(ROOT / file, encoding="utf-8")
    return parser


def entries(path: Path) -> list[str]:
    return [line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]


def pins(name: str) -> dict[str, list[Requirement]]:
    """Return project → its lines, one for each Python that needs another."""
    found: dict[str, list[Requirement]] = {}
    for requirement in map(Requirement, entries(ROOT / "requirements" / name)):
        found.setdefault(canonicalize_name(requirement.name), []).append(requirement)
    return found


def asked_for(*extras: str) -> list[Requirement]:
    """Return what setup.cfg asks for, with what some extras add."""
    setup = read("setup.cfg")
    lines = setup["options"]["install_requires"].splitlines()
    for extra in extras:
        lines += setup["options.extras_require"][extra].splitlines()
    return [Requirement(line) for line in lines if line and not line.startswith("%")]


@pytest.mark.parametrize("path", LISTS, ids=lambda path: path.name)
def test_a_list_holds_versions_and_nothing_else(path: Path) -> None:
    """No address of a package index above all: it would be asked by everybody who installs from the list."""
    assert [line for line in entries(path) if not re.fullmatch(r"[a-z0-9-]+==[\w.]+( ; [^/]+)?", line)] == []
    assert "make pins" in path.read_text(encoding="utf-8")
    assert "://" not in path.read_text(encoding="utf-8")


def test_nodes_list_holds_exact_versions_and_no_registry() -> None:
    """Whoever installs from it asks the registry of their own choice."""
    folder = ROOT / "tests" / "mini_program"
    asked = json.loads((folder / "package.json").read_text(encoding="utf-8"))["devDependencies"]
    listed = json.loads((folder / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert {name: listed[f"node_modules/{name}"]["version"] for name in asked} == asked
    modules = {name: one for name, one in listed.items() if name}
    assert [name for name, one in modules.items() if "resolved" in one or "integrity" not in one] == []


def test_every_extra_is_in_the_list() -> None:
    listed = pins("constraints.txt")
    wanted = asked_for(*read("setup.cfg")["options.extras_require"])
    assert len(wanted) > 40
    assert {one.name for one in wanted if canonicalize_name(one.name) not in listed} == set()
    for one in wanted:
        for pin in listed[canonicalize_name(one.name)]:
            assert one.specifier.contains(str(pin.specifier).removeprefix("==")), f"setup.cfg: {one}, the list: {pin}"


def test_the_oldest_are_the_lower_bounds() -> None:
    """Or the first release after one that was withdrawn."""
    listed = pins("oldest.txt")
    for one in asked_for("postgres", "redis"):
        (bound,) = [specifier.version for specifier in one.specifier if specifier.operator == ">="]
        (pin,) = listed[canonicalize_name(one.name)]
        found = str(pin.specifier).removeprefix("==")
        assert found == bound or found.startswith(f"{bound}."), f"setup.cfg: {one}, the list: {pin}"


def test_the_makefile_installs_from_the_list_alone() -> None:
    recipe = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.findall(r"^CONSTRAINTS \?= (.+)$", recipe, re.MULTILINE) == ["requirements/constraints.txt"]
    assert len(re.findall(r"\bpip install\b", recipe)) == 1
    assert 'PIP_CONSTRAINT="$(CONSTRAINTS)" PIP_BUILD_CONSTRAINT="$(CONSTRAINTS)"' in recipe


def test_tox_installs_from_the_list_but_for_the_newest() -> None:
    tox = read("tox.ini")
    for name in (one for one in tox.sections() if one not in {"tox", "testenv"}):
        environment = name.removeprefix("testenv:")
        said = tox[name].get("set_env", "{[testenv]set_env}")
        bound = "PIP_CONSTRAINT" in said or "{[testenv]set_env}" in said
        assert bound == (environment not in UNBOUND), name
    assert "PIP_CONSTRAINT = {tox_root}/requirements/constraints.txt" in tox["testenv"]["set_env"]


def test_no_folder_of_tests_is_forgotten() -> None:
    folders = {path.relative_to(ROOT / "tests").parts[0] for path in (ROOT / "tests").rglob("*/test_*.py")}
    assert folders | {"package"} == set(rooms.DIFFERENCES)


@pytest.mark.parametrize("mark", [rooms.DATABASE, rooms.CACHE, rooms.DJANGO, rooms.RELEASE])
def test_every_mark_is_asked_for(mark: str) -> None:
    assert any(mark in differences for differences in rooms.DIFFERENCES.values())
    assert mark in read("setup.cfg")["tool:pytest"]["markers"]
    assert f'-m "{mark} and not browser and not bench"' in (ROOT / "tox.ini").read_text(encoding="utf-8")


STAND_IN = """
import json, pathlib, sys
pins = pathlib.Path(sys.argv[-1]).read_text().split()
def answer(pin):
    name, version = pin.split("==")
    told = json.loads('KNOWN').get(name)
    return {"name": name, **({"skip_reason": "unheard of"} if told is None else {"version": version, "vulns": told})}
print(json.dumps({"dependencies": [answer(pin) for pin in pins], "fixes": []}))
"""
"""What stands in for pip-audit, which asks a service on the internet; it answers in the same shape."""


@pytest.mark.parametrize(
    ("known", "code", "words"),
    [
        ({"good": [], "old": []}, 0, "2 versions asked for, 0 advisories"),
        ({"good": [], "old": [{"id": "X-1", "fix_versions": ["2"]}]}, 1, "old 1: X-1; mended in 2"),
        ({"good": [], "old": [{"id": "X-1", "fix_versions": []}]}, 0, "old 1: X-1; not mended yet"),
        ({"good": []}, 77, "NOT RUN"),
        ({}, 77, "NOT RUN"),
    ],
)
def test_an_audit_that_asked_nobody_is_no_good_news(
    known: dict[str, list[object]], code: int, words: str, tmp_path: Path
) -> None:
    (tmp_path / "pip_audit.py").write_text(STAND_IN.replace("KNOWN", json.dumps(known)), encoding="utf-8")
    (tmp_path / "list.txt").write_text("# a list\ngood==1\nold==1 ; python_version < '3'\n", encoding="utf-8")
    command = (sys.executable, ROOT / ".ci" / "audit", "list.txt")
    names = os.environ | {"PYTHONPATH": str(tmp_path)}
    done = subprocess.run(command, cwd=tmp_path, env=names, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (code, "")
    assert words in done.stdout
