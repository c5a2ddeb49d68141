"""How do commands read their values and write their results? Plain words in, plain values out."""

from collections.abc import Callable, Mapping

from django_wechat.simulator.platform import Platform

Values = Mapping[str, object]
Result = dict[str, object]
Command = Callable[[Platform, Values], Result]


def text(values: Values, name: str) -> str:
    """Return a value as text; missing is empty."""
    return str(values.get(name) or "")


def is_on(values: Values, name: str, *, default: bool = False) -> bool:
    """Return whether a value says yes."""
    return text(values, name).lower() in {"true", "on", "1"} if name in values else default


def plain(record: object) -> Result:
    """Return a record's fields; bytes as text."""
    return {
        name: value.decode(errors="replace") if isinstance(value, bytes) else value
        for name, value in vars(record).items()
    }
