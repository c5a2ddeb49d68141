"""How are secrets kept in the database? Encrypted, and never shown again by a form."""

import base64
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.query_utils import DeferredAttribute
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from django_wechat import conf
from django_wechat.protocol.quiet import quietly

if TYPE_CHECKING:
    CharField = models.CharField[str, str]
else:
    CharField = models.CharField


class SecretUnreadable(ImproperlyConfigured):
    """No key in use can decrypt a stored secret; the message names the column, never the value."""


@sensitive_variables()
def encrypt(value: str) -> str:
    """Return `value` under the newest key, as printable text; "" stays ""."""
    with quietly:
        return _fernet().encrypt(value.encode()).decode() if value else ""


def decrypt(stored: str, *, column: str) -> str:
    """Return the secret behind `stored`; raise `SecretUnreadable` naming `column` if no key fits."""
    if not stored:
        return ""
    try:
        with quietly:
            return _fernet().decrypt(stored.encode()).decode()
    except InvalidToken:
        message = _(
            "The stored value of %(column)s cannot be decrypted: the key it was encrypted with is gone. Put the old "
            "SECRET_KEY into SECRET_KEY_FALLBACKS (or the old key into WECHAT['ENCRYPTION_KEYS']), or enter the "
            "value again."
        )
        raise SecretUnreadable(message % {"column": column}) from None


ENCRYPTED_PREFIX = "encrypted:"


class Stored(str):
    """The encrypted form of a secret, as it stands in the database."""

    __slots__ = ()


def is_newest(stored: Stored) -> bool:
    """Return whether the newest key alone can decrypt `stored`."""
    try:
        next(_keys()).decrypt(stored.encode())
    except InvalidToken:
        return False
    return True


def reencrypted(stored: Stored, *, column: str) -> Stored:
    """Return the same secret under the newest key; raise `SecretUnreadable` naming `column` if no key fits."""
    return Stored(encrypt(decrypt(stored, column=column)))


class _DecryptedAttribute(DeferredAttribute):
    """Decrypts at use, not at load: a lost key must not make a row unreachable where a new value is entered."""

    def __get__(self, instance: models.Model | None, cls: type[models.Model] | None = None) -> Any:
        if instance is None:
            return self
        value = instance.__dict__.get(self.field.attname)
        if value is None:
            value = super().__get__(instance, cls)
        if isinstance(value, Stored):
            return decrypt(value, column=f"{self.field.verbose_name} ({instance})")
        return value

    @sensitive_variables()
    def __set__(self, instance: models.Model, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class EncryptedCharField(CharField):
    """A text that the database holds only encrypted. `max_length` bounds the secret, not the stored text."""

    descriptor_class = _DecryptedAttribute

    def get_internal_type(self) -> str:
        """Store as text: the encrypted form is longer than the secret."""
        return "TextField"

    def from_db_value(self, value: str | None, *_args: object) -> Stored | None:
        """Mark what comes from the database as still encrypted."""
        return None if value is None else Stored(value)

    @sensitive_variables()
    def get_db_prep_save(self, value: Any, connection: BaseDatabaseWrapper) -> Any:  # noqa: ARG002
        """Write a new secret encrypted, and one that was not touched exactly as it was read."""
        if isinstance(value, Stored):
            return str(value)
        return value if hasattr(value, "as_sql") else encrypt(str(value or ""))

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:  # noqa: ARG002
        """Hand over the value as it is held: saving a row never needs the key of a secret it does not change."""
        return self.value_from_object(model_instance)

    def value_from_object(self, obj: models.Model) -> Any:
        """Return the value as it is held: forms start with the encrypted form, never with the secret."""
        return obj.__dict__.get(self.attname, "")

    def value_to_string(self, obj: models.Model) -> str:
        """Dump the encrypted form: `dumpdata` writes no secret."""
        value = self.value_from_object(obj)
        return ENCRYPTED_PREFIX + (value if isinstance(value, Stored) else encrypt(value))

    def to_python(self, value: Any) -> Any:
        """Take back what `value_to_string` wrote."""
        if isinstance(value, str) and value.startswith(ENCRYPTED_PREFIX):
            return Stored(value.removeprefix(ENCRYPTED_PREFIX))
        return value if isinstance(value, Stored) else super().to_python(value)


class IdentifierField(CharField):
    """An openid, unionid or appid. They differ by case (trap 37), so MySQL compares them byte by byte."""

    def db_parameters(self, connection: BaseDatabaseWrapper) -> Any:
        """Ask MySQL and MariaDB for a binary collation; the other databases compare by bytes already."""
        parameters = super().db_parameters(connection)
        if connection.vendor == "mysql":
            parameters["collation"] = "utf8mb4_bin"
        return parameters


def _fernet() -> MultiFernet:
    return MultiFernet(list(_keys()))


def _keys() -> Iterator[Fernet]:
    configured = conf.get("ENCRYPTION_KEYS")
    if configured:
        yield from (Fernet(key) for key in configured)
        return
    for secret_key in [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]:
        yield Fernet(_derived(str(secret_key)))


@lru_cache(maxsize=8)
def _derived(secret_key: str) -> bytes:
    """A key of our own from SECRET_KEY, so that nothing else signed with SECRET_KEY shares it."""
    kdf = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"django_wechat.fields.EncryptedCharField")
    return base64.urlsafe_b64encode(kdf.derive(secret_key.encode()))
