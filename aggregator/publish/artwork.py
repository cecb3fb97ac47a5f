"""Stills of our own: television title cards that a post's id alone decides.

Everything is drawn at twice the size and reduced, for smooth edges. Sizes are in pixels.
"""

import hashlib
import io
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw

from aggregator.models import Post
from aggregator.publish.cards import card_of, leading_first

SIZE = (640, 360)
_QUALITY = 55
_WIDE, _HIGH = 1280, 720

Stills = Mapping[tuple[str, str], bytes]
Colour = tuple[int, int, int]
Palette = tuple[Colour, ...]
Numbers = Iterator[int]
Canvas = ImageDraw.ImageDraw
Scene = Callable[[Image.Image, Palette, Numbers], None]

# Ground first, then four colours from the quietest to the brightest.
_PALETTES = tuple(
    tuple((int(code[0:2], 16), int(code[2:4], 16), int(code[4:6], 16)) for code in line.split())
    for line in (
        "0b1026 1f4fd8 ff3d6e ffb01f fff1c9",
        "10231f 0d8a6a f2542d f5c33b f7efd9",
        "241023 6b2d8c e0449b ff8f5a ffe6c7",
        "0d1f3c 007ea7 00c2b2 f9dc5c f4f7f5",
        "2b1710 9b3d12 e4761b f4b942 f6ead0",
        "101418 3a4f5c c8323c e9c46a ecf0ea",
        "16203a 4058c9 27b4e8 ff5d73 fdf3d8",
        "1d1330 3c3aa6 19a974 f4e04d fbf7ea",
        "0a2a2a 12615b d1495b edae49 f3efe0",
        "1a1a1a 555b6e 35d6e8 ffdf2e ffffff",
    )
)


def draw_still(uid: str, kind: str) -> bytes:
    """Draw the title card of a post.

    Args:
        uid: the post's permanent id.
        kind: the kind's name, such as ``making-of``; may be empty.

    Returns:
        A JPEG of `SIZE`, the same for the same arguments.
    """
    numbers = iter(hashlib.shake_256(f"{kind}\0{uid}".encode()).digest(1024))
    palette = _PALETTES[next(numbers) % len(_PALETTES)]
    scene = _SCENES[next(numbers) % len(_SCENES)]
    large = Image.new("RGB", (_WIDE, _HIGH), palette[0])
    scene(large, palette, numbers)
    picture = _as_on_a_tube(large.resize(SIZE, Image.Resampling.LANCZOS))
    _play_badge(picture, palette)
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=_QUALITY, optimize=True)
    return file.getvalue()


def draw_missing(
    posts: Iterable[Post], pictures: str, folder: Path, stills: Stills | None = None
) -> dict[str, bytes]:
    """Draw the pictures that published files show and that do not exist yet.

    Args:
        posts: the posts shown.
        pictures: ``provider``, ``ours`` or ``drawn``, as in `Site`.
        folder: where the published files lie.
        stills: our copies of providers' stills, by provider and id.

    Returns:
        Contents by path.
    """
    files: dict[str, bytes] = {}
    for post in posts:
        card = card_of(post, pictures)
        if not card.drawn or card.picture in files:
            continue
        leading = leading_first(post.verdict.videos)[0]
        if still := (stills or {}).get((leading.provider, leading.id)):
            files[card.picture] = still
        elif not (folder / card.picture).exists():
            files[card.picture] = draw_still(card.uid, card.kind_slug)
    return files


def _test_card(picture: Image.Image, palette: Palette, numbers: Numbers) -> None:
    canvas = ImageDraw.Draw(picture)
    ground, *colours = palette
    for step in range(0, _WIDE + 1, 80):
        canvas.line((step, 0, step, _HIGH), fill=colours[0], width=4)
        canvas.line((0, step, _WIDE, step), fill=colours[0], width=4)
    centre, radius = (_WIDE // 2, _HIGH // 2), 300 + next(numbers) % 30
    bands = Image.new("RGB", (2 * radius, 2 * radius), colours[3])
    brush = ImageDraw.Draw(bands)
    _bands(brush, 2 * radius, (ground, *colours), numbers)
    mask = Image.new("L", bands.size, 0)
    ImageDraw.Draw(mask).ellipse((0, 0, 2 * radius - 1, 2 * radius - 1), fill=255)
    corner = (centre[0] - radius, centre[1] - radius)
    picture.paste(bands, corner, mask)
    canvas.ellipse((*corner, corner[0] + 2 * radius, corner[1] + 2 * radius), None, colours[3], 8)


def _bands(brush: Canvas, size: int, palette: Palette, numbers: Numbers) -> None:
    top = 0
    while top < size:
        height = size // (5 + next(numbers) % 6)
        parts, turn = (1, 2, 6, 8, 24)[next(numbers) % 5], next(numbers)
        for part in range(parts):
            colour = palette[(part + turn) % len(palette)]
            left = size * part // parts
            brush.rectangle((left, top, size * (part + 1) // parts, top + height), fill=colour)
        top += height


def _bars(picture: Image.Image, palette: Palette, numbers: Numbers) -> None:
    canvas = ImageDraw.Draw(picture)
    order = (4, 3, 1, 2, 0, 3, 1, 4)
    count, turn = 6 + next(numbers) % 3, next(numbers)
    for place in range(count):
        left, right = _WIDE * place // count, _WIDE * (place + 1) // count
        drop = (420 + (place * (20 + turn % 60)) % 240, 470)[turn % 2]
        canvas.rectangle((left, 0, right, drop), fill=palette[order[(place + turn) % 8]])
        canvas.rectangle(
            (left, drop, right, drop + 50), fill=palette[order[(place + turn + 3) % 8]]
        )


def _tunnel(picture: Image.Image, palette: Palette, numbers: Numbers) -> None:
    canvas = ImageDraw.Draw(picture)
    x, y = 420 + next(numbers) * 440 // 256, 240 + next(numbers) * 240 // 256
    rings, shape = 7 + next(numbers) % 5, next(numbers) % 3
    for ring in range(rings, 0, -1):
        reach = (ring / rings) ** 1.5
        box = (x - x * 1.6 * reach, y - y * 1.6 * reach)
        far = (x + (_WIDE - x) * 1.6 * reach, y + (_HIGH - y) * 1.6 * reach)
        colour = palette[(ring * (1 + shape) + 1) % 5]
        if shape == 0:
            canvas.rectangle((*box, *far), fill=colour)
        elif shape == 1:
            canvas.ellipse((*box, *far), fill=colour)
        else:
            canvas.rounded_rectangle((*box, *far), radius=220 * reach, fill=colour)


def _rays(picture: Image.Image, palette: Palette, numbers: Numbers) -> None:
    canvas = ImageDraw.Draw(picture)
    x, y = _WIDE * (1 + next(numbers) % 3) // 4, 300 + next(numbers) % 3 * 150
    count = 14 + next(numbers) % 5 * 4
    for ray in range(count):
        angles = (2 * math.pi * (ray + side) / count for side in (0, 0.52))
        tips = [(x + 1600 * math.cos(a), y + 1600 * math.sin(a)) for a in angles]
        canvas.polygon([(x, y), *tips], fill=palette[1 + ray % (2 + count % 3)])
    for ring, radius in enumerate((190, 150, 105)):
        colour = palette[(4, 0, 3)[ring]]
        canvas.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)


def _ribbons(picture: Image.Image, palette: Palette, numbers: Numbers) -> None:
    canvas = ImageDraw.Draw(picture)
    bend, wide, up = 380 + next(numbers) * 400 // 256, 52 + next(numbers) % 20, next(numbers) % 2
    canvas.rectangle((0, 0, _WIDE, _HIGH), fill=palette[4])
    for stripe, colour in enumerate((palette[0], palette[1], palette[2], palette[3])):
        radius = 330 - stripe * wide
        y = 470 if up else 250
        centre = (bend, y - 330 if up else y + 330)
        level = centre[1] + radius - wide // 2 if up else centre[1] - radius + wide // 2
        half = wide // 2 + 1
        canvas.rectangle((0, level - half, bend, level + half), fill=colour)
        box = (bend - radius, centre[1] - radius, bend + radius, centre[1] + radius)
        canvas.arc(box, *((0, 90) if up else (270, 360)), fill=colour, width=wide)
        edge = bend + radius - wide // 2
        ends = (-10, centre[1]) if up else (centre[1], _HIGH + 10)
        canvas.rectangle((edge - half, ends[0], edge + half, ends[1]), fill=colour)


def _mosaic(picture: Image.Image, palette: Palette, numbers: Numbers) -> None:
    canvas = ImageDraw.Draw(picture)
    side, rows = 80, 9
    for row in range(rows):
        for column in range(8):
            number = next(numbers)
            colour = palette[(number >> 4) % 5] if number % 16 > 4 + abs(row - 4) else palette[0]
            for left in (column * side, _WIDE - (column + 1) * side):
                canvas.rectangle((left, row * side, left + side - 6, (row + 1) * side - 6), colour)


def _sundown(picture: Image.Image, palette: Palette, numbers: Numbers) -> None:
    canvas = ImageDraw.Draw(picture)
    x, radius = 440 + next(numbers) * 400 // 256, 230 + next(numbers) % 60
    horizon = 470 + next(numbers) % 60
    canvas.rectangle((0, 0, _WIDE, horizon), fill=palette[1 + next(numbers) % 2])
    canvas.ellipse(
        (x - radius, horizon - radius - 110, x + radius, horizon + radius - 110), palette[3]
    )
    for step in range(12):
        y, thick = horizon - 200 + step * 34, 2 + step * 2
        canvas.rectangle((x - radius, y, x + radius, y + thick), fill=palette[1])
    for step in range(7):
        top = horizon + (_HIGH - horizon) * (step / 7) ** 1.6
        canvas.rectangle((0, top, _WIDE, _HIGH), fill=palette[(0, 2, 0, 4, 0, 2, 0)[step]])


def _rotation(picture: Image.Image, palette: Palette, numbers: Numbers) -> None:
    canvas = ImageDraw.Draw(picture)
    x, y = 460 + next(numbers) * 360 // 256, _HIGH // 2
    canvas.rectangle((0, 0, _WIDE, _HIGH), fill=palette[1 + next(numbers) % 3])
    for ring in range(9):
        radius, start, sweep = 430 - 45 * ring, next(numbers) * 360 // 256, 120 + next(numbers)
        box = (x - radius, y - radius, x + radius, y + radius)
        canvas.ellipse(box, fill=palette[0])
        canvas.arc(
            box, start, start + sweep, fill=palette[1 + (ring + next(numbers)) % 4], width=32
        )
    canvas.ellipse((x - 36, y - 36, x + 36, y + 36), fill=palette[4])


def _oscilloscope(picture: Image.Image, palette: Palette, numbers: Numbers) -> None:
    canvas = ImageDraw.Draw(picture)
    ground = palette[(0, 1, 0, 2)[next(numbers) % 4]]
    canvas.rectangle((0, 0, _WIDE, _HIGH), fill=ground)
    speed, phase, tall = 2 + next(numbers) % 4, next(numbers) / 40, 50 + next(numbers) % 40
    for line in range(11):
        base = 150 + line * 58
        points = []
        for x in range(0, _WIDE + 16, 16):
            reach = math.exp(-(((x - _WIDE / 2) / 330) ** 2))
            wave = math.sin(x / 90 * speed / 2 + line * phase) + 0.7 * math.sin(x / 37 + line * 1.7)
            points.append((x, base - tall * reach * abs(wave)))
        canvas.polygon([(0, _HIGH), *points, (_WIDE, _HIGH)], fill=ground)
        canvas.line(points, fill=palette[3 + line * speed % 2], width=9, joint="curve")


_SCENES: tuple[Scene, ...] = (
    _test_card,
    _bars,
    _tunnel,
    _rays,
    _ribbons,
    _mosaic,
    _sundown,
    _rotation,
    _oscilloscope,
)


def _as_on_a_tube(picture: Image.Image) -> Image.Image:
    """Colours run a little, lines show, corners are dark."""
    red, green, blue = picture.split()
    picture = Image.merge(
        "RGB", (ImageChops.offset(red, 2, 0), green, ImageChops.offset(blue, -2, 0))
    )
    screen = Image.new("L", SIZE, 255)
    canvas = ImageDraw.Draw(screen)
    for y in range(2, SIZE[1], 3):
        canvas.line((0, y, SIZE[0], y), fill=212)
    glow = ImageChops.invert(Image.radial_gradient("L")).point(lambda v: min(255, 120 + v))
    shade = ImageChops.multiply(screen, glow.resize(SIZE))
    return ImageChops.multiply(picture, Image.merge("RGB", (shade,) * 3))


def _play_badge(picture: Image.Image, palette: Palette) -> None:
    badge = Image.new("RGB", (288, 288), (11, 12, 16))
    ImageDraw.Draw(badge).polygon([(95, 72), (95, 216), (219, 144)], palette[4])
    corner = (SIZE[0] - 92, SIZE[1] - 92)
    picture.paste(badge.resize((72, 72), Image.Resampling.LANCZOS), corner)
