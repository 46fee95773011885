"""A five-year line of places small enough for a tile; better is up, missing is a gap."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from html import escape
from itertools import pairwise

from charts.theme import BLUE, MUTED

WIDTH, HEIGHT, MARGIN = 220, 46, 14


def spark(history: Sequence[tuple[int, int | None, int | None]], *, label: str) -> str:
    """Picture of places by year; each year is drawn against its own number ranked.

    Args:
        history: (edition, place or None, number ranked or None), oldest first.
        label: what the picture says, for readers who hear the page.

    Returns:
        One img element that carries its SVG; years without a place leave the line open.
    """
    step = (WIDTH - 2 * MARGIN) / max(1, len(history) - 1)
    points: list[tuple[float, float] | None] = []
    for at, (_, rank, n_ranked) in enumerate(history):
        if rank is None or not n_ranked or n_ranked < 2:
            points.append(None)
            continue
        share = (rank - 1) / (n_ranked - 1)
        points.append((MARGIN + at * step, MARGIN + share * (HEIGHT - 2 * MARGIN)))
    lines = [
        f'<line x1="{a[0]:.1f}" y1="{a[1]:.1f}" x2="{b[0]:.1f}" y2="{b[1]:.1f}" '
        f'stroke="{BLUE}" stroke-width="2"/>'
        for a, b in pairwise(points)
        if a and b
    ]
    known = [point for point in points if point]
    dots = [
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{4 if (x, y) == known[-1] else 2.5}" fill="{BLUE}"/>'
        for x, y in known
    ]
    years = "".join(
        f'<text x="{MARGIN + at * step:.1f}" y="{HEIGHT + 11}" text-anchor="middle" '
        f'font-size="10" font-family="sans-serif" fill="{MUTED}">{edition}</text>'
        for at, (edition, _, _) in enumerate(history)
    )
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT + 14}">'
        f"{''.join(lines)}{''.join(dots)}{years}</svg>"
    )
    # As an image: the page's own filter takes bare svg out of HTML.
    carried = b64encode(svg.encode()).decode()
    return f'<img class="spark" src="data:image/svg+xml;base64,{carried}" alt="{escape(label)}">'
