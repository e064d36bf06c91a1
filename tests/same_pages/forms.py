"""The forms of a page, and what a browser sends of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

ODD = "1 <b>ŵ</b> ?"  # fits no field but those that take anything, and shows how it is escaped


@dataclass
class Form:
    """``fields`` are (kind, name, value); ``chosen`` (name, value) of those that are sent as they stand;
    ``buttons`` (name, value, where it sends to).
    """

    action: str
    method: str
    name: str
    fields: list[tuple[str, str, str]] = field(default_factory=list)
    chosen: list[tuple[str, str]] = field(default_factory=list)
    buttons: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def hidden(self) -> dict[str, str]:
        return {name: value for kind, name, value in self.fields if kind == "hidden"}

    @property
    def standing(self) -> dict[str, list[str]]:
        """What a browser sends when only a button is pressed, but for what stands in large fields."""
        found: dict[str, list[str]] = {}
        for name, value in self.chosen:
            found.setdefault(name, []).append(value)
        return found

    def sent(self) -> Iterator[tuple[str, str, dict[str, str]]]:
        """(how, address, fields): by each of its buttons with nothing filled in, and with odd values."""
        odd = {name: value if kind in ("radio", "checkbox", "select") else ODD
               for kind, name, value in reversed(self.fields) if kind != "hidden"}
        buttons = self.buttons or [("", "", "")]
        for number, (name, value, action) in enumerate(buttons):
            pressed = {name: value} if name else {}
            how = f" by {number + 1}" if len(buttons) > 1 else ""
            yield f"empty{how}", action or self.action, {**self.hidden, **pressed}
            if odd:
                yield f"odd{how}", action or self.action, {**odd, **self.hidden, **pressed}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._open, self._select = False, ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = True
            self.forms.append(Form(
                given.get("action", ""), given.get("method", "get").lower(), given.get("id", "")))
        if not self._open:
            return
        form, name, value = self.forms[-1], given.get("name", ""), given.get("value", "")
        kind = given.get("type", "submit" if tag == "button" else "text")
        if tag == "button" and kind == "submit":
            form.buttons.append((name, value, given.get("formaction", "")))
        elif tag == "select":
            self._select = name
        elif tag == "option" and value:
            form.fields.append(("select", self._select, value))
            if "selected" in given:
                form.chosen.append((self._select, value))
        elif tag in ("input", "textarea") and name:
            form.fields.append((kind, name, value))
            if kind not in ("radio", "checkbox") or "checked" in given:
                form.chosen.append((name, value))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = False


def forms_of(html: str) -> list[Form]:
    """Every form of a page that is sent (method post)."""
    reader = _Reader()
    reader.feed(html)
    return [form for form in reader.forms if form.method == "post"]
