"""Which states of the WeChat tab does the gallery show? Names of panel-state.js, drawn by panel-view.js."""

from collections.abc import Iterator
from dataclasses import dataclass

from django_wechat.flows import follow, help_pages, program_code, web_qr
from django_wechat.flows.journey import Journey

FOLLOW, PROGRAM, WEB_QR = follow.JOURNEY, program_code.JOURNEY, web_qr.JOURNEY
PHONE = help_pages.PHONE
REFERENCE = "7f3k2m9q"

NAMES = ("idle", "loading", "ready", "scanned", "refused", "expired", "error", "done")
"""The states of panel-state.js; a test compares them with the script."""

PROBLEMS = ("offline", "timeout", "server", "throttled", "session", "frame", "picture", "slow")
"""The codes that have words in qr_problems.html; "message" comes with words of the site and stands for itself."""


@dataclass(frozen=True)
class PanelState:
    """One look of the tab.

    `told` is the code of a problem of the site; `late` the words of a long wait; `kinds` the codes to choose from, if
    they are others than the journey's and, for `second_choice`, the Open Platform's. PHONE: the button into WeChat.
    """

    slug: str
    name: str
    journey: Journey = WEB_QR
    process: str = "login"
    thanked: bool = False
    problem: str = ""
    told: str = ""
    reference: str = ""
    late: bool = False
    hint: bool = False
    notice: str = ""
    second_choice: bool = True
    kinds: tuple[str, ...] = ()
    script: bool = True


def panel_states() -> tuple[PanelState, ...]:
    """Return every state of the tab, the Open Platform's code first."""
    groups = (_states, _programs, _phone_links, _problems, _connecting, _confirming, _without_script)
    return tuple(state for group in groups for state in group())


def _states() -> Iterator[PanelState]:
    for name in ("idle", "loading", "ready", "expired", "done"):
        yield PanelState(f"tab-{name}", name)
    yield PanelState("tab-loading-long", "loading", late=True)
    yield PanelState("tab-ready-hint", "ready", hint=True)
    for name in ("loading", "ready", "scanned", "refused", "expired", "done"):
        yield PanelState(f"tab-follow-{name}", name, FOLLOW)
    yield PanelState("tab-follow-loading-long", "loading", FOLLOW, late=True)
    yield PanelState("tab-follow-alone", "ready", FOLLOW, second_choice=False)
    yield PanelState("tab-follow-thanked", "ready", FOLLOW, thanked=True)


def _programs() -> Iterator[PanelState]:
    for name in ("loading", "ready", "scanned", "refused", "expired", "done"):
        yield PanelState(f"tab-program-{name}", name, PROGRAM)
    yield PanelState("tab-program-wrong-entry", "ready", PROGRAM, notice="wrong_entry")
    yield PanelState("tab-program-alone", "ready", PROGRAM, second_choice=False)
    for process in ("connect", "reauthenticate"):
        yield PanelState(f"tab-program-{process}", "ready", PROGRAM, process)
    three = (PROGRAM.kind, FOLLOW.kind, WEB_QR.kind)
    for journey in (FOLLOW, PROGRAM, WEB_QR):
        first = (journey.kind, *(kind for kind in three if kind != journey.kind))
        yield PanelState(f"tab-three-kinds-{journey}".replace("_", "-"), "ready", journey, kinds=first)


def _phone_links() -> Iterator[PanelState]:
    for name in NAMES:
        problem = "offline" if name == "error" else ""
        yield PanelState(f"phone-link-{name}", name, PHONE, problem=problem)
    yield PanelState("phone-link-wrong-entry", "ready", PHONE, notice="wrong_entry")
    yield PanelState("phone-link-alone", "idle", PHONE, second_choice=False)
    for code in ("server", "throttled", "slow"):
        yield PanelState(f"phone-link-error-{code}", "error", PHONE, problem=code)
    for name in ("idle", "refused", "done"):
        for process in ("connect", "reauthenticate"):
            yield PanelState(f"phone-link-{name}-{process}", name, PHONE, process)


def _problems() -> Iterator[PanelState]:
    for code in PROBLEMS:
        yield PanelState(f"tab-error-{code}", "error", PROGRAM if code == "picture" else WEB_QR, problem=code)
    for code in ("qr_unavailable", "too_often"):
        slug = f"tab-error-{code.replace('_', '-')}"
        yield PanelState(slug, "error", FOLLOW, problem="message", told=code)
    yield PanelState("tab-error-reference", "error", problem="message", told="refused", reference=REFERENCE)
    stuck = {"problem": "message", "told": "misconfigured", "reference": REFERENCE}
    yield PanelState("tab-error-other-ways", "error", **stuck)
    yield PanelState("tab-error-other-ways-follow", "error", FOLLOW, **stuck)


def _connecting() -> Iterator[PanelState]:
    yield PanelState("tab-connect-ready", "ready", process="connect")
    yield PanelState("tab-connect-follow", "ready", FOLLOW, process="connect")
    yield PanelState("tab-connect-scanned", "scanned", FOLLOW, process="connect")
    yield PanelState("tab-connect-thanked", "ready", FOLLOW, process="connect", thanked=True)
    yield PanelState("tab-connect-done", "done", process="connect")


def _confirming() -> Iterator[PanelState]:
    yield PanelState("tab-reauthenticate-ready", "ready", process="reauthenticate")
    yield PanelState("tab-reauthenticate-thanked", "ready", FOLLOW, process="reauthenticate", thanked=True)
    yield PanelState("tab-reauthenticate-done", "done", process="reauthenticate")


def _without_script() -> Iterator[PanelState]:
    yield PanelState("tab-no-script", "idle", script=False)
    yield PanelState("tab-no-script-connect", "idle", process="connect", script=False)
    yield PanelState("tab-no-script-follow", "idle", FOLLOW, second_choice=False, script=False)
