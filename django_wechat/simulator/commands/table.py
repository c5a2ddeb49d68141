"""What can be done to the simulator by name? One table, for the JSON control surface and for the phone's buttons."""

from collections import Counter

from django_wechat.simulator.commands.accounts import ACCOUNT_COMMANDS, describe_account_qr
from django_wechat.simulator.commands.consoles import CONSOLE_COMMANDS
from django_wechat.simulator.commands.entries import ENTRY_COMMANDS, describe_round_code
from django_wechat.simulator.commands.mini_programs import MINI_PROGRAM_COMMANDS, describe_program
from django_wechat.simulator.commands.values import Command, Result, Values, plain, text
from django_wechat.simulator.platform import Platform
from django_wechat.simulator.world.behaviour import set_by_name
from django_wechat.simulator.world.faults import KINDS, Endpoint
from django_wechat.simulator.world.qr_logins import QRLogin
from django_wechat.simulator.world.registry import App


def run(platform: Platform, name: str, values: Values) -> Result:
    """Do one command; a wrong name or value is a `ValueError` that says what would be right."""
    if name not in COMMANDS:
        raise ValueError(f"unknown command {name!r}; choose from {', '.join(COMMANDS)}")
    return COMMANDS[name](platform, values)


def describe(platform: Platform) -> Result:
    """Return the whole state as plain values."""
    return {
        "revision": platform.revision,
        "person": platform.person.key,
        "people": {key: person.nickname for key, person in platform.people.items()},
        "apps": [plain(app) for app in platform.apps.values()],
        "qrs": [_describe_qr(qr_login) for qr_login in platform.waiting_qrs()],
        "account_qrs": [describe_account_qr(platform, qr) for qr in platform.account_qrs()],
        "round_codes": [describe_round_code(code) for code in platform.round_codes()],
        "shown_account": platform.shown_account,
        "shown_program": describe_program(platform.shown_program),
        "behaviour": plain(platform.behaviour),
        "faults": [plain(fault) for fault in platform.faults],
        "fault_kinds": list(KINDS),
        "fault_endpoints": list(Endpoint),
        "requests": Counter(request.path for request in platform.requests),
        "commands": {name: command.__doc__ for name, command in COMMANDS.items()},
    }


def _describe_qr(qr_login: QRLogin) -> Result:
    return {
        "uuid": qr_login.uuid,
        "appid": qr_login.app.appid,
        "redirect_uri": qr_login.redirect_uri,
        "state": qr_login.state,
        "status": qr_login.status.value,
    }


def _scan(platform: Platform, values: Values) -> Result:
    """Scan {uuid?: the newest, person?: who holds the phone}."""
    return _describe_qr(platform.scan(text(values, "uuid"), text(values, "person")))


def _allow(platform: Platform, values: Values) -> Result:
    """Tap 允许 {uuid?, person?}; answers with the code."""
    return {"code": platform.allow(text(values, "uuid"), text(values, "person"))}


def _refuse(platform: Platform, values: Values) -> Result:
    """Tap 拒绝 {uuid?}."""
    return _describe_qr(platform.refuse(text(values, "uuid")))


def _expire(platform: Platform, values: Values) -> Result:
    """Let a QR code run out {uuid?}."""
    return _describe_qr(platform.expire(text(values, "uuid")))


#: The buttons of the consent sheet.
DECISIONS: dict[str, Command] = {"allow": _allow, "refuse": _refuse, "expire": _expire}


def _decide(platform: Platform, values: Values) -> Result:
    """Tap a button of the consent sheet {act: allow | refuse | expire, uuid?, person?}."""
    if (decision := text(values, "act")) not in DECISIONS:
        raise ValueError(f"unknown act {decision!r}; choose from {', '.join(DECISIONS)}")
    return DECISIONS[decision](platform, values)


def _close(platform: Platform, values: Values) -> Result:
    """Leave the page that shows a QR code {uuid?}."""
    platform.close_page(text(values, "uuid"))
    return {}


def _done(platform: Platform, values: Values) -> Result:  # noqa: ARG001
    """Tap away what the phone says about the end of a sign-in {}."""
    platform.put_end_away()
    return {}


def _person(platform: Platform, values: Values) -> Result:
    """Hand the phone to {person}."""
    return {"person": platform.choose_person(text(values, "person")).key}


def _code(platform: Platform, values: Values) -> Result:
    """Issue a code without any page {appid, scope?: snsapi_login, person?}."""
    appid, scope = text(values, "appid"), text(values, "scope") or "snsapi_login"
    return {"code": platform.issue_code(appid, scope, person=text(values, "person"))}


def _fault(platform: Platform, values: Values) -> Result:
    """Switch a fault on {kind, endpoint?, seconds?: 3, once?: false}."""
    seconds, once = float(text(values, "seconds") or 3), text(values, "once").lower() in {"true", "on", "1"}
    fault = platform.set_fault(text(values, "kind"), text(values, "endpoint"), seconds=seconds, once=once)
    return plain(fault)


def _heal(platform: Platform, values: Values) -> Result:
    """Switch faults off {kind?: all, endpoint?: all}."""
    platform.clear_fault(text(values, "kind"), text(values, "endpoint"))
    return {"faults": [plain(fault) for fault in platform.faults]}


def _switch(platform: Platform, values: Values) -> Result:
    """Change switches and timings {name of a behaviour: value, …}."""
    platform.switch(**values)
    return plain(platform.behaviour)


def _app(platform: Platform, values: Values) -> Result:
    """Change a registered app {appid, callback_domain?, any_loopback_host?, …}."""
    app: App = platform.find_app(text(values, "appid"))
    for name, value in values.items():
        set_by_name(app, name, value)
    return plain(app)


def _advance(platform: Platform, values: Values) -> Result:
    """Let {seconds} pass at once."""
    platform.advance(float(text(values, "seconds")))
    return {"now": platform.now()}


def _reset(platform: Platform, values: Values) -> Result:  # noqa: ARG001
    """Back to the seeds {}."""
    platform.reset()
    return {"revision": platform.revision}


COMMANDS: dict[str, Command] = {
    "scan": _scan,
    **DECISIONS,
    **ACCOUNT_COMMANDS,
    **CONSOLE_COMMANDS,
    **MINI_PROGRAM_COMMANDS,
    **ENTRY_COMMANDS,
    "decide": _decide,
    "close": _close,
    "done": _done,
    "person": _person,
    "code": _code,
    "fault": _fault,
    "heal": _heal,
    "switch": _switch,
    "app": _app,
    "advance": _advance,
    "reset": _reset,
}
