"""Does exactly one of many phones win that opened one code in a mini program, whatever they do at the same moment?"""

from collections import Counter

import pytest

from django_wechat.models import ProgramCode, QRSession, Status, WeChatProvider
from django_wechat.protocol.program_codes import Picture
from django_wechat.stores import program_scans, qr_sessions
from tests.factories import MiniProgramFactory
from tests.stores.test_qr_race import THREADS, at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def opened() -> QRSession:
    row: WeChatProvider = MiniProgramFactory(enable_qr_code=True)
    scene = qr_sessions.new_scene(program_scans.SCENE_LENGTH)
    return qr_sessions.open_session(
        row, "browser", scene=scene, appid=row.client_id, seconds=300, request={"process": "login"}
    )


def fresh(opened: QRSession) -> QRSession:
    """Each request reads the row itself."""
    return QRSession.objects.get(pk=opened.pk)


def test_ten_phones_ask_at_once(opened: QRSession) -> None:
    def ask(_index: int) -> tuple[bool, str]:
        mine = fresh(opened)
        return program_scans.ask(mine), mine.digits

    told = Counter(at_once(THREADS, ask))
    assert told == {(True, fresh(opened).digits): THREADS}, "all are told the one number"


def test_ten_people_confirm_at_once(opened: QRSession) -> None:
    program_scans.ask(opened)
    won = at_once(
        THREADS, lambda index: program_scans.confirm(fresh(opened), f"o{index}", f"u{index}", new_digits=False)
    )
    assert won.count(True) == 1
    now = fresh(opened)
    assert (now.openid, now.unionid) == (f"o{won.index(True)}", f"u{won.index(True)}")


def test_yes_and_no_at_once_never_both(opened: QRSession) -> None:
    program_scans.ask(opened)
    at_once(
        2,
        lambda index: (
            program_scans.confirm(fresh(opened), "o1", "u1", new_digits=False)
            if index
            else program_scans.refuse(fresh(opened))
        ),
    )
    now = fresh(opened)
    assert (now.status, now.openid) == (Status.REFUSED, "")
    assert not qr_sessions.redeem(now)


def test_a_yes_and_the_end_of_its_time(opened: QRSession) -> None:
    program_scans.ask(opened)
    at_once(
        2,
        lambda index: (
            program_scans.confirm(fresh(opened), "o1", "u1", new_digits=False)
            if index
            else qr_sessions.replace(opened.public_id, "browser")
        ),
    )
    now = fresh(opened)
    assert now.status in (Status.SCANNED, Status.CONFIRMED)
    assert qr_sessions.redeem(now) is (now.status == Status.CONFIRMED)


def test_ten_pictures_are_kept_while_old_ones_go(opened: QRSession) -> None:
    row = opened.provider

    def open_and_keep(index: int) -> None:
        scene = qr_sessions.new_scene(program_scans.SCENE_LENGTH)
        mine = qr_sessions.open_session(
            row, f"browser{index}", scene=scene, appid=row.client_id, seconds=300, request={"process": "login"}
        )
        program_scans.keep(mine, Picture(b"\xff\xd8\xff", "image/jpeg"))

    at_once(THREADS, open_and_keep)
    assert ProgramCode.objects.count() == THREADS
    ProgramCode.objects.update(expires_at=opened.created_at)
    at_once(THREADS, open_and_keep)
    assert ProgramCode.objects.filter(expires_at__gt=opened.created_at).count() == THREADS
