"""What was uploaded? A form with a picture, read into memory and never past a limit, whatever its headers say."""

from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest, UnreadablePostError
from django.http.multipartparser import MultiPartParser, MultiPartParserError

LARGEST = 2 * 1024 * 1024
"""Bytes of all files of a form together."""
_AROUND = 16 * 1024
"""Bytes that the rest of a form may take."""


class TooLarge(Exception):
    """More was sent than `LARGEST`."""


class NoForm(Exception):
    """It is no form, or a broken one."""


class _InMemory(FileUploadHandler):
    """Keeps files in memory. The site's own handlers may write what anybody sends to a disk."""

    def __init__(self) -> None:
        super().__init__()
        self.received = 0
        self.files: dict[str, bytes] = {}
        self.chunks: list[bytes] = []

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.chunks = []

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:  # noqa: ARG002
        self.received += len(raw_data)
        if self.received > LARGEST:
            raise StopUpload(connection_reset=True)
        self.chunks.append(raw_data)

    def file_complete(self, file_size: int) -> None:  # noqa: ARG002
        self.files[self.field_name] = b"".join(self.chunks)


def read(request: HttpRequest) -> tuple[dict[str, str], dict[str, bytes]]:
    """Return the texts and the files of a multipart form, by name; raise `TooLarge` or `NoForm`."""
    if _announced(request) > LARGEST + _AROUND:
        raise TooLarge
    handler = _InMemory()
    try:
        texts, _files = MultiPartParser(request.META, request, [handler], "utf-8").parse()
    except (MultiPartParserError, SuspiciousOperation, UnreadablePostError, ValueError) as error:
        raise NoForm from error
    if handler.received > LARGEST:
        raise TooLarge
    return {name: str(texts.get(name, "")) for name in texts}, handler.files


def _announced(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0
