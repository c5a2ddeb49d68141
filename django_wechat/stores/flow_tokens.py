"""Which session is it, whose token a program knows by its old name? A sign-in that ends gives its session a new one.

A program that was asked for more holds the token of a flow. allauth tells it the new one with its answer; the old one
leads there for two minutes, too, and nowhere else than to tokens.
"""

from django_wechat.stores import code_exchanges

_STATE = "flow"


def note(flow_token: str, session_token: str) -> None:
    """Note what the session of a flow is called from now on."""
    code_exchanges.claim(_STATE, flow_token, flow_token, {"session": session_token})


def session_token_of(token: str) -> str:
    """Return today's token of the session that `token` once stood for; `token` itself where nothing else is known."""
    kept = code_exchanges.state_of(_STATE, token, token)
    return str(kept["session"]) if kept else token
