"""How does the pretend WeChat behave, apart from faults? Its switches and timings, and how they are set by name."""

from dataclasses import dataclass

from django_wechat.simulator.world.errors import ErrmsgStyle

_WORDS = {"true": True, "on": True, "1": True, "false": False, "off": False, "0": False}


@dataclass
class Behaviour:
    """Switches and timings. The defaults are WeChat's own behaviour; the first switch is a leniency."""

    any_browser_is_wechat: bool = False
    # A follower who comes from the account's chat or menu is not asked, not even for snsapi_userinfo.
    silent_consent: bool = False
    snapshot: bool = False
    snapshot_userinfo_refused: bool = False
    # The developer tool, and a phone in debug mode, ask hosts that are no request 合法域名 (reference 12.1).
    developer_tool: bool = False
    # A URL Link or a Scheme goes on working after its end, as it did for years (reference 14).
    links_outlive_their_end: bool = False
    code_lifetime: float = 300.0
    qr_lifetime: float = 300.0
    hold_seconds: float = 25.0
    # Pushes: how long a site may take, and how often WeChat tries when there is no answer.
    push_timeout: float = 5.0
    push_tries: int = 3
    errmsg_style: ErrmsgStyle = ErrmsgStyle.MIXED
    api_content_type: str = "text/plain"
    # Seconds that WeChat's clock is ahead of this machine's, as the Date of the API's answers says it.
    clock_ahead: float = 0.0


def set_by_name(target: object, name: str, value: object) -> None:
    """Set one attribute of a dataclass, reading words such as "on" and "2.5" as the attribute's own type."""
    names = list(vars(target))
    if name not in names:
        raise ValueError(f"unknown name {name!r}; choose from {', '.join(names)}")
    kind = type(getattr(target, name))
    setattr(target, name, _as_flag(value) if kind is bool else kind(value))


def _as_flag(value: object) -> bool:
    word = str(value).lower()
    if word not in _WORDS:
        raise ValueError(f"{value!r} is neither true nor false")
    return _WORDS[word]
