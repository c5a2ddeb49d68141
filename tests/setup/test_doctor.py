"""Does `manage.py wechat_doctor` tell people and machines what is wrong, and no secret?"""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from django_wechat.setup import check as setup_check
from django_wechat.setup.check import site
from django_wechat.simulator import seeds
from django_wechat.simulator.server import SimulatorServer
from tests.factories import BothProviderFactory, WebProviderFactory, person_with_wechat_alone

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
def test_what_counts_as_failed(wechat_simulator: SimulatorServer, settings: Any, fail_on: str, status: int) -> None:
    settings.DEBUG = False
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


def test_people_who_cannot_sign_in_any_more(wechat_simulator: SimulatorServer) -> None:
    person_with_wechat_alone()
    printed, status = doctor()
    assert (status, "✖ People who cannot sign in any more: 1" in printed) == (1, True)
    assert json.loads(doctor("--json")[0].rpartition("}")[0] + "}")["ok"] is False
    WebProviderFactory(name="off", enabled=False)
    printed, status = doctor()
    assert (status, "off:" in printed) == (1, True)
    assert "✖ People who cannot sign in any more: 1" in printed
    WebProviderFactory(name="on")
    assert "off:" not in doctor()[0]


def codes(*arguments: str) -> dict[str, str]:
    printed = doctor("--json", *arguments)[0]
    (provider,) = json.loads(printed[: printed.rindex("}") + 1])["providers"]
    return {finding["code"]: finding["verdict"] for finding in provider["findings"]}


ABOUT_THE_ADDRESS = ("callback_", "domain_", "host_")


def of_the_address(found: dict[str, str]) -> dict[str, str]:
    return {code: verdict for code, verdict in found.items() if code.startswith(ABOUT_THE_ADDRESS)}


@pytest.mark.parametrize(
    "allowed",
    [
        ["localhost", "127.0.0.1", seeds.CALLBACK_DOMAIN],
        ["example.com", f"{seeds.CALLBACK_DOMAIN}"],
        ["*", f".{seeds.CALLBACK_DOMAIN}"],
    ],
)
def test_of_several_names_the_right_one_is_judged(
    wechat_simulator: SimulatorServer, settings: Any, allowed: list[str]
) -> None:
    settings.ALLOWED_HOSTS = allowed
    WebProviderFactory()
    found = codes()
    assert "error" not in found.values()
    assert "domain_ok" in found


def test_a_local_name_has_a_port_that_is_not_known(wechat_simulator: SimulatorServer, settings: Any) -> None:
    settings.ALLOWED_HOSTS, settings.WECHAT = ["localhost", "127.0.0.1"], {**settings.WECHAT}
    WebProviderFactory()
    assert of_the_address(codes()) == {"callback_not_known": "unknown"}


@pytest.mark.parametrize(
    "seen", [f"https://{seeds.CALLBACK_DOMAIN}/", "http://localhost:8000/", "https://example.com./"]
)
def test_check_and_doctor_judge_alike(wechat_simulator: SimulatorServer, settings: Any, seen: str) -> None:
    settings.ALLOWED_HOSTS = ["localhost", "other.example.com", "example.com", seeds.CALLBACK_DOMAIN]
    provider = WebProviderFactory()
    checked = {finding.code: str(finding.verdict) for finding in setup_check.check(provider, seen=seen)}
    assert of_the_address(codes()) == of_the_address(checked)
    assert of_the_address(codes()) == of_the_address(checked), "and once more, from what it kept itself"
    assert of_the_address(codes("--url", seen)) == of_the_address(checked)
    settings.ALLOWED_HOSTS = [seeds.CALLBACK_DOMAIN]
    assert "domain_ok" in codes(), "an address at which the site answers no more is forgotten"


@pytest.mark.parametrize("url", ["www.example.com", "https://", "http://[::1"])
def test_an_address_that_is_none(url: str) -> None:
    assert doctor("--url", url)[1] == 2


@pytest.mark.parametrize(
    ("domain", "host"),
    [(seeds.CALLBACK_DOMAIN, seeds.CALLBACK_DOMAIN), ("example.com", "a.example"), ("b.example", "a.example")],
)
def test_the_sites_framework_knows_the_name(
    settings: Any, monkeypatch: pytest.MonkeyPatch, domain: str, host: str
) -> None:
    settings.ALLOWED_HOSTS = ["a.example", "example.com", seeds.CALLBACK_DOMAIN]
    monkeypatch.setattr("django_wechat.setup.check.site.apps.is_installed", lambda _app: True)
    monkeypatch.setattr("django_wechat.setup.check.site.get_current_site", lambda _request: Named(domain))
    assert site.addresses(WebProviderFactory.build()).urls[0] == f"http://{host}"


class Named:
    """A site of `django.contrib.sites`."""

    def __init__(self, domain: str) -> None:
        self.domain = domain


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
