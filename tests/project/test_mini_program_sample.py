"""Does the sample mini program sign in at the example site? Node drives its pages, with what `make sample` installs."""

import os
import subprocess
from pathlib import Path

import pytest

from django_wechat.simulator import seeds
from example_project.demo_process import served
from tests import node

HERE = Path(__file__).resolve().parents[1] / "mini_program"
SAMPLE = HERE.parents[1] / "examples" / "mini_program"
MODULES = HERE / "node_modules"

pytestmark = [
    node.needs_node,
    pytest.mark.skipif(
        not node.REQUIRED_MODULES and not MODULES.is_dir(), reason="the sample's modules are missing: run `make sample`"
    ),
]


def passes(*command: str, **environment: str) -> None:
    """Run a program of the sample's tests; fail with all that it said."""
    done = subprocess.run(
        command, cwd=HERE, env=os.environ | environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_sample_keeps_to_wechats_types() -> None:
    passes(str(MODULES / ".bin" / "tsc"), "--project", ".")


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


def test_what_people_tell_of_themselves_arrives() -> None:
    passes("node", "--test", "profile.test.mjs", "flavours.test.mjs")
