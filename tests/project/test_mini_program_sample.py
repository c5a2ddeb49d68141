"""Does the sample mini program sign in at the example site? Node drives its pages, with what `make sample` installs."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

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


def test_the_part_that_signs_in_is_small_and_knows_no_cookie_and_no_claim() -> None:
    part = (SAMPLE / "sign-in.js").read_bytes()
    assert len(part) < MOST_BYTES
    code = " ".join(line for line in part.decode().splitlines() if not line.lstrip().startswith("//")).lower()
    assert not re.search(r"cookie|openid|unionid|session_key|csrf", code)


def test_every_page_is_complete() -> None:
    pages = json.loads((SAMPLE / "app.json").read_text(encoding="utf-8"))["pages"]
    assert len(pages) == 3
    for page in pages:
        assert [kind for kind in ("js", "json", "wxml") if not (SAMPLE / f"{page}.{kind}").is_file()] == []


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
def test_what_people_tell_of_themselves_arrives() -> None:
    passes("node", "--test", "profile.test.mjs", "flavours.test.mjs")
