"""Does an error reporter learn a secret? What `repr` says of any local variable, in any frame of ours, is searched.

A reporter sends the variables of each frame of a traceback. So no frame of ours may hold a secret in the open while it
calls something; those that cannot do without are hidden from Django's reports (`sensitive_variables`), or stand below
`quietly`, which an unexpected exception leaves without them.
"""

import sys
from collections.abc import Callable, Iterator
from dataclasses import is_dataclass
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from cryptography.hazmat.primitives.padding import PKCS7
from django.core.signals import got_request_exception
from django.test import Client
from urllib3.connectionpool import HTTPConnectionPool

import django_wechat
from django_wechat.models import WeChatProvider
from django_wechat.simulator.server import SimulatorServer
from tests.factories import FollowProviderFactory
from tests.visitor import Visitor, in_wechat
from tests.whole.test_secrets_stay import SECRETS, push_to

pytestmark = pytest.mark.django_db(transaction=True)

PACKAGE = str(Path(django_wechat.__file__).parent) + "/"
ELSEWHERE = "simulator/"
BELOW_QUIETLY = {"protocol/crypto.py", "protocol/connections.py"}
MADE_OF_THEM = {("protocol/transport.py", "__init__"), ("protocol/crypto.py", "sign")}
"""Calls nothing that could fail."""


def shown(value: object) -> str:
    """What a reporter would print; a query is not printed here, since that would ask the database."""
    mine = type(value).__module__.startswith("django_wechat.")
    plain = isinstance(value, (str, bytes, dict, list, tuple, set))
    return repr(value) if mine or plain or is_dataclass(value) else ""


def leaks(frame: FrameType) -> list[str]:
    return [name for name, value in frame.f_locals.items() if any(secret in shown(value) for secret in SECRETS)]


class Witness:
    """Looks at every frame of ours as it ends."""

    def __init__(self) -> None:
        self.frames = 0
        self.seen: set[tuple[str, str, str]] = set()

    def __call__(self, frame: FrameType, event: str, _arg: object) -> None:
        path = frame.f_code.co_filename.removeprefix(PACKAGE)
        if event != "return" or path == frame.f_code.co_filename or path.startswith(ELSEWHERE):
            return
        self.frames += 1
        hidden = frame.f_back and frame.f_back.f_code.co_name == "sensitive_variables_wrapper"
        if not hidden and path not in BELOW_QUIETLY and (path, frame.f_code.co_name) not in MADE_OF_THEM:
            self.seen |= {(path, frame.f_code.co_name, name) for name in leaks(frame)}


@pytest.fixture
def row(wechat_simulator: SimulatorServer) -> WeChatProvider:
    provider: WeChatProvider = FollowProviderFactory(name="web")
    return provider


@pytest.fixture
def witness(row: WeChatProvider) -> Iterator[Witness]:
    watching = Witness()
    sys.setprofile(watching)
    yield watching
    sys.setprofile(None)


def everything(row: WeChatProvider, simulator: SimulatorServer, admin: Client) -> Iterator[Callable[[], Any]]:
    """Every journey, and what an admin does, with keys old and new."""
    visitor = Visitor(simulator)
    change = f"/admin/django_wechat/wechatprovider/{row.pk}/"
    yield visitor.sign_in
    yield lambda: visitor.client.post("/accounts/wechat/qr/")
    yield in_wechat(simulator).sign_in
    yield lambda: push_to(visitor.client, row)
    yield lambda: admin.get(f"{change}change/")
    yield lambda: admin.post(f"{change}check/")


def test_no_frame_of_ours_shows_one(
    row: WeChatProvider, wechat_simulator: SimulatorServer, admin_client: Client, witness: Witness
) -> None:
    for act in everything(row, wechat_simulator, admin_client):
        act()
    assert witness.frames > 1000
    assert witness.seen == set()


@pytest.mark.parametrize(("broken", "name"), [(HTTPConnectionPool, "_make_request"), (PKCS7, "unpadder")])
def test_no_frame_of_a_traceback_shows_one(
    broken: type,
    name: str,
    row: WeChatProvider,
    wechat_simulator: SimulatorServer,
    admin_client: Client,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A mistake in the libraries that are handed the secrets: their own frames are in the traceback, too."""
    found: list[str] = []
    reported: list[str] = []

    def report(**_kwargs: object) -> None:
        error = sys.exception()
        while error is not None:
            traceback, frames = error.__traceback__, []
            while traceback is not None:
                frames.append(traceback.tb_frame)
                traceback = traceback.tb_next
            reported.append(str(error))
            for caller, frame in zip([None, *frames], frames, strict=False):
                if caller is None or caller.f_code.co_name != "sensitive_variables_wrapper":
                    found.extend(f"{frame.f_code.co_filename}:{frame.f_code.co_name}:{one}" for one in leaks(frame))
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)

    def fails(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError("a mistake")

    acts = list(everything(row, wechat_simulator, admin_client))
    monkeypatch.setattr(Client, "raise_request_exception", False, raising=False)
    monkeypatch.setattr(broken, name, fails)
    got_request_exception.connect(report)
    for act in acts:
        try:
            act()
        except RuntimeError:
            report()
    got_request_exception.disconnect(report)
    assert "a mistake" in reported
    assert found == []
