"""Why did the database not take a person in, and would it at another try?"""

from typing import Any

from django.db import DatabaseError, DataError, IntegrityError, NotSupportedError, OperationalError, ProgrammingError
from django.utils.text import Truncator

from django_wechat.people.identities import IdentityTaken

LONGEST = 200
_NO_DEFAULT = 1364
_NO_SUCH_CHARACTER = (1366, 3854)


class NotSaved(Exception):
    """The database refused the sign-in at every try; nothing of it was kept. Another try may do."""


class CannotBeSaved(NotSaved):
    """The site's tables refuse this person: nothing but a change of the site helps."""


Refused = DatabaseError | UnicodeEncodeError

_LASTING = (IntegrityError, DataError, NotSupportedError, ProgrammingError, UnicodeEncodeError)
"""What does not pass by waiting; what two sign-ins at once do to each other is over at the next try."""


def refusal(error: Refused, columns: list[str]) -> NotSaved:
    """Return what the last try's `error` comes to; `columns` are those of the new user that were left unfilled."""
    if not _is_lasting(error):
        return NotSaved(_first_line(error))
    left = f"; WeChat cannot fill {', '.join(columns)} of the user model" if columns else ""
    return CannotBeSaved(f"{_first_line(error)}{left}")


def is_about_characters(error: Refused) -> bool:
    """Return whether a text holds a character that the connection, or its column, knows not."""
    return isinstance(error, UnicodeEncodeError | DataError) or _number(error) in _NO_SUCH_CHARACTER


def _is_lasting(error: Refused) -> bool:
    lasting = isinstance(error, _LASTING) or _number(error) in {_NO_DEFAULT, *_NO_SUCH_CHARACTER}
    return lasting and not isinstance(error, IdentityTaken)


def _number(error: Refused) -> Any:
    """MySQL's number of an error, which Django takes for one of operation; other databases give none."""
    return error.args[0] if isinstance(error, OperationalError) and error.args else None


def _first_line(error: Any) -> str:
    """What follows on the next lines is the row itself, as PostgreSQL shows it."""
    lines = str(error).splitlines() or [""]
    return f"{type(error).__name__}: {Truncator(lines[0]).chars(LONGEST)}"
