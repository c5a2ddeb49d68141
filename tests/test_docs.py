"""Do the docs say what the code does?"""

import re
from pathlib import Path

import pytest

from django_wechat import conf

ROOT = Path(__file__).resolve().parents[1]
DOCS = sorted((ROOT / "docs").glob("*.md"))


def documented_settings() -> dict[str, str]:
    """Return name → default, as the table in docs/configuration.md has them."""
    text = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    return dict(re.findall(r"^\| `([A-Z_]+)` \| `(.*?)` \|", text, re.MULTILINE))


def test_settings_table_is_conf() -> None:
    assert documented_settings() == {name: repr(value).replace("'", '"') for name, value in conf.DEFAULTS.items()}


@pytest.mark.parametrize(
    "page", [*DOCS, ROOT / "README.md", ROOT / "README.zh.md", ROOT / "CONTRIBUTING.md"], ids=lambda p: p.name
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
