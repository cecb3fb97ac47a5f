"""A bar chart as SVG, drawn from measured figures."""

from collections.abc import Mapping, Sequence
from html import escape

_WIDTH, _LABEL, _BAR, _GAP, _HEAD = 760, 130, 16, 30, 46
_OURS, _OTHERS = "#b3261e", "#8a8f98"


def bars(figures: Mapping[str, Sequence[float]], groups: Sequence[str], title: str) -> str:
    """Draw a group of bars for each of `groups`, one bar for each name.

    Args:
        figures: by name, a figure for each group; the first name is ours.
        groups: what is compared.
        title: stands above.
    """
    parts, y = [], _HEAD
    room = _WIDTH - _LABEL - 110
    for place, group in enumerate(groups):
        parts.append(_text(0, y + 12, group, bold=True))
        y += 22
        most = max(row[place] for row in figures.values())
        best = max((row[place] for row in [*figures.values()][1:]), default=0)
        for number, (name, row) in enumerate(figures.items()):
            width = max(1, room * row[place] / most)
            told = f"{row[place]:,.0f}/s"
            if not number and best:
                told += f", {row[place] / best:.1f} times the best other"
            inside = width > room - 120
            colour = _OTHERS if number else _OURS
            parts.append(_text(0, y + 12, name))
            parts.append(
                f'<rect x="{_LABEL}" y="{y}" width="{width:.0f}" height="{_BAR}" fill="{colour}"/>'
            )
            at = _LABEL + 6 if inside else _LABEL + width + 6
            parts.append(_text(at, y + 12, told, colour="#fff" if inside else "#333"))
            y += _BAR + 5
        y += _GAP - 10
    head = _text(0, 20, f"Feeds polled a second, whole programs, {title}", bold=True)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{y}" '
        f'viewBox="-12 0 {_WIDTH + 24} {y}" font-family="sans-serif" font-size="13">'
        f'<rect x="-12" width="{_WIDTH + 24}" height="{y}" fill="#fff"/>'
        f"{head}{''.join(parts)}</svg>\n"
    )


def _text(x: float, y: float, text: str, *, bold: bool = False, colour: str = "#333") -> str:
    weight = ' font-weight="bold"' if bold else ""
    return f'<text x="{x:.0f}" y="{y:.0f}" fill="{colour}"{weight}>{escape(text)}</text>'
