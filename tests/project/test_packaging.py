"""Do the packaging files say the same thing as the code? (tests/package/check_wheel.py really builds.)"""

import configparser
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SHARED_PROSE = ["README.md", "README.zh.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "LICENSE"]


@pytest.fixture(scope="module")
def setup() -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(ROOT / "setup.cfg", encoding="utf-8")
    return parser


def test_every_dependency_has_its_reason(setup: configparser.ConfigParser) -> None:
    requirements = setup["options"]["install_requires"].split()
    reasons = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8").lower()
    for requirement in requirements:
        project = re.split(r"[\[<>=]", requirement)[0].lower()
        assert f"**{project}**" in reasons, f"docs/dependencies.md has no word on {project}"


def test_run_time_dependencies_are_these(setup: configparser.ConfigParser) -> None:
    projects = {re.split(r"[\[<>=]", line)[0] for line in setup["options"]["install_requires"].split()}
    assert projects == {
        "Django",
        "django-allauth",
        "requests",
        "cryptography",
        "defusedxml",
        "segno",
        "urllib3",
        "idna",
    }


@pytest.mark.parametrize("file", ["README.md", "README.zh.md", "docs/quickstart.md"])
@pytest.mark.parametrize("project", ["Django", "django-allauth"])
def test_the_bounds_are_said_where_people_install(project: str, file: str, setup: configparser.ConfigParser) -> None:
    """A project that pins an older one is told by pip in its own way, or not at all."""
    (bound,) = [line for line in setup["options"]["install_requires"].split() if re.match(rf"{project}[\[<>=]", line)]
    page = (ROOT / file).read_text(encoding="utf-8")
    assert re.findall(rf"`({project}[\[>][^`]*)`", page)[:1] == [bound]
    assert "ResolutionImpossible" in page


@pytest.mark.parametrize("file", SHARED_PROSE)
def test_the_files_a_newcomer_looks_for_are_there(file: str) -> None:
    assert (ROOT / file).read_text(encoding="utf-8").strip()


@pytest.mark.parametrize("file", ["README.md", "README.zh.md"])
def test_first_screen_of_the_readme_has_the_two_commands(file: str) -> None:
    first_screen = "\n".join((ROOT / file).read_text(encoding="utf-8").splitlines()[:32])
    assert re.findall(r"^make \w+", first_screen, re.MULTILINE) == ["make demo", "make test"]


def test_unreleased_is_on_top_of_the_changelog() -> None:
    headings = re.findall(r"^## .*", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert headings[0] == "## Unreleased"


def test_tox_covers_what_the_classifiers_promise(setup: configparser.ConfigParser) -> None:
    tox = (ROOT / "tox.ini").read_text(encoding="utf-8")
    classifiers = setup["metadata"]["classifiers"]
    for version in re.findall(r"Framework :: Django :: (\d)\.(\d)", classifiers):
        assert f"django{''.join(version)}" in tox
    for version in re.findall(r"Programming Language :: Python :: 3\.(\d+)", classifiers):
        assert f"py3{version}-" in tox


def test_the_examples_are_in_the_source_and_not_in_the_wheel(setup: configparser.ConfigParser) -> None:
    manifest = (ROOT / "MANIFEST.in").read_text(encoding="utf-8").splitlines()
    assert {"graft examples", "graft django_wechat", "prune tests/mini_program/node_modules"} <= set(manifest)
    assert setup["options.packages.find"]["include"].split() == ["django_wechat", "django_wechat.*"]
    assert not list((ROOT / "examples").rglob("__init__.py"))


def test_what_node_imports_is_in_the_wheel(setup: configparser.ConfigParser) -> None:
    pattern = setup["options.package_data"]["django_wechat.simulator"]
    scripts = {path.name for path in (ROOT / "django_wechat" / "simulator").glob(pattern)}
    assert scripts == {"command.mjs", "launch.mjs", "wx.mjs"}
