"""Does every arrow of a QR session's life happen once, for the right browser, in time?"""

from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from django_wechat.models import PushReceipt, QRSession, Status, WeChatProvider
from django_wechat.stores import push_receipts, qr_sessions
from tests.factories import BothProviderFactory

pytestmark = pytest.mark.django_db
KEY = "the browser's own key"


@pytest.fixture
def row() -> WeChatProvider:
    created: WeChatProvider = BothProviderFactory()
    return created


@pytest.fixture
def opened(row: WeChatProvider) -> QRSession:
    return open_one(row)


def open_one(row: WeChatProvider, key: str = KEY, seconds: int = 300) -> QRSession:
    scene = qr_sessions.new_scene()
    return qr_sessions.open_session(row, key, scene=scene, appid=row.client_id_2, seconds=seconds, request={})


def status(session: QRSession) -> str:
    return str(QRSession.objects.get(pk=session.pk).status)


def in_minutes(minutes: float) -> Any:
    return time_machine.travel(timezone.now() + timedelta(minutes=minutes), tick=False)


def test_the_usual_life(opened: QRSession) -> None:
    assert status(opened) == Status.WAITING
    assert qr_sessions.scan(opened, "o1", confirmed=False)
    assert status(opened) == Status.SCANNED
    assert qr_sessions.confirm(opened)
    assert status(opened) == Status.CONFIRMED
    assert qr_sessions.redeem(opened)
    assert status(opened) == Status.USED


def test_a_session_is_redeemed_once(opened: QRSession) -> None:
    qr_sessions.scan(opened, "o1", confirmed=True)
    assert [qr_sessions.redeem(opened) for _ in range(3)] == [True, False, False]


def test_without_a_question_the_scan_confirms(opened: QRSession) -> None:
    assert qr_sessions.scan(opened, "o1", confirmed=True)
    assert status(opened) == Status.CONFIRMED


ARROWS: list[tuple[str, Callable[[QRSession], bool], set[str]]] = [
    ("scan", lambda session: qr_sessions.scan(session, "other", confirmed=False), {"waiting"}),
    ("confirm", qr_sessions.confirm, {"scanned"}),
    ("refuse", qr_sessions.refuse, {"scanned", "confirmed"}),
    ("redeem", qr_sessions.redeem, {"confirmed"}),
    ("disown", qr_sessions.disown, {"used"}),
]


CHANGES: list[tuple[str, Callable[[QRSession], Any], Status]] = [
    ("scan", lambda one: qr_sessions.scan(one, "o1", confirmed=False), Status.WAITING),
    ("scan, no question", lambda one: qr_sessions.scan(one, "o1", confirmed=True), Status.WAITING),
    ("confirm", qr_sessions.confirm, Status.SCANNED),
    ("refuse", qr_sessions.refuse, Status.SCANNED),
    ("redeem", qr_sessions.redeem, Status.CONFIRMED),
    ("disown", qr_sessions.disown, Status.USED),
    ("replace", lambda one: qr_sessions.replace(one.public_id, KEY), Status.WAITING),
    ("surplus", lambda one: [open_one(one.provider) for _ in range(qr_sessions.MAX_OPEN)], Status.WAITING),
]


@pytest.mark.parametrize(("change", "start"), [case[1:] for case in CHANGES], ids=[case[0] for case in CHANGES])
def test_whoever_looks_for_changes_sees_each(
    opened: QRSession, change: Callable[[QRSession], Any], start: Status
) -> None:
    long_ago = timezone.now() - timedelta(minutes=1)
    QRSession.objects.update(status=start, changed_at=long_ago)
    change(opened)
    seen = {row["public_id"] for row in qr_sessions.changes(long_ago + timedelta(seconds=1), ())}
    assert opened.public_id in seen


@pytest.mark.parametrize(("name", "arrow", "allowed"), ARROWS)
@pytest.mark.parametrize("start", list(Status))
def test_no_other_arrow_exists(
    opened: QRSession, start: Status, name: str, arrow: Callable[[QRSession], bool], allowed: set[str]
) -> None:
    QRSession.objects.update(status=start, openid="o1")
    assert arrow(opened) is (start in allowed)
    assert (status(opened) == start) is (start not in allowed)


@pytest.mark.parametrize(("name", "arrow", "allowed"), [one for one in ARROWS if one[0] not in ("refuse", "disown")])
def test_nothing_happens_after_the_end_of_time(
    opened: QRSession, name: str, arrow: Callable[[QRSession], bool], allowed: set[str]
) -> None:
    QRSession.objects.update(status=next(iter(allowed)))
    with in_minutes(5.1):
        assert qr_sessions.is_expired(QRSession.objects.get())
        assert qr_sessions.seconds_left(opened) == 0
        assert not arrow(opened)


def test_it_was_not_me_counts_at_any_time_before_the_sign_in(opened: QRSession) -> None:
    qr_sessions.scan(opened, "o1", confirmed=False)
    qr_sessions.confirm(opened)
    assert qr_sessions.refuse(opened)
    assert not qr_sessions.redeem(opened)


def test_a_repeated_push_of_the_same_person_is_as_good_as_the_first(opened: QRSession) -> None:
    assert [qr_sessions.scan(opened, "o1", confirmed=False) for _ in range(3)] == [True] * 3
    qr_sessions.confirm(opened)
    assert qr_sessions.scan(opened, "o1", confirmed=False)
    assert status(opened) == Status.CONFIRMED
    qr_sessions.redeem(opened)
    assert qr_sessions.scan(opened, "o1", confirmed=False)
    assert not qr_sessions.scan(opened, "o2", confirmed=False)
    assert status(opened) == Status.USED


def test_the_digits_stay_at_a_repeated_push_and_are_nobody_elses(opened: QRSession) -> None:
    qr_sessions.scan(opened, "o1", confirmed=False)
    again, other = QRSession(pk=opened.pk), QRSession(pk=opened.pk)
    assert qr_sessions.scan(again, "o1", confirmed=False)
    assert again.digits == opened.digits != ""
    assert not qr_sessions.scan(other, "o2", confirmed=False)
    assert other.digits == ""


def test_a_session_of_djangos_is_noted_while_it_counts(opened: QRSession) -> None:
    QRSession.objects.update(status=Status.USED)
    assert qr_sessions.note_session(opened.public_id, "k" * 300), "a cookie that is the session has no key"
    assert QRSession.objects.get().session_keys == ""
    assert qr_sessions.note_session(opened.public_id, "key")
    assert qr_sessions.note_session(opened.public_id, "k" * 300)
    assert QRSession.objects.get().session_keys == "key"
    for number in range(30):
        assert qr_sessions.note_session(opened.public_id, f"of-another-request-{number}")
    noted = QRSession.objects.get().session_keys.split()
    assert noted == [f"of-another-request-{number}" for number in range(15, 30)]
    qr_sessions.disown(opened)
    assert not qr_sessions.note_session(opened.public_id, "key")
    assert qr_sessions.note_session("gone", "key")


def test_a_second_person_does_not_take_over(opened: QRSession) -> None:
    qr_sessions.scan(opened, "o1", confirmed=False)
    assert not qr_sessions.scan(opened, "o2", confirmed=False)
    assert QRSession.objects.get().openid == "o1"


def test_a_late_confirmation_leaves_time_to_redeem(opened: QRSession) -> None:
    qr_sessions.scan(opened, "o1", confirmed=False)
    with in_minutes(4.95):
        assert qr_sessions.confirm(opened)
    with in_minutes(5.5):
        assert qr_sessions.redeem(opened)


def test_a_late_scan_without_a_question_does_too(opened: QRSession) -> None:
    with in_minutes(4.95):
        assert qr_sessions.scan(opened, "o1", confirmed=True)
    with in_minutes(5.5):
        assert qr_sessions.redeem(opened)


def test_only_its_own_browser_sees_it(opened: QRSession) -> None:
    assert qr_sessions.snapshot(opened.public_id, KEY) == opened
    assert qr_sessions.snapshot(opened.public_id, "another") is None
    assert qr_sessions.snapshot(opened.public_id, "") is None
    assert qr_sessions.snapshot(opened.scene, KEY) is None


def test_only_the_link_on_the_phone_finds_it(opened: QRSession) -> None:
    key = qr_sessions.confirm_key(opened.scene)
    assert qr_sessions.find_for_phone(key) == opened
    for wrong in (opened.scene, opened.public_id, opened.confirm_hash, KEY, ""):
        assert qr_sessions.find_for_phone(wrong) is None


def test_the_database_holds_neither_key(opened: QRSession) -> None:
    QRSession.objects.update(session_keys="django's own key")
    held = [str(value) for value in vars(QRSession.objects.get()).values()]
    assert not any("django's own key" in value for value in held)
    assert KEY not in held
    assert qr_sessions.confirm_key(opened.scene) not in held


def test_a_scene_belongs_to_its_official_account(opened: QRSession) -> None:
    assert qr_sessions.find_by_scene(opened.scene, opened.appid) == opened
    assert qr_sessions.find_by_scene(opened.scene, "wx00000000000000ff") is None
    assert qr_sessions.find_by_scene("", opened.appid) is None


def test_a_browser_has_a_bounded_number_open(row: WeChatProvider) -> None:
    sessions = [open_one(row) for _ in range(8)]
    other = open_one(row, "another")
    alive = [one for one in sessions if not qr_sessions.is_expired(QRSession.objects.get(pk=one.pk))]
    assert alive == sessions[-qr_sessions.MAX_OPEN :]
    assert not qr_sessions.is_expired(QRSession.objects.get(pk=other.pk))


def test_what_is_under_way_is_not_pushed_out(row: WeChatProvider) -> None:
    scanned = open_one(row)
    qr_sessions.scan(scanned, "o1", confirmed=False)
    for _ in range(8):
        open_one(row)
    assert qr_sessions.confirm(scanned)


def test_refresh_replaces_what_nobody_scanned(row: WeChatProvider) -> None:
    waiting, scanned = open_one(row), open_one(row)
    qr_sessions.scan(scanned, "o1", confirmed=False)
    for session in (waiting, scanned):
        qr_sessions.replace(session.public_id, "another")
        assert not qr_sessions.is_expired(QRSession.objects.get(pk=session.pk))
        qr_sessions.replace(session.public_id, KEY)
    assert qr_sessions.is_expired(QRSession.objects.get(pk=waiting.pk))
    assert not qr_sessions.is_expired(QRSession.objects.get(pk=scanned.pk))


def test_ids_scenes_and_digits(row: WeChatProvider) -> None:
    sessions = [open_one(row, f"browser {number}") for number in range(50)]
    assert len({one.public_id for one in sessions}) == len({one.scene for one in sessions}) == 50
    assert all(one.scene.isalnum() and len(one.scene) <= 64 for one in sessions)
    assert {one.digits for one in sessions} == {""}
    assert all(qr_sessions.scan(one, "o1", confirmed=False) for one in sessions)
    assert all(len(one.digits) == 2 and one.digits.isdigit() for one in sessions)
    assert {one.digits for one in sessions} == set(QRSession.objects.values_list("digits", flat=True))
    assert len({one.digits for one in sessions}) > 10


def test_clean_up_takes_what_has_ended_and_nothing_else(row: WeChatProvider) -> None:
    old = open_one(row, seconds=-86_500)
    recent = open_one(row, seconds=-60)
    alive = open_one(row)
    PushReceipt.objects.create(key_hash="1", body_hash="1")
    PushReceipt.objects.create(key_hash="2", body_hash="2")
    PushReceipt.objects.filter(key_hash="1").update(received_at=timezone.now() - push_receipts.KEPT_FOR * 2)
    output = StringIO()
    call_command("clear_qr_sessions", stdout=output)
    said = "Deleted 1 QR sessions, 1 receipts of pushes and 0 of callbacks, 0 entries of the sign-in log.\n"
    assert output.getvalue() == said
    assert set(QRSession.objects.all()) == {recent, alive}
    assert str(old) == old.public_id
