"""How does WeChat sign and encrypt what it pushes? (reference sections 5.2, 5.3 and 5.7; vectors in the tests)"""

import base64
import hashlib
import hmac
import secrets
import struct

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.padding import PKCS7

from django_wechat.exceptions import PushRejected

BLOCK_BITS = 256
"""WeChat pads to blocks of 32 bytes, not AES's 16 (trap 46)."""

_RANDOM_BYTES = 16
_LENGTH_BYTES = 4


def sign(*parts: str) -> str:
    """Return WeChat's signature: SHA-1 over the parts, sorted as strings and put together."""
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()  # noqa: S324 - WeChat's choice


def is_signed(signature: str, *parts: str) -> bool:
    """Return whether `signature` fits, in constant time."""
    return hmac.compare_digest(sign(*parts).encode(), signature.encode())


def decrypt(encrypted: str, aes_key: str, *appids: str) -> bytes:
    """Return the message inside `encrypted`; raise `PushRejected` unless padding and length are right.

    It has to be for one of `appids`.
    """
    message, receiver = _unpack(_decipher(encrypted, aes_key))
    if receiver not in {appid.encode() for appid in appids}:
        raise PushRejected("it was encrypted for another appid")
    return message


def encrypt(message: bytes, aes_key: str, appid: str) -> str:
    """Return `message` as WeChat wants it: random bytes, length, message and appid, padded and encrypted."""
    packed = secrets.token_bytes(_RANDOM_BYTES) + struct.pack(">I", len(message)) + message + appid.encode()
    padder = PKCS7(BLOCK_BITS).padder()
    encryptor = _cipher(aes_key).encryptor()
    padded = padder.update(packed) + padder.finalize()
    return base64.b64encode(encryptor.update(padded) + encryptor.finalize()).decode()


def _decipher(encrypted: str, aes_key: str) -> bytes:
    try:
        data = base64.b64decode(encrypted, validate=True)
        decryptor = _cipher(aes_key).decryptor()
        unpadder = PKCS7(BLOCK_BITS).unpadder()
        padded = decryptor.update(data) + decryptor.finalize()
        return unpadder.update(padded) + unpadder.finalize()
    except ValueError:  # binascii.Error is one, too
        raise PushRejected("it cannot be decrypted with this EncodingAESKey") from None


def _unpack(plain: bytes) -> tuple[bytes, bytes]:
    start = _RANDOM_BYTES + _LENGTH_BYTES
    if len(plain) < start:
        raise PushRejected("the decrypted message is too short")
    (length,) = struct.unpack(">I", plain[_RANDOM_BYTES:start])
    if length > len(plain) - start:
        raise PushRejected("the decrypted message has a wrong length")
    return plain[start : start + length], plain[start + length :]


def _cipher(aes_key: str) -> Cipher[CBC]:
    """The key is 43 characters of base64 without their "="; its first half is the IV as well."""
    key = base64.b64decode(aes_key + "=")
    return Cipher(AES(key), CBC(key[:16]))
