"""Does the sample mini program sign in at the example site? Node drives its pages, with what `make sample` installs."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from django_wechat.models import QRSession, WeChatProvider
from django_wechat.simulator import seeds
from example_project.demo_process import served
from tests import node

HERE = Path(__file__).resolve().parents[1] / "mini_program"
SAMPLE = HERE.parents[1] / "examples" / "mini_program"
MODULES = HERE / "node_modules"

needs_modules = pytest.mark.skipif(
    not node.REQUIRED_MODULES and not MODULES.is_dir(), reason="the sample's tools are missing: run `make sample`"
)
MOST_BYTES = 2000
"""Of what a site's own program takes over."""


def passes(*command: str, **environment: str) -> None:
    """Run a program of the sample's tests; fail with all that it said."""
    done = subprocess.run(
        command, cwd=HERE, env=os.environ | environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", ["sign-in.js", "computer.js"])
def test_the_part_that_signs_in_is_small_and_knows_no_cookie_and_no_claim(name: str) -> None:
    part = (SAMPLE / name).read_bytes()
    assert len(part) < MOST_BYTES
    code = " ".join(line for line in part.decode().splitlines() if not line.lstrip().startswith("//")).lower()
    assert not re.search(r"cookie|openid|unionid|session_key|csrf", code)


def test_every_page_is_complete() -> None:
    pages = json.loads((SAMPLE / "app.json").read_text(encoding="utf-8"))["pages"]
    assert len(pages) == 4
    for page in pages:
        assert [kind for kind in ("js", "json", "wxml") if not (SAMPLE / f"{page}.{kind}").is_file()] == []


def test_a_code_opens_the_page_that_providers_name_and_search_engines_do_not() -> None:
    page = WeChatProvider._meta.get_field("mini_program_page").default
    assert page in json.loads((SAMPLE / "app.json").read_text(encoding="utf-8"))["pages"]
    rules = json.loads((SAMPLE / "sitemap.json").read_text(encoding="utf-8"))["rules"]
    assert next(rule["action"] for rule in rules if rule["page"] in (page, "*")) == "disallow"


def test_the_dark_has_every_colour_of_the_light() -> None:
    window = json.loads((SAMPLE / "app.json").read_text(encoding="utf-8"))["window"]
    named = {value.removeprefix("@") for value in window.values()}
    theme = json.loads((SAMPLE / "theme.json").read_text(encoding="utf-8"))
    assert set(theme["light"]) == set(theme["dark"]) == named


def test_nobodys_appid_and_host_are_in_it() -> None:
    project = json.loads((SAMPLE / "project.config.json").read_text(encoding="utf-8"))
    assert project["appid"] == "touristappid"
    assert 'site: "https://www.example.com"' in (SAMPLE / "config.js").read_text(encoding="utf-8")


@node.needs_node
@needs_modules
def test_the_sample_keeps_to_wechats_types() -> None:
    passes(str(MODULES / ".bin" / "tsc"), "--project", ".")


@node.needs_node
@needs_modules
def test_somebody_signs_in_comes_back_and_connects_an_account(tmp_path: Path) -> None:
    with served(tmp_path) as (site, password):
        passes(
            "node",
            "--test",
            "pages.test.mjs",
            SITE=site,
            SIMULATOR=f"{site}/simulator",
            APPID=seeds.MINI_PROGRAM_APPID,
            ACCOUNT="admin",
            PASSWORD=password,
        )


@node.needs_node
@needs_modules
def test_a_computer_is_let_in_by_its_code_and_a_phones_browser_by_a_link(tmp_path: Path) -> None:
    database = str(tmp_path / "demo.sqlite3")
    let_codes_run_out = (
        f"import sqlite3; files = sqlite3.connect({database!r}, timeout=10, isolation_level=None); "
        f"files.execute(\"UPDATE {QRSession._meta.db_table} SET expires_at = '2020-01-01 00:00:00'\")"
    )
    with served(tmp_path) as (site, password):
        passes(
            "node",
            "--test",
            "computer.test.mjs",
            SITE=site,
            SIMULATOR=f"{site}/simulator",
            APPID=seeds.MINI_PROGRAM_APPID,
            ANOTHER=seeds.UNBOUND_MINI_PROGRAM_APPID,
            ACCOUNT="admin",
            PASSWORD=password,
            OVER=shlex.join([sys.executable, "-c", let_codes_run_out]),
        )


@node.needs_node
@needs_modules
def test_what_the_pages_send_and_say() -> None:
    passes("node", "--test", "profile.test.mjs", "flavours.test.mjs", "confirm-page.test.mjs")
