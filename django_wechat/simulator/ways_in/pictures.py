"""What does a round code look like? A drawing that no QR reader can read, a JPEG or a transparent PNG.

Real: it is round, the bytes are a JPEG (or PNG) that every browser shows, and another code has another picture. Not
real: the pattern holds nothing. The simulator knows from the bytes which code they are of; a photograph, or a picture
that was packed anew, is of none. The JPEG knows one grey for each block of 8 x 8, which takes no library.
"""

import hashlib
import math
import struct
import zlib
from collections.abc import Sequence

BLOCK = 8
PAPER, INK, MARK = 255, 32, 120
RAYS = 36
_EYES = tuple((0.62 * x, 0.62 * y) for x, y in ((-1, -1), (1, -1), (-1, 1)))

Cells = Sequence[Sequence[int]]


def draw(seed: str, width: int) -> Cells:
    """Return the greys of a code, one for each block of a picture of so many pixels."""
    side = math.ceil(width / BLOCK)
    lengths = hashlib.sha384(seed.encode()).digest()[:RAYS]
    places = [2 * (step + 0.5) / side - 1 for step in range(side)]
    return [[_grey(x, y, lengths) for x in places] for y in places]


def _grey(x: float, y: float, lengths: bytes) -> int:
    """Rays of different lengths around a mark, and three eyes, as in WeChat's."""
    away = min(math.hypot(x - eye_x, y - eye_y) for eye_x, eye_y in _EYES)
    if away < 0.2:
        return PAPER if 0.07 < away < 0.12 else INK
    radius, turn = math.hypot(x, y), (math.atan2(y, x) / math.tau) % 1 * RAYS
    if radius < 0.3:
        return MARK
    is_ray = 0.2 < turn % 1 < 0.8 and 0.38 < radius < 0.45 + 0.5 * lengths[int(turn) % RAYS] / 255
    return INK if is_ray else PAPER


# --- JPEG: baseline, one component, and of each block nothing but its mean ---

_CODES = ("00", "010", "011", "100", "101", "110", "1110", "11110", "111110")
_DC_TABLE = bytes([0x00, 0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, *range(12)])
_AC_TABLE = bytes([0x10, 1, *[0] * 15, 0])
_END_OF_BLOCK = "0"


def jpeg(cells: Cells, width: int) -> bytes:
    """Return the picture as `image/jpeg`."""
    frame = struct.pack(">BHHBBBB", 8, width, width, 1, 1, 0x11, 0)
    return b"".join(
        (
            b"\xff\xd8",
            _segment(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0"),
            # A mean of eight times a grey, divided by eight.
            _segment(0xDB, bytes([0, *[BLOCK] * 64])),
            _segment(0xC0, frame),
            _segment(0xC4, _DC_TABLE),
            _segment(0xC4, _AC_TABLE),
            _segment(0xDA, bytes([1, 1, 0, 0, 63, 0])),
            _scan(cells),
            b"\xff\xd9",
        )
    )


def _segment(marker: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


def _scan(cells: Cells) -> bytes:
    bits, before = [], 0
    for grey in (grey for row in cells for grey in row):
        step, before = grey - 128 - before, grey - 128
        bits.append(_difference(step) + _END_OF_BLOCK)
    stream = "".join(bits)
    stream += "1" * (-len(stream) % 8)
    # An 0xFF in the data is followed by a zero, as else it would begin a segment.
    return int(stream, 2).to_bytes(len(stream) // 8, "big").replace(b"\xff", b"\xff\0")


def _difference(step: int) -> str:
    """The length of a number, and its bits; a negative one is counted down from the longest of its length."""
    length = abs(step).bit_length()
    value = step if step > 0 else step + (1 << length) - 1
    return _CODES[length] + (f"{value:0{length}b}" if length else "")


# --- PNG: grey and transparency ---


def png(cells: Cells, width: int) -> bytes:
    """Return the picture as `image/png`, with nothing where the paper is."""
    header = struct.pack(">IIBBBBB", width, width, 8, 4, 0, 0, 0)
    rows = (b"\0" + _row(cells[line // BLOCK], width) for line in range(width))
    chunks = (_chunk(b"IHDR", header), _chunk(b"IDAT", zlib.compress(b"".join(rows))), _chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _row(greys: Sequence[int], width: int) -> bytes:
    pixels = b"".join(bytes([grey, 0 if grey == PAPER else 255]) * BLOCK for grey in greys)
    return pixels[: 2 * width]


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
