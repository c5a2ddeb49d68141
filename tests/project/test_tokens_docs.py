"""Does a project from an empty folder get the tokens of docs/tokens.md, with what the page prints?

Each in an interpreter of its own, against the simulator.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from django_wechat.simulator import seeds
from django_wechat.simulator.server import SimulatorServer
from tests.project.test_bare_project import add, blocks, project, run

__all__ = ["project"]
MINI_PROGRAM = """
import json, sys
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("check")
from django_wechat.models import WeChatProvider
appid, secret, *codes = sys.argv[1:]
WeChatProvider.objects.create(name="mini", sub_type="mini_program", client_id=appid, client_secret=secret)
from django.test import Client
client = Client(HTTP_HOST="127.0.0.1")
def post(path, body, **headers):
    answer = client.post(path, body, content_type="application/json", headers=headers)
    assert answer.status_code == 200, (path, answer.status_code, answer.content)
    return answer.json()
def get(path, **headers):
    answer = client.get(path, headers=headers)
    return answer.json() if answer.status_code == 200 else answer.status_code
def sign_in(code, **headers):
    return post("/accounts/wechat/mini-program/", {"code": code, **BODY}, **headers)
BODY = {}
told = {}
"""


@pytest.fixture(scope="module")
def simulator() -> Iterator[SimulatorServer]:
    with SimulatorServer() as server:
        yield server


def told(project: Path, simulator: SimulatorServer, *, heading: str, asks: str, files: dict[str, int]) -> Any:
    """Build what the page says under `heading`; return what `asks` put into `told`. `files`: which block goes where."""
    printed = blocks("tokens.md", "python", heading)
    for path, number in files.items():
        add(project / path, printed[number])
    wechat = f'WECHAT = {{**globals().get("WECHAT", {{}}), "API_BASE_URL": "{simulator.api_base_url}"}}\n'
    add(project / "mysite" / "settings.py", wechat)
    codes = [simulator.platform.wx_login(seeds.MINI_PROGRAM_APPID, person) for person in ("zhangsan", "xiaohua")]
    script = project / "ask.py"
    script.write_text(
        'import os, django\nos.environ["DJANGO_SETTINGS_MODULE"] = "mysite.settings"\ndjango.setup()\n'
        f"{MINI_PROGRAM}{asks}\nprint(json.dumps(told))\n",
        encoding="utf-8",
    )
    return json.loads(
        run(project, "ask.py", seeds.MINI_PROGRAM_APPID, seeds.MINI_PROGRAM_SECRET, *codes).splitlines()[-1]
    )


def test_simplejwt(project: Path, simulator: SimulatorServer) -> None:
    files = {"mysite/settings.py": 0, "mysite/urls.py": 1}
    asks = """
pair = sign_in(codes[0])
told["me"] = get("/api/me/", Authorization=f"Bearer {pair['access']}")
told["nobody"] = get("/api/me/")
fresh = post("/api/token/refresh/", {"refresh": pair["refresh"]})
post("/api/token/blacklist/", {"refresh": fresh["refresh"]})
told["over"] = client.post("/api/token/refresh/", {"refresh": fresh["refresh"]}).status_code
told["used"] = client.post("/api/token/refresh/", {"refresh": pair["refresh"]}).status_code
BODY["process"] = "connect"
sign_in(codes[1], Authorization=f"Bearer {fresh['access']}")
from django_wechat.models import WeChatIdentity
told["connected"] = WeChatIdentity.objects.filter(account__user=told["me"]["id"]).count()
"""
    found = told(project, simulator, heading="REST framework and simplejwt", asks=asks, files=files)
    assert found["me"]["id"]
    assert (found["nobody"], found["over"], found["used"]) == (401, 401, 401)
    assert found["connected"] == 2


def test_django_ninja(project: Path, simulator: SimulatorServer) -> None:
    files = {"mysite/api.py": 0, "mysite/settings.py": 1, "mysite/urls.py": 2}
    asks = """
token = sign_in(codes[0])["token"]
told["me"] = get("/api/me", Authorization=f"Bearer {token}")
told["nobody"] = get("/api/me", Authorization="Bearer made-up")
BODY["process"] = "connect"
sign_in(codes[1], Authorization=f"Bearer {token}")
from django_wechat.models import WeChatIdentity
told["connected"] = WeChatIdentity.objects.filter(account__user=told["me"]["id"]).count()
"""
    found = told(project, simulator, heading="django-ninja", asks=asks, files=files)
    assert found["nobody"] == 401
    assert found["connected"] == 2


def test_allauth_headless(project: Path, simulator: SimulatorServer) -> None:
    files = {"mysite/settings.py": 0, "mysite/urls.py": 1}
    asks = """
token = sign_in(codes[0])["meta"]["session_token"]
told["me"] = get("/_allauth/app/v1/auth/session", **{"X-Session-Token": token})["data"]["user"]["id"]
"""
    assert told(project, simulator, heading="allauth headless", asks=asks, files=files)["me"]
