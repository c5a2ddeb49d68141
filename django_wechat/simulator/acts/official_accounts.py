"""What do people do with an official account? They scan its QR code, follow, write, tap, and see what it answers."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from django_wechat.simulator.acts.account_api import AccountApi, Follower
from django_wechat.simulator.push import events
from django_wechat.simulator.push.envelopes import Message
from django_wechat.simulator.push.sending import Push, deliver
from django_wechat.simulator.push.verdicts import OUT_OF_SERVICE, Verdict
from django_wechat.simulator.world.account_qrs import AccountQR
from django_wechat.simulator.world.chats import ChatMessage, Sender
from django_wechat.simulator.world.people import Person
from django_wechat.simulator.world.registry import App

Chat = list[ChatMessage]


class ScanResult(StrEnum):
    """What a phone shows after it has scanned an account's QR code."""

    SCAN = "scan"
    CARD = "card"
    EXPIRED = "expired"


@dataclass(frozen=True)
class Outcome:
    """What a scan led to: a follower's SCAN push, the account's card with 关注 on it, or nothing at all."""

    result: ScanResult
    appid: str
    scene: str
    push: Push | None = None


class OfficialAccounts(AccountApi):
    """The part of the platform that people, chats and pushes belong to.

    Each act takes a person's key (empty: who holds the phone) and, with `wait`, returns when WeChat has its verdict
    on the site's answer. Without, the push is on its way in a thread of its own.
    """

    def _start_over(self) -> None:
        super()._start_over()
        self._chats: dict[tuple[str, str], Chat] = {}
        self._cards: dict[tuple[str, str], AccountQR] = {}
        self._last_pushes: dict[str, Push] = {}
        self._last_event_at: dict[tuple[str, str], int] = {}
        self._last_message_id = 0
        #: The AppID of the account that is open on the phone: its chat, or for strangers its card.
        self.shown_account = ""

    # --- what people do ---

    def scan_account_qr(self, ticket_or_url: str = "", person: str = "", *, wait: bool = True) -> Outcome:
        """Scan an account's QR code, by its ticket or its address; without one, the newest."""
        with self._changed:
            qr, who = self.find_account_qr(ticket_or_url), self.find_person(person)
            app, key = qr.app, (qr.app.appid, who.key)
            if self._account_qrs.is_expired(qr):
                return Outcome(ScanResult.EXPIRED, app.appid, qr.scene)
            qr.scanner = who
            self._show(app, who)
            if key not in self._followers:
                self._cards[key] = qr
                return Outcome(ScanResult.CARD, app.appid, qr.scene)
        push = self._push(app, who, lambda when: events.scanned(app, who, when, qr), wait=wait)
        return Outcome(ScanResult.SCAN, app.appid, qr.scene, push)

    def follow(self, appid: str, person: str = "", *, wait: bool = True) -> Push:
        """Tap 关注: with the scene, if the account's QR code was scanned before."""
        with self._changed:
            app, who = self.find_account(appid), self.find_person(person)
            key = (appid, who.key)
            if key in self._followers:
                raise ValueError(f"{who.key!r} follows {appid} already")
            qr = self._cards.pop(key, None)
            self._followers[key] = Follower(int(time.time()), qr)
            self._show(app, who)
        return self._push(app, who, lambda when: events.subscribed(app, who, when, qr), wait=wait)

    def unfollow(self, appid: str, person: str = "", *, wait: bool = True) -> Push:
        """Stop following; nothing can be sent to the person any more."""
        with self._changed:
            app, who = self._find_follower(appid, person)
            del self._followers[appid, who.key]
        return self._push(app, who, lambda when: events.unsubscribed(app, who, when), wait=wait)

    def revoke_authorization(self, appid: str, person: str = "", *, wait: bool = True) -> Push:
        """Withdraw the grant given to an account or a website app; its push address is told."""
        app, who = self.find_app(appid), self.find_person(person)
        return self._push(app, who, lambda when: events.authorization_revoked(app, who, when), wait=wait)

    def cancel_wechat(self, appid: str, person: str = "", *, wait: bool = True) -> Push:
        """Give up one's WeChat account; this tells one of the apps."""
        app, who = self.find_app(appid), self.find_person(person)
        return self._push(app, who, lambda when: events.authorization_cancelled(app, who, when), wait=wait)

    def send_text(self, appid: str, text: str, person: str = "", *, wait: bool = True) -> Push:
        """Write to the account."""
        app, who = self._find_follower(appid, person)
        self._write(self._chat(app, who), Sender.PERSON, text)
        message_id = self._new_message_id()
        return self._push(app, who, lambda when: events.said(app, who, when, text, message_id), wait=wait)

    def menu_click(self, appid: str, key: str, person: str = "", *, wait: bool = True) -> Push:
        """Tap a menu entry: CLICK with a key, VIEW with an address."""
        app, who = self._find_follower(appid, person)
        return self._push(app, who, lambda when: events.menu_tapped(app, who, when, key), wait=wait)

    def send_location(self, appid: str, person: str = "", *, wait: bool = True) -> Push:
        """Open the account with location reports allowed."""
        app, who = self._find_follower(appid, person)
        return self._push(app, who, lambda when: events.located(app, who, when), wait=wait)

    def show_account(self, appid: str) -> None:
        """Open an account on the phone: the chat of a follower, the card of anybody else; empty: close it."""
        with self._changed:
            self.shown_account = self.find_account(appid).appid if appid else ""
            self._announce()

    def card(self, appid: str, person: str = "") -> AccountQR | None:
        """Return the QR code through which a stranger came to the account's card."""
        return self._cards.get((appid, self.find_person(person).key))

    # --- what came of it ---

    def chat(self, appid: str, person: str = "") -> Chat:
        """Return a person's messages with an account, oldest first."""
        with self._changed:
            return list(self._chat(self.find_account(appid), self.find_person(person)))

    def last_push(self, appid: str) -> Push | None:
        """Return the newest push to an account's site."""
        return self._last_pushes.get(self.find_account(appid).appid)

    # --- pushing ---

    def _push(self, app: App, who: Person, message: Callable[[int], Message], *, wait: bool) -> Push:
        with self._changed:
            push = Push(app.appid, who.key, message(self._event_time(app, who)))
            self._last_pushes[app.appid] = push
            chat = self._chat(app, who)
            self._announce()
        thread = threading.Thread(target=self._deliver, args=(replace(app), push, chat), daemon=True)
        thread.start()
        if wait:
            thread.join()
        return push

    def _deliver(self, app: App, push: Push, chat: Chat) -> None:
        reply = deliver(app, push, timeout=self.behaviour.push_timeout, tries=self.behaviour.push_tries)
        reachable = push.message.get("Event") not in events.FAREWELLS
        if reachable and push.verdict is Verdict.OUT_OF_SERVICE:
            self._write(chat, Sender.WECHAT, OUT_OF_SERVICE)
        elif reachable and reply is not None:
            self._write(chat, Sender.ACCOUNT, reply)
        else:
            self._say_that_something_changed()

    def _say_that_something_changed(self) -> None:
        with self._changed:
            self._announce()

    def _write(self, chat: Chat, sender: Sender, text: str) -> None:
        with self._changed:
            chat.append(ChatMessage(sender, text, time.time()))
            self._announce()

    def _chat(self, app: App, who: Person) -> Chat:
        return self._chats.setdefault((app.appid, who.key), [])

    def _show(self, app: App, who: Person) -> None:
        if who.key == self.person.key:
            self.shown_account, self.ended = app.appid, None
        self._announce()

    def _find_follower(self, appid: str, person: str) -> tuple[App, Person]:
        app, who = self.find_account(appid), self.find_person(person)
        if (appid, who.key) not in self._followers:
            raise ValueError(f"{who.key!r} does not follow {appid}")
        return app, who

    def _event_time(self, app: App, who: Person) -> int:
        """Return now; nobody does two things at one account within a second, though tests try."""
        key = (app.appid, who.key)
        self._last_event_at[key] = max(int(time.time()), self._last_event_at.get(key, 0) + 1)
        return self._last_event_at[key]

    def _new_message_id(self) -> int:
        with self._changed:
            self._last_message_id = max(time.time_ns(), self._last_message_id + 1)
            return self._last_message_id
