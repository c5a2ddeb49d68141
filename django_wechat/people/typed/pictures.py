"""Is an uploaded file a picture, and how is it drawn anew? Nothing of the file comes through but what is seen.

Needs Pillow, the extra `avatars`: whatever else is in a file (a place in EXIF, a script behind the picture, a second
picture, a colour profile) ends here.
"""

from io import BytesIO

try:
    from PIL import Image, ImageOps
except ImportError:
    HAS_PILLOW = False
else:
    HAS_PILLOW = True

SIDE = 512
"""Pixels: no side of what is kept is longer."""
MOST_PIXELS = 4096 * 4096
"""Of what is looked at: as many take 64 MB of memory, whatever the file weighs."""
EXTENSION = "jpg"
_FORMATS = ("JPEG", "PNG", "WEBP")
_DRAWN_SMALLER = ("RGB", "L", "CMYK", "YCbCr")
"""Modes in which Pillow may read a JPEG at a fraction of its size, and blend neighbours when it shrinks."""


class NoPicture(Exception):
    """The file is no JPEG, PNG or WebP, is broken, or has more pixels than `MOST_PIXELS`."""


def drawn_anew(file: bytes) -> bytes:
    """Return the picture as a JPEG, turned as it is meant, on white; the first one of several. Raises `NoPicture`."""
    try:
        with Image.open(BytesIO(file), formats=_FORMATS) as opened:
            return _drawn(opened)
    except Exception as error:
        # The file is chosen by others; what a decoder raises about it is no list that anybody keeps.
        reason = type(error).__name__
    raise NoPicture(reason)


def _drawn(opened: "Image.Image") -> bytes:
    if opened.width * opened.height > MOST_PIXELS:
        raise NoPicture
    picture = opened if opened.mode in _DRAWN_SMALLER else opened.convert("RGBA")
    picture.thumbnail((SIDE, SIDE))
    picture = ImageOps.exif_transpose(picture).convert("RGBA")
    # A new sheet, so that nothing comes along that stands beside the pixels.
    sheet = Image.new("RGB", picture.size, "white")
    sheet.paste(picture, mask=picture)
    drawn = BytesIO()
    sheet.save(drawn, "JPEG", quality=85)
    return drawn.getvalue()
