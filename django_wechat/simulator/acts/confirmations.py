"""How does a person confirm a sign-in elsewhere? The program asks its site what it is about, and sends yes or no."""

import json
from enum import StrEnum

from django_wechat.simulator.acts.entries import Entries
from django_wechat.simulator.acts.open_programs import MINI_PROGRAM_DOOR, OpenProgram
from django_wechat.simulator.push.program_requests import SiteAnswer, ask
from django_wechat.simulator.ways_in.scenes import RELEASE, Launch

SCAN_DOOR = f"{MINI_PROGRAM_DOOR}scan/"
CONFIRM_DOOR = f"{MINI_PROGRAM_DOOR}confirm/"


class Reply(StrEnum):
    """What a person may say to it."""

    CONFIRM = "confirm"
    REFUSE = "refuse"


class Confirmations(Entries):
    """The part of the platform that plays a program's page which asks "is this you?"."""

    def ask_about_scene(self, site: str) -> SiteAnswer:
        """Let the program ask the site at `site` what the scene that opened it is about."""
        with self._changed:
            shown, launch = self._launched()
            self.site = site.strip().rstrip("/")
            shown.asked = shown.ended = None
            values = _entry(launch)
        shown.asked = self._post(shown, SCAN_DOOR, values)
        return shown.asked

    def reply_to_scene(self, reply: str) -> SiteAnswer:
        """Tap a button: `confirm`, with a fresh code of `wx.login`, or `refuse`, with none."""
        with self._changed:
            shown, launch = self._launched()
            if shown.asked is None:
                raise ValueError("the program has not asked its site yet")
            values = {**_entry(launch), "answer": Reply(reply).value}
            if reply == Reply.CONFIRM:
                values["code"] = self.wx_login(shown.app.appid, shown.person.key)
            shown.reply, shown.ended = reply, None
        ended = self._post(shown, CONFIRM_DOOR, values)
        with self._changed:
            shown.ended = ended
            if ended.status == 200 and "scene" in launch.query:
                self._note_answered(launch)
            self._announce()
            return ended

    def _note_answered(self, launch: Launch) -> None:
        code = self._round_codes.find(launch.site_scene)
        if code is not None:
            code.is_answered = True

    def _launched(self) -> tuple[OpenProgram, Launch]:
        shown = self._program()
        if shown.launch is None:
            raise ValueError(f"{shown.app.appid} was opened from the list, and not by a code or a link")
        return shown, shown.launch

    def _post(self, shown: OpenProgram, path: str, values: dict[str, object]) -> SiteAnswer:
        """Without the lock: to answer, the site asks us what the code is worth."""
        with self._changed:
            shown.is_sending = True
            self._announce()
        url, unchecked = self.site + path, self.behaviour.developer_tool
        is_trial = shown.launch is not None and shown.launch.env_version != RELEASE
        answer = ask(shown.app, url, values, {}, unchecked=unchecked, is_trial=is_trial)
        with self._changed:
            shown.is_sending = False
            self._announce()
            return answer


def _entry(launch: Launch) -> dict[str, object]:
    return {"scene": launch.site_scene, "appid": launch.app.appid, "entry": launch.scene}


def said(answer: SiteAnswer) -> dict[str, object]:
    """Return what the site said as an object; {} where it is none."""
    try:
        body = json.loads(answer.body)
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}
