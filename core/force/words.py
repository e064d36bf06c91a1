"""A text of a force in the languages it is written in: a table by language, or plain text in the source's.

In a file ``name = "Gwent Police"`` is right, and ``name = { en = "Gwent Police", cy = "Heddlu Gwent" }``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, ClassVar

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from core.base.languages import SOURCE_LANGUAGE, installed
from core.force.field_types import Line, Text

TAGS = ("[text]", "[table]")  # of the two ways to write it; they stand in the place of an error


class Words:
    """A text of several lines at most, always in English too; for a plugin's settings as well.

    ``str()`` of it is English. Compared and kept as a value.
    """

    kind: ClassVar[Any] = Text
    by_language: Mapping[str, str]

    def __init__(self, by_language: Mapping[str, str]) -> None:
        self.by_language = MappingProxyType(dict(by_language))

    def in_language(self, code: str) -> tuple[str, str]:
        """The text and the language it is really in: English where there is no other."""
        if code in self.by_language:
            return self.by_language[code], code
        return self.by_language[SOURCE_LANGUAGE], SOURCE_LANGUAGE

    def lacks(self, codes: Iterable[str]) -> Iterator[str]:
        """Those of the languages that the text is not written in."""
        return (code for code in codes if code not in self.by_language)

    def __str__(self) -> str:
        return self.by_language[SOURCE_LANGUAGE]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({dict(self.by_language)!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Words) and self.by_language == other.by_language

    def __hash__(self) -> int:
        return hash(frozenset(self.by_language.items()))

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        text = handler.generate_schema(cls.kind)
        fields = {code: core_schema.typed_dict_field(text, required=code == SOURCE_LANGUAGE)
                  for code in installed()}
        table = core_schema.typed_dict_schema(fields, extra_behavior="forbid")
        written = core_schema.tagged_union_schema(
            dict(zip(TAGS, (text, table), strict=True)), lambda value: TAGS[isinstance(value, dict)])
        return core_schema.no_info_after_validator_function(cls._of, written)

    @classmethod
    def _of(cls, written: str | Mapping[str, str]) -> Words:
        return cls({SOURCE_LANGUAGE: written} if isinstance(written, str) else written)


class Called(Words):
    """A name: one line."""

    kind = Line
