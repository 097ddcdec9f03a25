"""The table as a picture: bars of CPU a request in hellos, ours and the peers', and a mark at the budget. SVG."""

from html import escape
from math import ceil

from tests.bench.loads import OURS, PEER, PLAIN
from tests.bench.table import Row

SERVERS = {OURS: "ours", PLAIN: "plain", PEER: "peer"}
WIDTH, LEFT, RIGHT, TOP = 860, 250, 50, 92
BAR, GAP, BETWEEN = 13, 3, 18
# Read by whoever shows the file, in the light and in the dark
STYLE = """
text { font: 13px system-ui, sans-serif; fill: #1f2328 }
.small { font-size: 11.5px; fill: #59636e }
.title { font-size: 15px; font-weight: 600 }
.grid { stroke: #d1d9e0; stroke-width: 1 }
.ours { fill: #1a63c9 } .plain { fill: #b3541e } .peer { fill: #2f8f4e }
.budget { stroke: #1f2328; stroke-width: 2 }
.paper { fill: #ffffff }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 } .small { fill: #9aa5b1 } .grid { stroke: #30363d }
  .ours { fill: #6aa9ff } .plain { fill: #e08a4f } .peer { fill: #5cc47d }
  .budget { stroke: #e6edf3 } .paper { fill: #0d1117 }
}
"""


def draw(table: list[Row]) -> str:
    """Return the picture of the rows that we have and a peer has, or that have a budget."""
    shown = [row for row in table if OURS in row.at and (len(row.at) > 1 or row.load.budget)]
    longest = max(there.app / row.hello for row in shown for name, there in row.at.items() if name in SERVERS)
    scale = (WIDTH - LEFT - RIGHT) / longest
    parts: list[str] = []
    y: float = TOP
    for row in shown:
        group, height = _group(row, y, scale)
        parts += group
        y += height + BETWEEN
    grid = [_line("grid", LEFT + each * scale, TOP - 12, y - BETWEEN + 6) for each in _steps(longest)]
    marks = [_text(LEFT + each * scale, TOP - 18, str(each), "small", "middle") for each in _steps(longest)]
    head = [*_legend(), *grid, *marks]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y:.0f}" role="img" aria-labelledby="t">',
            '<title id="t">CPU of a request, in requests to a view that says hello</title>',
            f"<style>{STYLE}</style>",
            f'<rect class="paper" width="{WIDTH}" height="{y:.0f}" rx="8"/>',
            *head,
            *parts,
            "</svg>\n",
        ]
    )


def _group(row: Row, y: float, scale: float) -> tuple[list[str], float]:
    there = [(name, row.at[name].app / row.hello) for name in SERVERS if name in row.at]
    height = len(there) * (BAR + GAP) - GAP
    parts = [_text(LEFT - 12, y + height / 2 + 4.5, row.load.name.replace("`", ""), "", "end")]
    for number, (name, hellos) in enumerate(there):
        top = y + number * (BAR + GAP)
        parts.append(_bar(SERVERS[name], LEFT, top, hellos * scale))
        mark = row.load.budget or 0 if name == OURS else 0
        beyond = max(hellos, mark) * scale
        parts.append(_text(LEFT + beyond + 6, top + BAR - 2.5, f"{hellos:.1f}", "small"))
    if row.load.budget:
        parts.append(_line("budget", LEFT + row.load.budget * scale, y - 3, y + BAR + 3))
    return parts, height


def _steps(longest: float) -> range:
    return range(0, ceil(longest), 10 if longest > 25 else 5)


def _legend() -> list[str]:
    parts, x = [_text(16, 26, "CPU of a request, in requests to a Django view that says hello", "title")], 16.0
    for name, kind in SERVERS.items():
        parts.append(_bar(kind, x, 40, BAR))
        parts.append(_text(x + 19, 51, name, ""))
        x += 44 + 8 * len(name)
    return [*parts, _line("budget", x, 38, 55), _text(x + 9, 51, "Gatehouse's budget", "")]


def _text(x: float, y: float, words: str, kind: str, anchor: str = "start") -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'


def _bar(kind: str, x: float, y: float, width: float) -> str:
    return f'<rect class="{kind}" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{BAR}" rx="2"/>'


def _line(kind: str, x: float, top: float, bottom: float) -> str:
    return f'<line class="{kind}" x1="{x:.1f}" x2="{x:.1f}" y1="{top:.1f}" y2="{bottom:.1f}"/>'
