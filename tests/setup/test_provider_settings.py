"""Providers in the settings: do they serve, stay out of the database's secrets, and obey the form's rules?"""

import io
from contextlib import suppress
from typing import Any

import pytest
from django.core import serializers
from django.core.checks import run_checks
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings

from django_wechat.models import WeChatProvider
from django_wechat.setup import provider_settings
from django_wechat.simulator import seeds
from django_wechat.simulator.server import SimulatorServer
from tests import user_agents
from tests.factories import WebProviderFactory
from tests.visitor import Visitor

LOGIN = "/accounts/login/"
ENTRY: dict[str, Any] = {
    "name": "web",
    "client_id": seeds.WEBSITE_APP_APPID,
    "client_secret": seeds.WEBSITE_APP_SECRET,
}
PROGRAM = {
    "sub_type": "mini_program",
    "client_id": seeds.MINI_PROGRAM_APPID,
    "client_secret": seeds.MINI_PROGRAM_SECRET,
    "enable_qr_code": True,
}


ODDITIES = [
    ("", "\n"),
    ("", "\r\n"),
    (" \t", " "),
    ("\u3000", "\u3000"),
    ("\ufeff", ""),
    ("", "\u200b"),
    ("\xa0", "\u2060\n"),
    ('"', '"'),
    ("\u201c", "\u201d\n"),
    ("'", "'\u200e"),
]


def providers(*entries: Any) -> override_settings:
    return override_settings(WECHAT={"PROVIDERS": list(entries)})


def looked_at() -> None:
    Client().get(LOGIN, headers={"user-agent": user_agents.WINDOWS_CHROME})


def found(*entries: Any) -> list[tuple[str, str]]:
    with override_settings(WECHAT={"PROVIDERS": entries[0] if entries and entries[0] is None else list(entries)}):
        messages = run_checks(tags=["django_wechat"])
    return [(str(message.id).partition(".")[2], str(message.msg)) for message in messages]


@pytest.mark.django_db
def test_a_visitor_signs_in_by_a_provider_of_the_settings(
    wechat_simulator: SimulatorServer, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.WECHAT = {**settings.WECHAT, "PROVIDERS": [ENTRY]}
    visitor = Visitor(wechat_simulator)
    url = visitor.start()
    visitor.come_back(url, visitor.allow(url))
    assert visitor.user is not None
    row = WeChatProvider.objects.get()
    assert (row.in_settings, row.order, row.enabled) == (True, 0, True)


@pytest.mark.django_db
def test_no_secret_gets_into_the_database() -> None:
    with providers(ENTRY):
        looked_at()
        provider_settings.forget()
        looked_at()
        row = WeChatProvider.objects.get()
        assert row.client_secret == seeds.WEBSITE_APP_SECRET
        with connection.cursor() as cursor:
            cursor.execute("SELECT client_secret FROM django_wechat_wechatprovider")
            assert list(cursor.fetchall()) == [("",)]
    assert WeChatProvider.objects.get().client_secret == ""


@pytest.mark.django_db
def test_a_dump_holds_no_secret_of_the_settings() -> None:
    with providers(ENTRY):
        looked_at()
        assert seeds.WEBSITE_APP_SECRET not in serializers.serialize("json", WeChatProvider.objects.all())


@pytest.mark.django_db
def test_changes_are_taken_over_and_what_is_gone_is_switched_off() -> None:
    with providers(ENTRY, {**ENTRY, "name": "second", "hosts": ["a.example", "b.example"]}):
        looked_at()
        first, second = WeChatProvider.objects.all()
        assert (second.name, second.order, second.hosts) == ("second", 1, "a.example\nb.example")
    with providers({**ENTRY, "display_name": "Scan me"}):
        looked_at()
    assert list(WeChatProvider.objects.values_list("pk", "display_name", "enabled")) == [
        (first.pk, "Scan me", True),
        (second.pk, "WeChat", False),
    ]
    with providers():
        looked_at()
    assert not WeChatProvider.objects.filter(enabled=True).exists()


@pytest.mark.django_db
def test_the_admins_row_of_the_same_name_counts(caplog: pytest.LogCaptureFixture) -> None:
    WebProviderFactory(name="web", display_name="Mine")
    with providers({**ENTRY, "display_name": "Other"}):
        looked_at()
    row = WeChatProvider.objects.get()
    assert (row.display_name, row.in_settings, row.client_secret) == ("Mine", False, seeds.WEBSITE_APP_SECRET)
    assert "so has the admin" in caplog.text


@pytest.mark.django_db
def test_it_is_written_once_for_each_process() -> None:
    with providers(ENTRY):
        provider_settings.sync_once()
        with CaptureQueriesContext(connection) as step:
            provider_settings.sync_once()
    assert not step.captured_queries


@pytest.mark.django_db
def test_a_database_that_is_not_there_is_tried_again(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_entries: object) -> None:
        raise DatabaseError("no such table")

    with providers(ENTRY):
        with monkeypatch.context() as patch:
            patch.setattr(provider_settings, "_sync", broken)
            provider_settings.sync_once()
        assert "could not be written now" in caplog.text
        provider_settings.sync_once()
    assert WeChatProvider.objects.count() == 1


@pytest.mark.django_db
def test_a_mini_programs_code_is_set_up_there() -> None:
    entry = {**ENTRY, **PROGRAM, "mini_program_page": "pages/in/index", "mini_program_version": "trial"}
    entry |= {"strict_entry": "off"}
    assert found(entry) == []
    with providers(entry):
        provider_settings.sync_once()
        row = WeChatProvider.objects.get()
        assert row.mini_program_qr_complete
        assert (row.mini_program_page, row.mini_program_version) == ("pages/in/index", "trial")
        assert row.strict_entry is False
    assert found({**ENTRY, **PROGRAM}) == []


def test_a_right_entry_passes_without_the_database() -> None:
    full = {"access_token": "tokentoken", "encoding_aes_key": "a" * 43, "enable_qr_code": True}
    full |= {
        "client_id_2": seeds.OFFICIAL_ACCOUNT_APPID,
        "client_secret_2": seeds.OFFICIAL_ACCOUNT_SECRET,
        "follow_up_action": "media",
    }
    assert found(ENTRY, {**ENTRY, **full, "name": "b", "hosts": ["www.example.com"], "confirm_on_phone": True}) == []


@pytest.mark.parametrize(
    ("entry", "code", "words"),
    [
        ({"client_id": "wx123"}, "E013", "16 digits or letters"),
        ({"client_secret": ""}, "E013", "This secret is missing"),
        ({"name": "a b"}, "E013", "name:"),
        ({"enable_qr_code": True}, "E013", "Enable QR code needs"),
        ({"sub_type": "tablet"}, "E013", "sub_type:"),
        ({**PROGRAM, "mini_program_page": "/pages/index"}, "E013", "Without the slash"),
        ({**PROGRAM, "mini_program_page": ""}, "E013", "The code needs a page"),
        ({**PROGRAM, "mini_program_version": "beta"}, "E013", "mini_program_version:"),
        ({**PROGRAM, "strict_entry": "perhaps"}, "E013", "Neither yes nor no"),
        ({"hosts": ["https://example.com"]}, "E013", "bare host name"),
        ({"encoding_aes_key": "short"}, "E013", "exactly 43"),
        ({"clientid": "x"}, "E012", "'clientid' is no field"),
        ({"in_settings": False}, "E012", "'in_settings' is no field"),
    ],
)
def test_what_the_form_would_refuse_is_refused(entry: dict[str, Any], code: str, words: str) -> None:
    messages = found({**ENTRY, **entry})
    assert any(one == code and words in text for one, text in messages), messages
    assert seeds.WEBSITE_APP_SECRET not in str(messages)


def test_what_is_no_list_of_named_dicts_is_refused() -> None:
    assert [code for code, _words in found(None)] == ["E010"]
    assert [code for code, _words in found("web")] == ["E010"]
    assert [code for code, _words in found({"client_id": "x"})] == ["E010"]
    assert [code for code, _words in found(ENTRY, ENTRY)] == ["E011"]


@pytest.mark.django_db
def test_the_doctor_and_the_admin_see_them_before_any_visitor(admin_client: Client) -> None:
    with providers({**ENTRY, "name": "shop"}):
        assert "shop" in admin_client.get("/admin/django_wechat/wechatprovider/").content.decode()
    WeChatProvider.objects.all().delete()
    out = io.StringIO()
    with providers({**ENTRY, "name": "shop"}), suppress(CommandError):
        call_command("wechat_doctor", stdout=out)
    assert "shop:" in out.getvalue()


@pytest.mark.django_db
def test_they_bring_their_verification_files_along(client: Client) -> None:
    name = "MP_verify_0123456789abcdef.txt"
    with providers({**ENTRY, "verification_files": {name: "0123456789abcdef"}}):
        assert client.get(f"/{name}").content == b"0123456789abcdef"
        assert client.get("/MP_verify_fedcba9876543210.txt").status_code == 404
    assert client.get(f"/{name}").status_code == 404


@pytest.mark.parametrize("files", [["x"], {"robots.txt": "x"}, {"MP_verify_0123456789abcdef.txt": "<b>\n<i>"}])
def test_files_that_wechat_never_gives_out_are_refused(files: Any) -> None:
    assert [code for code, _words in found({**ENTRY, "verification_files": files})] == ["E014"]


def test_right_files_pass() -> None:
    assert found({**ENTRY, "verification_files": {"MP_verify_0123456789abcdef.txt": "0123456789abcdef"}}) == []


# --- what comes along with a pasted value ---


@pytest.mark.django_db
@pytest.mark.parametrize(("before", "after"), ODDITIES)
def test_what_came_along_is_left_out_where_it_is_used(
    wechat_simulator: SimulatorServer, settings: Any, before: str, after: str
) -> None:
    entry = {key: f"{before}{value}{after}" for key, value in ENTRY.items()}
    assert not [code for code, _words in found(entry) if code.startswith("E")]
    settings.WECHAT = {**settings.WECHAT, "PROVIDERS": [{**entry, "hosts": f"{before}testserver{after}"}]}
    visitor = Visitor(wechat_simulator)
    url = visitor.start()
    visitor.come_back(url, visitor.allow(url))
    assert visitor.user is not None
    row = WeChatProvider.objects.get()
    assert (row.name, row.client_id, row.client_secret) == tuple(ENTRY.values())


def test_what_nobody_sees_is_told_without_the_value() -> None:
    messages = found({**ENTRY, "client_secret": f"{seeds.WEBSITE_APP_SECRET}\u200b"})
    assert [code for code, _words in messages] == ["I001"]
    assert "client_secret: There is an invisible character at the end. It is left out." in messages[0][1]
    assert seeds.WEBSITE_APP_SECRET not in messages[0][1]
    assert found({**ENTRY, "client_secret": f"{seeds.WEBSITE_APP_SECRET}\r\n"}) == []


def test_an_odd_secret_is_doubted_and_a_wrong_one_refused() -> None:
    assert [code for code, _words in found({**ENTRY, "client_secret": "what-is-this"})] == ["W030"]
    ((code, words),) = found({**ENTRY, "client_secret": seeds.WEBSITE_APP_SECRET[:-1]})
    assert (code, "31" in words) == ("E013", True)
    ((code, words),) = found({**ENTRY, "client_secret": ENTRY["client_id"]})
    assert (code, "This is the AppID" in words) == ("E013", True)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("word", "means"), [("true", True), ("1\n", True), ("off", False), ("0", False), (False, False)]
)
def test_a_switch_may_be_a_word(word: Any, means: bool) -> None:
    entry = {**ENTRY, "enabled": word}
    assert not [code for code, _words in found(entry) if code != "E013" or means]
    with providers(entry):
        looked_at()
        assert WeChatProvider.objects.get().enabled is means


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", [{"enabled": "perhaps"}, {"order": "first"}])
def test_a_value_of_the_wrong_kind_breaks_no_page(wrong: dict[str, Any], caplog: pytest.LogCaptureFixture) -> None:
    assert "E013" in [code for code, _words in found({**ENTRY, **wrong})]
    with providers({**ENTRY, **wrong}, {**ENTRY, "name": "right"}):
        looked_at()
    assert [row.name for row in WeChatProvider.objects.all()] == ["right"]
    assert "manage.py check" in caplog.text


@pytest.mark.django_db
def test_a_variable_that_is_not_set_is_no_value() -> None:
    with providers({**ENTRY, "client_id_2": None, "client_secret_2": None, "access_token": None}):
        looked_at()
        row = WeChatProvider.objects.get()
        assert (row.client_id_2, row.client_secret_2, row.official_account) == ("", "", None)
    assert "E013" in [code for code, _words in found({**ENTRY, "client_secret": None})]


# --- mini programs ---

MINI = {
    "name": "mini",
    "sub_type": "mini_program",
    "client_id": seeds.MINI_PROGRAM_APPID,
    "client_secret": seeds.MINI_PROGRAM_SECRET,
}


def test_a_mini_program_is_checked_before_there_is_a_database() -> None:
    """`migrate` checks first. Without the mark of a database every question to it is an error here."""
    assert found(ENTRY, MINI) == []


@pytest.mark.django_db
def test_a_mini_programs_own_row_is_no_other_one() -> None:
    with providers(ENTRY, MINI):
        looked_at()
    assert WeChatProvider.objects.filter(name="mini", in_settings=True).exists()
    assert found(ENTRY, MINI) == []


def test_two_programs_of_one_appid_are_refused() -> None:
    problems = found(MINI, MINI | {"name": "other"})
    assert [number for number, _words in problems] == ["E013", "E013"]
    assert "“other” has this AppID already" in problems[0][1]
