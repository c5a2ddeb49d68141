"""How does WeChat sign and encrypt pushes? In code of its own, so that a wrong one of a site cannot look right."""

import base64
import hashlib
import hmac
import secrets
import struct

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

# WeChat pads to 32 bytes although AES has blocks of 16.
BLOCK_BITS = 256


def signature(*parts: str) -> str:
    """Return the SHA-1 of the sorted parts: token, timestamp, nonce and, in safe mode, the cipher text."""
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()  # noqa: S324 - WeChat's choice


def is_signed(signed: str, *parts: str) -> bool:
    """Is this the signature of the parts?"""
    return hmac.compare_digest(signature(*parts).encode(), signed.encode())


def encrypt(aes_key: str, message: bytes, appid: str, salt: bytes = b"") -> str:
    """Return base64 of random 16 bytes, the length, the message and the AppID, encrypted."""
    salt = salt or secrets.token_hex(8).encode()
    plain = salt + struct.pack("!I", len(message)) + message + appid.encode()
    padder = PKCS7(BLOCK_BITS).padder()
    encryptor = _cipher(aes_key).encryptor()
    padded = padder.update(plain) + padder.finalize()
    return base64.b64encode(encryptor.update(padded) + encryptor.finalize()).decode()


def decrypt(aes_key: str, encrypted: str) -> tuple[bytes, str]:
    """Return the message and the AppID; raises `ValueError` for anything that is broken."""
    decryptor = _cipher(aes_key).decryptor()
    padded = decryptor.update(base64.b64decode(encrypted, validate=True)) + decryptor.finalize()
    unpadder = PKCS7(BLOCK_BITS).unpadder()
    plain = unpadder.update(padded) + unpadder.finalize()
    if len(plain) < 20:
        raise ValueError("too short")
    (length,) = struct.unpack("!I", plain[16:20])
    if len(plain) < 20 + length:
        raise ValueError("the length is wrong")
    return plain[20 : 20 + length], plain[20 + length :].decode()


def _cipher(aes_key: str) -> Cipher[modes.CBC]:
    key = base64.b64decode(aes_key + "=")
    return Cipher(algorithms.AES(key), modes.CBC(key[:16]))
