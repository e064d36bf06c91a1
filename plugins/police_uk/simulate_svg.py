"""A small SVG drawing: shapes and texts, colours that colour-blind people can tell apart."""

from __future__ import annotations

from xml.etree import ElementTree as ET

FONT = "Arial, Helvetica, 'Liberation Sans', sans-serif"
INK, QUIET, RULE, PAPER = "#1a1a1a", "#4a4a4a", "#b8b8b8", "#ffffff"
LIGHTEST, DARKEST = (238, 243, 248), (8, 48, 96)

Number = float | int


class Drawing:
    """An SVG picture with a title and a description for those who do not see it."""

    def __init__(self, title: str, description: str) -> None:
        self.root = ET.Element("svg", {
            "xmlns": "http://www.w3.org/2000/svg", "role": "img", "xml:lang": "en",
            "aria-labelledby": "title description", "font-family": FONT, "font-size": "13",
        })
        ET.SubElement(self.root, "title", {"id": "title"}).text = title
        ET.SubElement(self.root, "desc", {"id": "description"}).text = description
        defs = ET.SubElement(self.root, "defs")
        hatch = ET.SubElement(defs, "pattern", {
            "id": "hatch", "width": "6", "height": "6", "patternUnits": "userSpaceOnUse",
            "patternTransform": "rotate(45)",
        })
        ET.SubElement(hatch, "rect", {"width": "6", "height": "6", "fill": "#f4f4f4"})
        ET.SubElement(hatch, "rect", {"width": "1.5", "height": "6", "fill": "#8a8a8a"})
        self.paper = ET.SubElement(self.root, "rect", {"fill": PAPER})

    def rect(self, x: Number, y: Number, width: Number, height: Number, fill: str,
             stroke: str | None = None, tip: str = "") -> None:
        """*tip* is shown when a pointer rests on it."""
        given = {"x": _n(x), "y": _n(y), "width": _n(width), "height": _n(height), "fill": fill}
        if stroke:
            given |= {"stroke": stroke, "stroke-width": "1"}
        shape = ET.SubElement(self.root, "rect", given)
        if tip:
            ET.SubElement(shape, "title").text = tip

    def line(self, x1: Number, y1: Number, x2: Number, y2: Number, stroke: str,
             dashed: bool = False) -> None:
        given = {"x1": _n(x1), "y1": _n(y1), "x2": _n(x2), "y2": _n(y2), "stroke": stroke}
        if dashed:
            given |= {"stroke-width": "1.5", "stroke-dasharray": "5 3"}
        ET.SubElement(self.root, "line", given)

    def text(self, x: Number, y: Number, said: str, *, size: int = 13, anchor: str = "start",
             fill: str = INK, bold: bool = False, halo: bool = False) -> None:
        """*halo*: a white edge, for words that stand over a line."""
        given = {"x": _n(x), "y": _n(y), "font-size": str(size), "fill": fill}
        if anchor != "start":
            given["text-anchor"] = anchor
        if bold:
            given["font-weight"] = "bold"
        if halo:
            given |= {"stroke": PAPER, "stroke-width": "4", "paint-order": "stroke"}
        ET.SubElement(self.root, "text", given).text = said

    def finished(self, width: Number, height: Number) -> str:
        """The whole file."""
        size = {"width": _n(width), "height": _n(height)}
        self.root.attrib |= size | {"viewBox": f"0 0 {_n(width)} {_n(height)}"}
        self.paper.attrib |= size
        ET.indent(self.root, " ")
        return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(
            self.root, encoding="unicode") + "\n"


def shade(share: float) -> str:
    """From pale to dark blue: one hue, so that only lightness has to be seen."""
    parts = (round(a + (b - a) * share) for a, b in zip(LIGHTEST, DARKEST, strict=True))
    return "#" + "".join(f"{part:02x}" for part in parts)


def on(colour: str) -> str:
    """Black or white, whichever is read better on *colour*: never under WCAG's 4.5."""
    return "#000000" if luminance(colour) > 0.179 else "#ffffff"


def luminance(colour: str) -> float:
    """Relative luminance by WCAG 2, from 0 to 1, of ``#rrggbb``."""
    parts = [int(colour[at:at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def short(text: str, signs: int) -> str:
    return text if len(text) <= signs else text[:signs - 1].rstrip() + "…"


def _n(value: Number) -> str:
    return f"{value:.1f}".removesuffix(".0")
