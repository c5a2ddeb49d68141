"""Do the docs say what the code does?"""

import configparser
import re
from pathlib import Path

import pytest

from django_wechat import conf

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "django_wechat"
DOCS = sorted((ROOT / "docs").glob("*.md"))
OF_EXAMPLES = sorted((ROOT / "examples").glob("*/*.md"))


def documented_settings() -> dict[str, str]:
    """Return name → default, as the table in docs/configuration.md has them."""
    text = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    return dict(re.findall(r"^\| `([A-Z_]+)` \| `(.*?)` \|", text, re.MULTILINE))


def test_settings_table_is_conf() -> None:
    assert documented_settings() == {name: repr(value).replace("'", '"') for name, value in conf.DEFAULTS.items()}


@pytest.mark.parametrize(
    "page",
    [*DOCS, *OF_EXAMPLES, ROOT / "README.md", ROOT / "README.zh.md", ROOT / "CONTRIBUTING.md"],
    ids=lambda page: page.relative_to(ROOT).as_posix(),
)
def test_links_between_files_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        if "://" not in target and not target.startswith("mailto:"):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


@pytest.mark.parametrize("page", ["docs/security.md", "README.md"])
def test_the_csp_directives_are_named(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    assert "frame-src https://open.weixin.qq.com" in text
    assert "form-action 'self' https://open.weixin.qq.com" in text


def numbered(kind: str, text: str) -> set[str]:
    """Return the numbers of the sections or traps that `text` cites: "traps 1 to 3" are 1, 2 and 3."""
    found = set()
    for cited in re.findall(rf"\b{kind}s? (\d[\d.]*(?:(?:,| and| to) \d[\d.]*)*)", text):
        found |= set(re.findall(r"\d+(?:\.\d+)*", cited))
        for first, last in re.findall(r"(\d+) to (\d+)", cited):
            found |= {str(number) for number in range(int(first), int(last) + 1)}
    return found


def cited_in_the_code(kind: str) -> dict[str, str]:
    """Return number → a file whose docstrings or comments cite it, also where the line breaks in between."""
    files = {path: re.sub(r"\s+(?:# )?", " ", path.read_text(encoding="utf-8")) for path in PACKAGE.rglob("*.py")}
    return {number: path.name for path, text in files.items() for number in numbered(kind, text)}


@pytest.mark.parametrize(("kind", "known"), [("section", "5.7"), ("trap", "2")])
def test_what_docstrings_cite_is_on_the_reference_page(kind: str, known: str) -> None:
    page = (ROOT / "docs" / "reference.md").read_text(encoding="utf-8")
    table = page.split(f"\n| {kind} |")[1].split("\n\n")[0]
    rows = numbered(kind, re.sub(r"^\| (?=\d)", f"{kind} ", table, flags=re.MULTILINE))
    cited = cited_in_the_code(kind)
    assert known in cited
    assert {number: name for number, name in cited.items() if number not in rows} == {}


def test_every_logger_is_in_the_security_page() -> None:
    code = " ".join(path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py"))
    loggers = set(re.findall(r"getLogger\(\"(django_wechat[\w.]*)\"\)", code))
    page = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    assert "django_wechat.sign_in" in loggers
    assert {name for name in loggers if f"`{name}`" not in page} == set()


NAMED_PATH = re.compile(r"`{1,2}((?:[\w.-]+/)*[\w-]+\.(?:py|js|css|html|md|cfg|ini|yaml|toml|conf)|(?:[\w-]+/)+)`{1,2}")
NOT_OURS = {
    "mysite/api.py",
    "settings.py",
    "urls.py",
    "asgi.py",
    "wsgi.py",
    "mysite/settings.py",
    "mysite/urls.py",
    "wechat-avatars/",
}
"""What a page tells a site to write, or finds there."""
ADDRESSES = {"console/", "control/", "accounts/"}
"""Of the simulator's, and of a site's URLconf."""


def named_paths(text: str) -> set[str]:
    """Return what `text` names as a file, or as a folder by its final slash."""
    return set(NAMED_PATH.findall(text))


def is_there(path: str, beside: Path) -> bool:
    """Return whether a path exists, seen from the file that names it up to the root, or from the package."""
    folders = [folder for folder in (beside, *beside.parents) if folder == ROOT or ROOT in folder.parents]
    static = PACKAGE / "static"
    shelves = [
        *folders,
        PACKAGE,
        PACKAGE / "templates",
        PACKAGE / "pages" / "templates",
        static,
        static / "django_wechat",
        static / "django_wechat/panel",
    ]
    return any((folder / path).exists() for folder in shelves)


def prose() -> dict[Path, str]:
    """Return every page, and what the docstrings and comments of each Python file say."""
    pages = [*DOCS, *OF_EXAMPLES, *ROOT.glob("*.md")]
    code = [path for folder in ("django_wechat", "tests", "benchmarks") for path in (ROOT / folder).rglob("*.py")]
    return {path: path.read_text(encoding="utf-8") for path in (*pages, *code) if path.name != "CHANGELOG.md"}


def test_every_path_that_is_named_exists() -> None:
    texts = prose()
    assert "tests/whole/test_elsewhere.py" in named_paths(texts[ROOT / "tests" / "elsewhere" / "__init__.py"])
    missing = {
        f"{file.relative_to(ROOT)}: {path}"
        for file, text in texts.items()
        for path in named_paths(text) - NOT_OURS - ADDRESSES
        if not is_there(path, file.parent)
    }
    assert missing == set()


def test_every_room_has_its_place_on_the_page() -> None:
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    picture = page.split("\n## The house\n")[1].split("```")[1]
    rooms = re.findall(r"\w+", config["importlinter:contract:layers"]["layers"])
    assert "protocol" in rooms
    assert [name for name in rooms if not re.search(rf"\b{name}\b", picture)] == []
