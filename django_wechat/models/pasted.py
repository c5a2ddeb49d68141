"""What did somebody mean who pasted this? One cleaning for what is typed, pasted, or read from the settings."""

import unicodedata

from django.views.decorators.debug import sensitive_variables

QUOTES = "\"'`“”„‘’‚«»‹›「」『』"
_FILLERS = frozenset("\u115f\u1160\u2800\u3164\uffa0") | {chr(one) for one in range(0xFE00, 0xFE10)}


@sensitive_variables()
def cleaned(text: str) -> str:
    """Return what a name, an AppID, a secret or a host is without what only came along.

    That is: whatever cannot be seen, wherever it is; blanks, line breaks and quotation marks around it. Full-width
    letters and digits become the ordinary ones. A blank inside stays: two values may have been pasted.
    """
    if text.isascii() and text.isalnum():
        return text
    seen = "".join(character for character in unicodedata.normalize("NFKC", text) if not is_invisible(character))
    before = None
    while before != seen:
        before, seen = seen, seen.strip().strip(QUOTES)
    return seen


def is_invisible(character: str) -> bool:
    """Return whether a character takes no room, or looks like a blank without being one: zero-width, BOM, a filler."""
    if character in _FILLERS:
        return True
    return unicodedata.category(character) in ("Cc", "Cf") and not character.isspace()
