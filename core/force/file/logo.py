"""The logo of a force: a small SVG that draws by itself, without anything from elsewhere."""

from __future__ import annotations

import re
from pathlib import Path
from xml.parsers import expat

MOST_BYTES = 50_000
SVG = "http://www.w3.org/2000/svg"
HTML = "http://www.w3.org/1999/xhtml"
_FROM_ELSEWHERE = re.compile(
    r"(?:https?:)?//|@import|url\(\s*['\"]?\s*(?!#)|javascript:|data:(?!image/(?:png|jpeg);base64,)",
    re.IGNORECASE,
)
_ACTIVE = frozenset({"script", "foreignObject", "iframe", "embed", "object", "handler", "listener"})


def logo_faults(path: Path) -> list[tuple[str, str]]:
    """What is wrong and what would be right, of each fault of the file; empty if none."""
    if path.parent.resolve() not in path.resolve().parents:
        return [(f"{path.name} leads to a file in another folder",
                 f"the file itself in the folder {path.parent.name}")]
    return content_faults(path.name, path.read_bytes())


def logo_of(folder: Path, name: str | None) -> bytes | None:
    """The logo in the force's *folder* as it may be shown; None when there is none without a fault."""
    path = folder / "static" / (name or "")
    return None if not name or not path.is_file() or logo_faults(path) else path.read_bytes()


def content_faults(name: str, content: bytes) -> list[tuple[str, str]]:
    """As :func:`logo_faults`, of what is in a file of this name."""
    if len(content) > MOST_BYTES:
        return [(
            f"{name} has {len(content) / 1000:,.0f} kB, which every page would wait for",
            f"at most {MOST_BYTES // 1000} kB: save it as plain SVG, without pictures in it",
        )]
    reading = _Reading()
    try:
        reading.parser.Parse(content, True)
    except expat.ExpatError as error:
        if not reading.found:
            said = expat.ErrorString(error.code)
            return [(f"{name} is not an SVG picture: line {error.lineno}: {said}",
                     "a file saved as SVG from a drawing program, not one that was renamed")]
    return [(f"{name}, line {line}: {wrong}", right)
            for wrong, (line, right) in reading.found.items()]


class _Reading:
    def __init__(self) -> None:
        self.found: dict[str, tuple[int, str]] = {}
        self.depth = 0
        self.in_style = False
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartElementHandler = self.begin
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.text
        self.parser.StartDoctypeDeclHandler = self.doctype
        self.parser.ProcessingInstructionHandler = self.instruction

    def note(self, wrong: str, right: str) -> None:
        self.found.setdefault(wrong, (self.parser.CurrentLineNumber, right))

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        space, _, tag = name.rpartition(" ")
        if not self.depth and (space, tag) != (SVG, "svg"):
            self.note(f"it is not an SVG picture: it begins with <{tag}>",
                      f'a file that begins with <svg xmlns="{SVG}" …>')
        self.depth += 1
        self.in_style = tag == "style"
        if tag in _ACTIVE or space == HTML:
            self.note(f"<{tag}> can do more than draw", f"the same picture without <{tag}>")
        for key, value in attributes.items():
            self.attribute(key.rpartition(" ")[2], value)

    def attribute(self, key: str, value: str) -> None:
        if key.lower().startswith("on"):
            self.note(f"{key} is a script", f"the same picture without {key}")
        elif key == "href" and not value.startswith(("#", "data:image/png", "data:image/jpeg")):
            self.note(f"“{value[:60]}” is fetched from elsewhere", "everything drawn in the file")
        elif _FROM_ELSEWHERE.search(value) and key != "href":
            self.note(f"{key} names something elsewhere", "everything drawn in the file")

    def text(self, text: str) -> None:
        if self.in_style and _FROM_ELSEWHERE.search(text):
            self.note("its style names something elsewhere", "everything drawn in the file")

    def end(self, name: str) -> None:
        self.depth -= 1
        self.in_style = False

    def doctype(self, *_: object) -> None:
        self.note("it has a DOCTYPE", "the same file without the line <!DOCTYPE …>")

    def instruction(self, target: str, data: str) -> None:
        self.note(f"<?{target} …?> names something elsewhere", "everything drawn in the file")
