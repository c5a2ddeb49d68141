"""Does the pretend WeChat say who leaves, as WeChat does? (reference section 5.8)"""

from collections.abc import Callable, Iterator
from xml.etree.ElementTree import fromstring

import pytest

from django_wechat.simulator import seeds
from django_wechat.simulator.commands.table import run
from django_wechat.simulator.platform import Platform
from django_wechat.simulator.push import crypto
from django_wechat.simulator.push.sending import Push
from django_wechat.simulator.push.verdicts import Verdict
from tests.simulator.push_site import PushSite, push_site

AES_KEY = seeds.OFFICIAL_ACCOUNT_AES_KEY
APPIDS = [seeds.WEBSITE_APP_APPID, seeds.OFFICIAL_ACCOUNT_APPID]


@pytest.fixture
def site(platform: Platform) -> Iterator[PushSite]:
    """Both apps push to one address, with one Token and key."""
    keys = {"server_token": seeds.OFFICIAL_ACCOUNT_TOKEN, "aes_key": AES_KEY}
    with push_site() as site:
        for appid in APPIDS:
            vars(platform.find_app(appid)).update(keys, push_url=site.url)
        yield site


@pytest.mark.parametrize("appid", APPIDS)
@pytest.mark.parametrize(
    ("act", "event"),
    [
        (Platform.revoke_authorization, "user_authorization_revoke"),
        (Platform.cancel_wechat, "user_authorization_cancellation"),
    ],
)
def test_the_event_names_person_and_app(
    act: Callable[[Platform, str, str], Push], event: str, appid: str, platform: Platform, site: PushSite
) -> None:
    assert act(platform, appid, "jose").verdict is Verdict.OK
    sealed = fromstring(site.last.body).findtext("Encrypt") or ""
    message, receiver = crypto.decrypt(AES_KEY, sealed)
    body = fromstring(message)
    openid = platform.find_person("jose").openid(appid)
    named = [body.findtext(name) for name in ("Event", "OpenID", "AppID")]
    assert (receiver, named) == (appid, [event, openid, appid])
    assert (body.findtext("RevokeInfo") is not None) is (event == "user_authorization_revoke")


@pytest.mark.parametrize("command", ["revoke_authorization", "cancel_wechat"])
def test_it_can_be_done_by_name(command: str, platform: Platform, site: PushSite) -> None:
    assert run(platform, command, {"appid": APPIDS[0], "person": "jose"})["verdict"] == Verdict.OK


def test_who_has_left_is_told_nothing(platform: Platform, site: PushSite) -> None:
    site.status = 500
    assert platform.cancel_wechat(APPIDS[1], "jose").verdict is Verdict.OUT_OF_SERVICE
    assert platform.chat(APPIDS[1], "jose") == []
