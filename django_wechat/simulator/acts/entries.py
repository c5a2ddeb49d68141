"""How does somebody get into a mini program from outside? By a round code, an ordinary QR code, or a link."""

from collections.abc import Mapping

from django_wechat.simulator.acts.open_programs import OpenProgram, OpenPrograms
from django_wechat.simulator.ways_in.links import SCHEME_PREFIX, ProgramLink, ProgramLinks, plain_launch, ticket_in
from django_wechat.simulator.ways_in.qr_rules import opened_by
from django_wechat.simulator.ways_in.round_codes import RoundCode, RoundCodes
from django_wechat.simulator.ways_in.scenes import Launch, Way, check_opens
from django_wechat.simulator.world.registry import App


class Entries(OpenPrograms):
    """The part of the platform that makes codes and links of programs, and opens them on the phone."""

    def _start_over(self) -> None:
        super()._start_over()
        self._round_codes = RoundCodes(self.now)
        self._links = ProgramLinks(self.now)
        #: Why the phone opened nothing at the last try.
        self.entry_failure = ""

    # --- what the server of a program asks for ---

    def create_round_code(self, app: App, order: Mapping[str, object]) -> tuple[RoundCode, bytes]:
        """Make a round code, and its picture; raises `Refusal`."""
        with self._changed:
            made, self.ended = self._round_codes.create(app, order), None
            self._announce()
            return made

    def create_link(self, app: App, order: Mapping[str, object], *, is_scheme: bool) -> ProgramLink:
        """Make a URL Link or a Scheme; raises `Refusal`."""
        with self._changed:
            return self._links.create(app, order, is_scheme=is_scheme)

    # --- what is on a screen ---

    def round_codes(self) -> list[RoundCode]:
        """Return the round codes that nobody has answered, newest first; none of them ever expires."""
        with self._changed:
            return [code for code in self._round_codes.newest_first() if not code.is_answered]

    def find_round_code(self, name: str = "", picture: bytes = b"") -> RoundCode:
        """Return a round code by its scene, or by its picture as WeChat sent it; without either, the newest."""
        with self._changed:
            if picture:
                found = self._round_codes.seen_in(picture)
            else:
                found = self._round_codes.find(name) if name else next(iter(self.round_codes()), None)
        if found is None:
            what = "this picture, which is none that WeChat made" if picture else repr(name)
            raise ValueError(
                f"there is no round code in {what}" if picture or name else "no program shows a round code"
            )
        return found

    def find_link(self, address: str) -> ProgramLink:
        """Return a URL Link or a Scheme by its address, if it can still be opened."""
        with self._changed:
            link = self._links.find(ticket_in(address))
            if self._links.is_expired(link) and not self.behaviour.links_outlive_their_end:
                raise ValueError(f"the link {address} has expired")
            return link

    # --- on the phone ---

    def scan_round_code(
        self, scene: str = "", *, picture: bytes = b"", way: str = Way.CAMERA, person: str = ""
    ) -> Launch:
        """Open a round code, found by scene or picture: with the `camera`, from the `album`, by `long_press` in a chat.

        `forwarded`: by a link that somebody sent with this scene in it; `trial`: through the entry of trial versions.
        """
        with self._changed:
            return self._enter(self.find_round_code(scene, picture).launch(way), person)

    def scan_address(self, address: str, *, way: str = Way.CAMERA, person: str = "") -> Launch:
        """Scan an ordinary QR code that a rule of a program is about: `camera`, `album` or `long_press`."""
        with self._changed:
            launch = opened_by(self.apps, address, way, self.now())
            if launch is None:
                raise ValueError(f"no rule of a program is about {address}: WeChat opens the page itself")
            return self._enter(launch, person)

    def open_link(self, address: str, *, way: str = Way.BROWSER, person: str = "") -> Launch:
        """Open a URL Link or a Scheme: from the phone's `browser`, or a URL Link that was `forwarded` in a chat."""
        with self._changed:
            if address.startswith(SCHEME_PREFIX) and not ticket_in(address):
                return self._enter(plain_launch(self.apps, address, way), person)
            return self._enter(self.find_link(address).launch(way), person)

    def note_entry_failure(self, why: str) -> None:
        """Let the phone say why it opened nothing."""
        with self._changed:
            self.entry_failure = why
            self._announce()

    def _enter(self, launch: Launch, person: str) -> Launch:
        check_opens(launch.app, launch.path, launch.env_version)
        self._open_program = OpenProgram(launch.app, self.find_person(person), launch=launch)
        self.entry_failure = ""
        self._announce()
        return launch
