"""What do all parts of the pretend WeChat share? One lock, the clock, people, apps, switches, and what was asked."""

import threading
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django_wechat.simulator.world.behaviour import Behaviour, set_by_name
from django_wechat.simulator.world.faults import Endpoint, Fault, Faults
from django_wechat.simulator.world.people import Person
from django_wechat.simulator.world.qr_logins import QRLogin
from django_wechat.simulator.world.registry import App
from django_wechat.simulator.world.seeds import PEOPLE, fresh_apps

KEPT_REQUESTS = 10_000


@dataclass(frozen=True)
class ReceivedRequest:
    """One request of a site or browser; `path` is relative to the mount, such as `/api/sns/userinfo`."""

    method: str
    path: str
    params: Mapping[str, str] = field(repr=False)
    body: bytes = field(default=b"", repr=False)


class State:
    """The ground that `Platform` stands on; the parts add what they keep in `_start_over`."""

    def __init__(self) -> None:
        self._changed = threading.Condition(threading.RLock())
        self.revision = 0
        self.reset()

    def reset(self) -> None:
        """Go back to the seeds and forget everything that happened."""
        with self._changed:
            self._start_over()
            self._announce()

    def _start_over(self) -> None:
        self.apps = fresh_apps()
        self.people = {person.key: person for person in PEOPLE}
        self.person = PEOPLE[0]
        self.behaviour = Behaviour()
        self.cookies: dict[str, Any] = {}
        """What the browser in each person's WeChat keeps, by the person's key."""
        self.ended: QRLogin | None = None
        """The sign-in that was allowed last, for as long as the phone says so."""
        self._presented_until = 0.0
        self._clock_offset = 0.0
        self._faults = Faults()
        self._requests: deque[ReceivedRequest] = deque(maxlen=KEPT_REQUESTS)

    def now(self) -> float:
        """Return the simulator's time in Unix seconds."""
        return time.time() + self._clock_offset

    def advance(self, seconds: float) -> None:
        """Let time pass at once: codes, tokens and QR codes grow older."""
        with self._changed:
            self._clock_offset += seconds
            self._announce()

    @property
    def is_presented(self) -> bool:
        """Is the phone shown beside a site at the moment?"""
        return time.monotonic() < self._presented_until

    def note_presentation(self, seconds: float) -> None:
        """Remember that the phone is shown beside a site, for `seconds` and the time to load another page."""
        self._presented_until = time.monotonic() + seconds + 5

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
