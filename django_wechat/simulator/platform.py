"""What is the state of the pretend WeChat, and what can a test or a person do to it? In memory, behind one lock."""

import threading
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from .behaviour import Behaviour, set_by_name
from .faults import Endpoint, Fault, Faults
from .grants import Grant, Grants
from .people import Person
from .qr_logins import PollCode, QRLogin, QRLogins
from .registry import App
from .seeds import PEOPLE, fresh_apps

KEPT_REQUESTS = 10_000


@dataclass(frozen=True)
class ReceivedRequest:
    """One request of a site or browser; `path` is relative to the mount, such as `/api/sns/userinfo`."""

    method: str
    path: str
    params: Mapping[str, str] = field(repr=False)


class Platform:
    """The pretend WeChat. Every method may be called from any thread; wrong names raise `ValueError`."""

    def __init__(self) -> None:
        self._changed = threading.Condition(threading.RLock())
        self.revision = 0
        self.reset()

    def reset(self) -> None:
        """Go back to the seeds and forget everything that happened."""
        with self._changed:
            self.apps = fresh_apps()
            self.people = {person.key: person for person in PEOPLE}
            self.person = PEOPLE[0]
            self.behaviour = Behaviour()
            self._clock_offset = 0.0
            self._grants = Grants(self.now)
            self._qr_logins = QRLogins(self.now)
            self._faults = Faults()
            self._requests: deque[ReceivedRequest] = deque(maxlen=KEPT_REQUESTS)
            self._announce()

    def now(self) -> float:
        """Return the simulator's time in Unix seconds."""
        return time.time() + self._clock_offset

    def advance(self, seconds: float) -> None:
        """Let time pass at once: codes, tokens and QR codes grow older."""
        with self._changed:
            self._clock_offset += seconds
            self._announce()

    # --- people and apps ---

    def choose_person(self, key: str) -> Person:
        """Hand the phone to another person."""
        with self._changed:
            self.person = self.find_person(key)
            self._announce()
            return self.person

    def find_person(self, key: str = "") -> Person:
        """Return a person by key; an empty key is whoever holds the phone."""
        if key and key not in self.people:
            raise ValueError(f"unknown person {key!r}; choose from {', '.join(self.people)}")
        return self.people[key] if key else self.person

    def find_app(self, appid: str) -> App:
        """Return a registered app, to look at or to change."""
        if appid not in self.apps:
            raise ValueError(f"unknown appid {appid!r}; choose from {', '.join(self.apps)}")
        return self.apps[appid]

    # --- QR codes ---

    def open_qr(self, appid: str, redirect_uri: str, state: str = "") -> QRLogin:
        """Show a new QR code, as `connect/qrconnect` does."""
        with self._changed:
            lifetime = self.behaviour.qr_lifetime
            qr_login = self._qr_logins.add(self.find_app(appid), redirect_uri, state, lifetime)
            self._announce()
            return qr_login

    def waiting_qrs(self) -> list[QRLogin]:
        """Return the QR codes that a phone can still use, newest first."""
        with self._changed:
            return self._qr_logins.waiting()

    def find_qr(self, uuid: str = "") -> QRLogin:
        """Return a QR code; an empty uuid is the newest that a phone can still use."""
        with self._changed:
            found = self._qr_logins.get(uuid) if uuid else next(iter(self.waiting_qrs()), None)
        if found is None:
            raise ValueError(f"unknown uuid {uuid!r}" if uuid else "no QR code is waiting")
        return found

    def scan(self, uuid: str = "", person: str = "") -> QRLogin:
        """Scan a QR code with the phone."""
        return self._move(uuid, PollCode.SCANNED, person)

    def allow(self, uuid: str = "", person: str = "") -> str:
        """Tap 允许 and return the code that the site will get."""
        with self._changed:
            scanned_by = self._find_open_qr(uuid).person
            who = person or (scanned_by.key if scanned_by else "")
            qr_login = self._move(uuid, PollCode.ALLOWED, who)
            qr_login.code = self.issue_code(qr_login.app.appid, "snsapi_login", person=who)
            return qr_login.code

    def refuse(self, uuid: str = "") -> QRLogin:
        """Tap 拒绝."""
        return self._move(uuid, PollCode.REFUSED)

    def expire(self, uuid: str = "") -> QRLogin:
        """Let a QR code run out now."""
        return self._move(uuid, PollCode.EXPIRED)

    def poll(self, uuid: str, last: str = "") -> tuple[int, str]:
        """Hold until there is something new for the page, then return `(wx_errcode, wx_code)`."""
        deadline = time.monotonic() + self.behaviour.hold_seconds
        known = {last, str(PollCode.NOTHING_YET.value)}
        with self._changed:
            while True:
                # An unknown uuid is taken for one that has been forgotten, hence expired.
                if (qr_login := self._qr_logins.get(uuid)) is None:
                    return PollCode.EXPIRED, ""
                if str(qr_login.status.value) not in known:
                    return qr_login.status, qr_login.code
                if (left := deadline - time.monotonic()) <= 0:
                    return PollCode.NOTHING_YET, ""
                self._changed.wait(min(left, max(self._qr_logins.seconds_left(qr_login), 0.01)))

    def _find_open_qr(self, uuid: str) -> QRLogin:
        qr_login = self.find_qr(uuid)
        if not qr_login.is_open:
            raise ValueError(f"the QR code {qr_login.uuid} is {qr_login.status.name.lower()}")
        return qr_login

    def _move(self, uuid: str, status: PollCode, person: str = "") -> QRLogin:
        with self._changed:
            qr_login = self._find_open_qr(uuid)
            qr_login.person = self.find_person(person)
            qr_login.status = status
            self._announce()
            return qr_login

    # --- codes and tokens ---

    def issue_code(
        self, appid: str, scope: str = "snsapi_login", *, person: str = "", is_snapshot: bool = False
    ) -> str:
        """Return a fresh code, as after a tap on 允许."""
        with self._changed:
            who, app = self.find_person(person), self.find_app(appid)
            lifetime = self.behaviour.code_lifetime
            return self._grants.issue_code(app, who, scope, lifetime, is_snapshot=is_snapshot).code

    def exchange(self, app: App, code: str) -> Grant:
        """Turn a code into tokens, once; raises `Refusal`."""
        with self._changed:
            return self._grants.exchange(app, code)

    def refresh(self, app: App, refresh_token: str) -> Grant:
        """Renew a token; raises `Refusal`."""
        with self._changed:
            return self._grants.refresh(app, refresh_token)

    def find_grant(self, user_access_token: str, openid: str) -> Grant:
        """Return the grant of a living token; raises `Refusal`."""
        with self._changed:
            return self._grants.find(user_access_token, openid)

    # --- faults and switches ---

    @property
    def faults(self) -> list[Fault]:
        """The faults that are on."""
        return list(self._faults.active)

    def set_fault(self, kind: str, endpoint: str = "", *, seconds: float = 3.0, once: bool = False) -> Fault:
        """Switch a fault on, for good or for one call; see `faults.KINDS` and `faults.Endpoint`."""
        with self._changed:
            fault = self._faults.add(kind, endpoint, seconds=seconds, once=once)
            self._announce()
            return fault

    def clear_fault(self, kind: str = "", endpoint: str = "") -> None:
        """Switch off the faults of one kind and endpoint, or all."""
        with self._changed:
            self._faults.remove(kind, endpoint)
            self._announce()

    def take_faults(self, endpoint: Endpoint) -> list[Fault]:
        """Return the faults that hit one call, using up those for one call only."""
        with self._changed:
            taken = self._faults.take(endpoint)
            if any(fault.once for fault in taken):
                self._announce()
            return taken

    def switch(self, **values: object) -> None:
        """Change switches and timings of `behaviour`."""
        with self._changed:
            for name, value in values.items():
                set_by_name(self.behaviour, name, value)
            self._announce()

    # --- what was asked, what changed ---

    @property
    def requests(self) -> list[ReceivedRequest]:
        """What sites and browsers asked for, oldest first; the last ten thousand."""
        with self._changed:
            return list(self._requests)

    def count(self, path: str) -> int:
        """How many requests came for this path, such as `/api/sns/userinfo`?"""
        return sum(request.path == path for request in self.requests)

    def record(self, request: ReceivedRequest) -> None:
        """Remember a request."""
        with self._changed:
            self._requests.append(request)

    def wait_for_change(self, since: int, timeout: float) -> int:
        """Hold until the revision differs from `since`; return it."""
        with self._changed:
            self._changed.wait_for(lambda: self.revision != since, timeout)
            return self.revision

    def _announce(self) -> None:
        self.revision += 1
        self._changed.notify_all()


@cache
def get_platform() -> Platform:
    """Return the one platform of this process."""
    return Platform()
