"""In which cards stands a provider's form, and which of them are open? Each has its inputs and what to paste at WeChat.

The admin's fieldsets are the cards: one becomes a card by its class. A site that has fieldsets of its own keeps them;
what no card stands beside is shown at the end.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.admin.utils import flatten
from django.utils.translation import gettext_lazy as _

from django_wechat.models import SubType, WeChatProvider, is_filled
from django_wechat.setup.console_values import Card, Console

CLASSES = {"wechat-first": Card.FIRST, "wechat-second": Card.SECOND, "wechat-following": Card.FOLLOWING}
_FILLED_BY = {
    Card.FIRST: ("client_id", "client_secret"),
    Card.SECOND: ("client_id_2", "client_secret_2"),
    Card.FOLLOWING: ("access_token", "encoding_aes_key", "enable_qr_code"),
}


_OF_SUB_TYPE: dict[str, Collection[Card]] = {
    SubType.WEB: frozenset(Card),
    SubType.MINI_PROGRAM: frozenset({Card.FIRST, Card.FOLLOWING}),
}

_FIRST: dict[SubType, tuple[Any, Any]] = {
    SubType.MOBILE: (
        _("Official account (公众号): inside WeChat"),
        _("Visitors who open the site inside WeChat sign in with one tap."),
    ),
    SubType.MINI_PROGRAM: (
        _("Mini program (小程序)"),
        _("Your mini program sends what wx.login gives, and gets this site’s tokens."),
    ),
    SubType.APP: (
        _("Mobile app (移动应用)"),
        _("Your app sends the code of WeChat’s SDK, and gets this site’s tokens."),
    ),
}
"""What the first keypair is for a SubType other than Web."""

_PROGRAM_CODE = (
    _("Code on the PC"),
    _("Visitors on a PC scan the program’s code with WeChat, and confirm in the program."),
)
_NO_PROGRAM = " ".join(sub_type for sub_type in SubType if sub_type != SubType.MINI_PROGRAM)


@dataclass(frozen=True)
class Saying:
    """Title and words of a card; `when` are the SubTypes that they are for, with a blank between, or "" for any."""

    title: Any
    words: Any
    when: str = ""


@dataclass(frozen=True)
class Shown:
    """A fieldset of the form, as a card or as it is: then `card` is None and the rest is empty."""

    fieldset: Any
    card: Card | None = None
    says: Sequence[Saying] = ()
    consoles: Sequence[Console] = ()
    is_open: bool = True
    is_hidden: bool = False


def shown(adminform: Any, consoles: Sequence[Console], opened: Collection[Card]) -> list[Shown]:
    """Return the form's fieldsets in their order. `opened` are the cards that a new provider begins with."""
    form = adminform.form
    fieldsets = [(fieldset, _card_of(fieldset)) for fieldset in adminform]
    wanted = {card for fieldset, card in fieldsets if card and _is_wanted(form, fieldset, card)}
    is_open = wanted | set(opened) or {Card.FIRST}
    return [
        _as_card(fieldset, card, consoles, is_open=card in is_open, is_hidden=_is_hidden(form, card, wanted))
        if card
        else Shown(fieldset)
        for fieldset, card in fieldsets
    ]


def left_over(consoles: Sequence[Console], cards: Sequence[Shown]) -> list[Console]:
    """Return what stands beside no card, because the site's fieldsets have none."""
    placed = {shown.card for shown in cards}
    return [console for console in consoles if console.card not in placed]


def file_card(form: Any, cards: Sequence[Shown]) -> Card | None:
    """Return the card that takes the files which WeChat asks for: the official account's."""
    wanted = Card.FIRST if _sub_type(form) == SubType.MOBILE else Card.SECOND
    return wanted if any(shown.card == wanted for shown in cards) else None


def _as_card(fieldset: Any, card: Card, consoles: Sequence[Console], **state: bool) -> Shown:
    """Take title and words out of the fieldset: the card says them."""
    title, fieldset.name = fieldset.name, None
    words, fieldset.description = fieldset.description, None
    says = [Saying(title, words)]
    if card == Card.FIRST:
        others = [Saying(*said, sub_type) for sub_type, said in _FIRST.items()]
        says = [Saying(title, words, SubType.WEB), *others]
    if card == Card.FOLLOWING:
        says = [Saying(title, words, _NO_PROGRAM), Saying(*_PROGRAM_CODE, SubType.MINI_PROGRAM)]
    beside = [console for console in consoles if console.card == card]
    return Shown(fieldset, card, says, beside, **state)


def _card_of(fieldset: Any) -> Card | None:
    return next((card for name, card in CLASSES.items() if name in fieldset.classes.split()), None)


def _is_wanted(form: Any, fieldset: Any, card: Card) -> bool:
    """Whether a card holds something, or something wrong: what acts is never out of sight."""
    return any(name in form.errors for name in flatten(fieldset.fields)) or any(
        _has(form, name) for name in _FILLED_BY[card]
    )


def _has(form: Any, name: str) -> bool:
    provider: WeChatProvider = form.instance
    return bool(form.data.get(name) or form.initial.get(name) or is_filled(provider, name))


def _is_hidden(form: Any, card: Card, wanted: Collection[Card]) -> bool:
    """SubTypes other than Web have one keypair, the first; a mini program has a code on the PC, too."""
    own = _OF_SUB_TYPE.get(_sub_type(form), {Card.FIRST})
    return card not in own and card not in wanted


def _sub_type(form: Any) -> str:
    return str(form.data.get("sub_type") or form.initial.get("sub_type") or form.instance.sub_type)
