"""What happens in a mini program? `wx.login`, the phone-number button, and what its server may ask afterwards."""

from django_wechat.simulator.world.mini_sessions import MiniSessions
from django_wechat.simulator.world.people import Person
from django_wechat.simulator.world.registry import App
from django_wechat.simulator.world.state import State

NO_QUOTA = 1400001
"""The errno of the phone-number button when none is left (reference 12.6)."""


class MiniPrograms(State):
    """The part of the platform that mini programs use, on the phone and from their servers."""

    def _start_over(self) -> None:
        super()._start_over()
        self._mini_sessions = MiniSessions(self.now)

    def find_mini_program(self, appid: str) -> App:
        """Return a mini program, to look at or to change."""
        app = self.find_app(appid)
        if not app.is_mini_program:
            raise ValueError(f"{appid} is no mini program but: {app.family}")
        return app

    def wx_login(self, appid: str, person: str = "") -> str:
        """Return the code that `wx.login` gives the program on a person's phone: no tap, no consent."""
        with self._changed:
            return self._mini_sessions.issue(self.find_mini_program(appid), self.find_person(person))

    def tap_phone_number(self, appid: str, person: str = "") -> str:
        """Return the code that the phone-number button gives the program, once the person agreed."""
        with self._changed:
            app = self.find_mini_program(appid)
            if not app.reads_phone_numbers:
                raise ValueError(f"{appid} may have no phone-number button: that takes a verified organisation")
            if app.phone_quota <= 0:
                raise ValueError(f"{appid} has no phone numbers left: its button reports errno {NO_QUOTA}")
            app.phone_quota -= 1
            return self._mini_sessions.issue(app, self.find_person(person), is_phone=True)

    def exchange_js_code(self, app: App, code: str) -> Person:
        """Return who got a code of `wx.login`, once; raises `Refusal`."""
        with self._changed:
            return self._mini_sessions.exchange(app, code)

    def exchange_phone_code(self, app: App, code: str) -> Person:
        """Return whose number was asked for, once; raises `Refusal`."""
        with self._changed:
            return self._mini_sessions.exchange_phone(app, code)
