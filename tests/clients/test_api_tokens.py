"""Does the official account's API token cost one call, however many processes and threads need it?"""

import multiprocessing
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache

from django_wechat.clients import api_tokens
from django_wechat.clients.official_account import OfficialAccountClient, official_account_client
from django_wechat.exceptions import (
    ApiTokenRejected,
    IPNotAllowed,
    NotAuthorized,
    SecretInvalid,
    WeChatError,
    WeChatTimeout,
)
from django_wechat.protocol.push import OfficialAccount
from django_wechat.simulator import seeds
from django_wechat.simulator.server import SimulatorServer

ACCOUNT = OfficialAccount(seeds.OFFICIAL_ACCOUNT_APPID, seeds.OFFICIAL_ACCOUNT_SECRET, "token")
TOKEN_CALLS = "/api/cgi-bin/stable_token"
FOLLOWER_CALLS = "/api/cgi-bin/user/info"


@pytest.fixture
def client(wechat_simulator: SimulatorServer) -> OfficialAccountClient:
    wechat_simulator.platform.switch(any_browser_is_wechat=False)
    return official_account_client(ACCOUNT)


def get(client: OfficialAccountClient) -> str:
    return api_tokens.get(client.transport, ACCOUNT)


def test_one_call_serves_many(wechat_simulator: SimulatorServer, client: OfficialAccountClient) -> None:
    assert len({get(client) for _ in range(20)}) == 1
    assert wechat_simulator.platform.count(TOKEN_CALLS) == 1


def test_the_cache_never_holds_it_in_clear(client: OfficialAccountClient) -> None:
    token = get(client)
    held = cache.get(f"django_wechat:api_token:{ACCOUNT.appid}")
    assert held
    assert token not in held


def test_it_is_renewed_before_its_end(
    wechat_simulator: SimulatorServer, client: OfficialAccountClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api_tokens, "SAFETY_MARGIN", 7197)
    get(client)
    get(client)
    assert wechat_simulator.platform.count(TOKEN_CALLS) == 1
    time.sleep(3.2)
    get(client)
    assert wechat_simulator.platform.count(TOKEN_CALLS) == 2


def test_an_aged_token_is_used_and_not_kept(
    wechat_simulator: SimulatorServer, client: OfficialAccountClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api_tokens, "SAFETY_MARGIN", 7200)
    assert get(client)
    assert get(client)
    assert wechat_simulator.platform.count(TOKEN_CALLS) == 2


def test_a_key_that_changed_costs_one_call(
    wechat_simulator: SimulatorServer, client: OfficialAccountClient, settings: Any
) -> None:
    get(client)
    settings.SECRET_KEY = "another"
    assert get(client)
    assert wechat_simulator.platform.count(TOKEN_CALLS) == 2


def test_ten_threads_at_once_cost_one_call(wechat_simulator: SimulatorServer, client: OfficialAccountClient) -> None:
    wechat_simulator.platform.set_fault("slow", "cgi-bin/stable_token", seconds=0.2)
    tokens: list[str] = []
    threads = [threading.Thread(target=lambda: tokens.append(get(client))) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(tokens) == 10
    assert len(set(tokens)) == 1
    assert wechat_simulator.platform.count(TOKEN_CALLS) == 1


def fetch(barrier: Any, results: Any) -> None:
    """One web process of its own, which shares the cache with the other and nothing else."""
    barrier.wait(30)
    results.put(get(official_account_client(ACCOUNT)))


@pytest.mark.filterwarnings("ignore:.*use of fork.*:DeprecationWarning")
def test_two_processes_starting_at_once_cost_at_most_two(
    wechat_simulator: SimulatorServer, settings: Any, tmp_path: Path
) -> None:
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": str(tmp_path)}
    }
    context = multiprocessing.get_context("fork")
    barrier, results = context.Barrier(2), context.Queue()
    processes = [context.Process(target=fetch, args=(barrier, results)) for _ in range(2)]
    for process in processes:
        process.start()
    tokens = {results.get(timeout=30) for _ in processes}
    for process in processes:
        process.join()
    assert len(tokens) == 1
    assert 1 <= wechat_simulator.platform.count(TOKEN_CALLS) <= 2


def test_a_lock_that_was_left_behind_holds_nobody_for_ever(
    wechat_simulator: SimulatorServer, client: OfficialAccountClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process that held it was killed, for instance."""
    monkeypatch.setattr(api_tokens, "LOCK_SECONDS", 0.3)
    cache.set(f"django_wechat:api_token:{ACCOUNT.appid}:lock", 1, 60)
    started = time.monotonic()
    assert get(client)
    assert time.monotonic() - started < 3


def test_a_waiter_takes_what_the_other_process_fetched(
    wechat_simulator: SimulatorServer, client: OfficialAccountClient
) -> None:
    key = f"django_wechat:api_token:{ACCOUNT.appid}"
    cache.set(f"{key}:lock", 1, 60)
    other = threading.Timer(0.2, lambda: cache.set(key, api_tokens.encrypt("theirs"), 60))
    other.start()
    assert get(client) == "theirs"
    other.join()
    assert wechat_simulator.platform.count(TOKEN_CALLS) == 0


def test_a_failure_is_told_to_all_who_wait_and_asked_once(
    wechat_simulator: SimulatorServer, client: OfficialAccountClient
) -> None:
    wechat_simulator.platform.set_fault("slow", "cgi-bin/stable_token", seconds=0.2)
    wechat_simulator.platform.set_fault("40164", "cgi-bin/stable_token")
    failures: list[WeChatError] = []

    def ask() -> None:
        try:
            get(client)
        except WeChatError as error:
            failures.append(error)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    started = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [type(failure) for failure in failures] == [IPNotAllowed] * 8
    assert {failure.errcode for failure in failures} == {40164}
    assert wechat_simulator.platform.count(TOKEN_CALLS) == 1
    assert time.monotonic() - started < 2


def test_nobody_waits_for_ever_for_another_request(
    client: OfficialAccountClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api_tokens, "LOCK_SECONDS", 0.1)
    with api_tokens._locks[ACCOUNT.appid], pytest.raises(WeChatTimeout):
        get(client)


@pytest.mark.parametrize("errcode", ["40001", "40014", "42001"])
def test_exactly_one_retry_with_a_fresh_token(
    wechat_simulator: SimulatorServer, client: OfficialAccountClient, errcode: str
) -> None:
    platform = wechat_simulator.platform
    openid = platform.find_person("zhangsan").openid(ACCOUNT.appid)
    get(client)
    platform.set_fault(errcode, "cgi-bin/user/info", once=True)
    assert client.fetch_follower(openid).openid == openid
    assert (platform.count(TOKEN_CALLS), platform.count(FOLLOWER_CALLS)) == (2, 2)
    platform.set_fault(errcode, "cgi-bin/user/info")
    with pytest.raises(ApiTokenRejected):
        client.fetch_follower(openid)
    assert (platform.count(TOKEN_CALLS), platform.count(FOLLOWER_CALLS)) == (3, 4)


@pytest.mark.parametrize(
    ("errcode", "endpoint", "kind"),
    [
        ("40164", "cgi-bin/stable_token", IPNotAllowed),
        ("48001", "cgi-bin/user/info", NotAuthorized),
        ("40125", "cgi-bin/stable_token", SecretInvalid),
        ("40001", "cgi-bin/stable_token", SecretInvalid),
    ],
)
def test_no_loop_where_only_the_admin_can_help(
    wechat_simulator: SimulatorServer,
    client: OfficialAccountClient,
    errcode: str,
    endpoint: str,
    kind: type[WeChatError],
) -> None:
    wechat_simulator.platform.set_fault(errcode, endpoint)
    with pytest.raises(kind):
        client.fetch_follower("openid")
    assert wechat_simulator.platform.count(f"/api/{endpoint}") == 1
