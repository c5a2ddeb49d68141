"""Does `manage.py wechat_doctor` tell people and machines what is wrong, and no secret?"""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from django_wechat.simulator import seeds
from django_wechat.simulator.server import SimulatorServer
from tests.factories import BothProviderFactory, WebProviderFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _public_name(settings: Any) -> None:
    settings.ALLOWED_HOSTS = [seeds.CALLBACK_DOMAIN]


def doctor(*arguments: str) -> tuple[str, int]:
    """Return what the command prints and its exit status."""
    out = StringIO()
    try:
        call_command("wechat_doctor", *arguments, stdout=out)
    except CommandError as error:
        return f"{out.getvalue()}{error}", error.returncode
    return out.getvalue(), 0


def test_all_that_are_enabled_are_checked(wechat_simulator: SimulatorServer) -> None:
    WebProviderFactory(name="one")
    WebProviderFactory(name="two", enabled=False)
    printed, status = doctor()
    assert ("one:" in printed, "two:" in printed, status) == (True, False, 0)
    assert "✔ Client ID and Client Secret belong together\n" in printed


def test_those_that_are_named_are_checked(wechat_simulator: SimulatorServer) -> None:
    WebProviderFactory(name="one")
    WebProviderFactory(name="two", enabled=False)
    printed, _status = doctor("two")
    assert ("one:" in printed, "two:" in printed) == (False, True)


def test_a_mistake_is_said_with_what_to_do(wechat_simulator: SimulatorServer) -> None:
    WebProviderFactory(client_secret="0" * 32)
    printed, status = doctor()
    assert status == 1
    line = next(line for line in printed.splitlines() if "Client Secret is wrong" in line)
    assert line.startswith("  ✖ ")
    assert line.index(" — ") < line.index(" → ")


@pytest.mark.parametrize(("fail_on", "status"), [("error", 0), ("warning", 1)])
def test_what_counts_as_failed(wechat_simulator: SimulatorServer, fail_on: str, status: int) -> None:
    WebProviderFactory()
    assert doctor("--fail-on", fail_on)[1] == status


def test_json(wechat_simulator: SimulatorServer) -> None:
    WebProviderFactory(name="one")
    out, _status = doctor("--json")
    answer = json.loads(out)
    assert answer["ok"] is True
    assert [provider["name"] for provider in answer["providers"]] == ["one"]
    assert {"code", "verdict", "title", "reason", "todo"} == set(answer["providers"][0]["findings"][0])


def test_json_of_a_mistake(wechat_simulator: SimulatorServer) -> None:
    WebProviderFactory(client_secret="0" * 32)
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("wechat_doctor", "--json", stdout=out)
    answer = json.loads(out.getvalue())
    assert answer["ok"] is False
    assert answer["providers"][0]["findings"][0]["code"] == "secret_1_wrong"


def test_a_name_that_does_not_exist() -> None:
    printed, status = doctor("nobody")
    assert (status, "nobody" in printed) == (2, True)


def test_a_site_without_providers() -> None:
    printed, status = doctor()
    assert (status, "No WeChat provider is enabled" in printed) == (0, True)


@pytest.mark.parametrize("language", ["en", "zh-hans", "zh-hant"])
@pytest.mark.parametrize("form", [(), ("--json",)])
def test_no_secret_is_printed_or_logged(
    wechat_simulator: SimulatorServer, caplog: Any, language: str, form: tuple[str, ...]
) -> None:
    BothProviderFactory(
        enable_qr_code=True,
        access_token=seeds.OFFICIAL_ACCOUNT_TOKEN,
        encoding_aes_key=seeds.OFFICIAL_ACCOUNT_AES_KEY,
    )
    with caplog.at_level("DEBUG"), translation.override(language):
        printed, _status = doctor(*form)
    token, _seconds = wechat_simulator.platform.stable_api_token(
        wechat_simulator.platform.find_app(seeds.OFFICIAL_ACCOUNT_APPID)
    )
    said = printed + caplog.text
    for secret in (
        seeds.WEBSITE_APP_SECRET,
        seeds.OFFICIAL_ACCOUNT_SECRET,
        seeds.OFFICIAL_ACCOUNT_TOKEN,
        seeds.OFFICIAL_ACCOUNT_AES_KEY,
        token,
    ):
        assert secret not in said
