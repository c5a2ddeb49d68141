"""How does a form take what is pasted? Cleaned; a secret is replaced or cleared, told apart by its end, never shown."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.views.decorators.debug import sensitive_variables

from django_wechat.models import WeChatProvider, is_filled
from django_wechat.models.fields import SecretUnreadable
from django_wechat.models.pasted import cleaned

TAIL = 4
LONG_ENOUGH = 12
"""Characters; the end of a shorter secret would give too much of it away."""


@dataclass(frozen=True)
class StoredSecret:
    """What may be told about a secret: whether there is one, its last characters or "", and why it cannot be read."""

    is_set: bool = False
    tail: str = ""
    problem: str = ""


@sensitive_variables()
def look_at(provider: WeChatProvider, column: str) -> StoredSecret:
    """Return what may be told about one secret of `provider`."""
    if not is_filled(provider, column):
        return StoredSecret()
    try:
        secret: str = getattr(provider, column)
    except SecretUnreadable as error:
        return StoredSecret(is_set=True, problem=str(error))
    return StoredSecret(is_set=True, tail=secret[-TAIL:] if len(secret) >= LONG_ENOUGH else "")


class SecretInput(forms.PasswordInput):
    """An empty box, whatever is stored; `stored` is what the text beside it tells.

    `generates` is "token" or "aes_key" where the page's script may make a value up, else "".
    """

    template_name = "django_wechat/admin/secret_input.html"

    def __init__(self, generates: str = "") -> None:
        super().__init__(attrs={"autocomplete": "new-password", "class": "vTextField"}, render_value=False)
        self.generates = generates
        self.stored = StoredSecret()

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Tell the template what is stored, and nothing of the value but its end."""
        context = super().get_context(name, value, attrs)
        context["widget"] |= {
            "stored": self.stored,
            "clear_name": f"{name}-clear",
            "generates": self.generates,
        }
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """Return the new secret, "" to clear the stored one, or None to keep it."""
        value = super().value_from_datadict(data, files, name)
        if value and cleaned(value):
            return value
        return "" if data.get(f"{name}-clear") else None


class NameField(forms.SlugField):
    """A name that may be pasted."""

    def to_python(self, value: Any) -> str:
        """Leave out what came along."""
        return cleaned(super().to_python(value) or "")


class PastedField(forms.CharField):
    """A value of WeChat's consoles.

    It has no longest length: the browser would cut a value that is pasted with a blank before it, without a word, and
    what it is instead is said better than how long it may be. The column has one.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "max_length": None})

    def to_python(self, value: Any) -> Any:
        """Leave out what came along, before anything looks at it."""
        return cleaned(super().to_python(value) or "")


class SecretField(PastedField):
    """A secret that is replaced when something is typed, cleared on request, and otherwise kept."""

    widget = SecretInput

    def to_python(self, value: Any) -> Any:
        """Keep None apart from "": it means that nothing was typed."""
        return None if value is None else super().to_python(value)

    def has_changed(self, initial: Any, data: Any) -> bool:  # noqa: ARG002
        """Say that a secret changed when one was typed or cleared, without comparing it."""
        return data is not None
