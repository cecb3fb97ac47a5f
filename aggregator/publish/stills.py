"""Providers' stills made ours: cut to 16:9, drawn on, written anew as JPEG.

Nothing of the foreign file is passed on: pixels only, no profile, no comment, no animation.
Sizes are in pixels.
"""

import io
import warnings

from PIL import Image, ImageDraw, ImageFont, UnidentifiedImageError

SIZE = (640, 360)
MOST_PIXELS = 4000 * 3000
MOST_BYTES = 60_000
"""Of the finished file: what a mail with two dozen of them can bear."""

_FORMATS = ("JPEG", "PNG", "WEBP")
_QUALITIES = (82, 72, 60, 45, 30, 15)
_DARK, _LIGHT = (11, 12, 16), (255, 255, 255)
_BADGE, _EDGE, _SHARP = 72, 20, 4


def make_still(body: bytes, seconds: int | None = None) -> bytes | None:
    """Make a still of our own.

    Args:
        body: the provider's file; foreign.
        seconds: the video's running time, drawn in when known.

    Returns:
        A JPEG of `SIZE` and at most `MOST_BYTES`, the same for the same arguments; None when
        the file is no picture that can be read within bounds.
    """
    picture = _read(body)
    if picture is None:
        return None
    # Pasted onto a new picture, because Pillow carries comments and profiles along.
    cut, picture = _cut(picture).resize(SIZE, Image.Resampling.LANCZOS), Image.new("RGB", SIZE)
    picture.paste(cut)
    _play_badge(picture)
    if seconds:
        _running_time(picture, seconds)
    for quality in _QUALITIES:
        file = io.BytesIO()
        picture.save(file, "JPEG", quality=quality, optimize=True, progressive=True)
        if file.tell() <= MOST_BYTES:
            break
    return file.getvalue()


def _read(body: bytes) -> Image.Image | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(body), formats=_FORMATS) as found:
                if found.width * found.height > MOST_PIXELS or min(found.size) < 32:
                    return None
                return found.convert("RGB")
    except (
        UnidentifiedImageError, OSError, ValueError, SyntaxError, MemoryError,
        Image.DecompressionBombWarning, Image.DecompressionBombError,
    ):  # fmt: skip
        return None


def _cut(picture: Image.Image) -> Image.Image:
    """The middle of a picture in 16:9."""
    width, height = picture.size
    if width * 9 > height * 16:
        inner = height * 16 // 9
        left = (width - inner) // 2
        return picture.crop((left, 0, left + inner, height))
    inner = width * 9 // 16
    top = (height - inner) // 2
    return picture.crop((0, top, width, top + inner))


def _play_badge(picture: Image.Image) -> None:
    """The triangle that says "video", where a mail can't lay one over the picture."""
    large = _BADGE * _SHARP
    badge = Image.new("RGB", (large, large), _DARK)
    corners = [(large * x // 100, large * y // 100) for x, y in ((33, 25), (33, 75), (76, 50))]
    ImageDraw.Draw(badge).polygon(corners, _LIGHT)
    corner = (SIZE[0] - _BADGE - _EDGE, SIZE[1] - _BADGE - _EDGE)
    picture.paste(badge.resize((_BADGE, _BADGE), Image.Resampling.LANCZOS), corner)


def _running_time(picture: Image.Image, seconds: int) -> None:
    canvas, font = ImageDraw.Draw(picture), ImageFont.load_default(size=24)
    words = clock(seconds)
    width = int(canvas.textlength(words, font=font)) + 20
    top = SIZE[1] - _EDGE - 36
    canvas.rectangle((_EDGE, top, _EDGE + width, top + 36), _DARK)
    canvas.text((_EDGE + 10, top + 18), words, _LIGHT, font=font, anchor="lm")


def clock(seconds: int) -> str:
    """A running time such as ``4:36`` or ``1:02:03``."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
