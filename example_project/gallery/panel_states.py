"""Which states of the WeChat tab does the gallery show? Names of panel-state.js, drawn by panel-view.js."""

from collections.abc import Iterator
from dataclasses import dataclass

from django_wechat.flows import follow, web_qr
from django_wechat.flows.journey import Journey

FOLLOW, WEB_QR = follow.JOURNEY, web_qr.JOURNEY
REFERENCE = "7f3k2m9q"

NAMES = ("idle", "loading", "ready", "scanned", "refused", "expired", "error", "done")
"""The states of panel-state.js; a test compares them with the script."""

PROBLEMS = ("offline", "timeout", "server", "throttled", "session", "frame", "slow")
"""The codes that have words in qr_problems.html; "message" comes with words of the site and stands for itself."""


@dataclass(frozen=True)
class PanelState:
    """One look of the tab.

    `told` is the code of a problem of the site; `late` the words of a long wait.
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
    second_choice: bool = True
    script: bool = True


def panel_states() -> tuple[PanelState, ...]:
    """Return every state of the tab, the Open Platform's code first."""
    return (*_states(), *_problems(), *_connecting(), *_confirming(), *_without_script())


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


def _problems() -> Iterator[PanelState]:
    for code in PROBLEMS:
        yield PanelState(f"tab-error-{code}", "error", problem=code)
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
