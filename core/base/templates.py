"""Jinja's environment of the portal, and one for each language that somebody reads.

A template says ``_("…")``, ``when``, ``lang_of`` and ``lang``. In the environment of a language these are
that language's own, so that a page asks once which language it is in, and no longer at each sentence.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any, ClassVar

from flask import Flask, has_app_context
from flask.templating import Environment
from jinja2 import BytecodeCache, Template
from jinja2.bccache import Bucket
from markupsafe import Markup

from core.base.i18n import Words, words


class CompiledOnce(BytecodeCache):
    """What templates were compiled to, for all languages: they differ in what their names stand for only."""

    def __init__(self) -> None:
        self.compiled: dict[tuple[str, str], Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self.compiled.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.compiled[bucket.key, bucket.checksum] = bucket.code


class Templates(Environment):
    """A template is read in the environment of the present language; without an app at work, in this one."""

    of_language: Words | None = None
    compiled: ClassVar[CompiledOnce] = CompiledOnce()

    def __init__(self, app: Flask, **options: Any) -> None:
        super().__init__(app, bytecode_cache=self.compiled, **options)
        self.of_languages: dict[Words, Templates] = {}
        self.rendered: dict[tuple[Any, ...], Markup] = {}  # parts of pages that are kept, by what they are of

    def get_template(
        self, name: Any, parent: str | None = None,
        globals: MutableMapping[str, Any] | None = None,  # noqa: A002 - Jinja's name for it
    ) -> Template:
        if self.of_language is None and has_app_context():
            return self.in_language(words()).get_template(name, parent, globals)
        return super().get_template(name, parent, globals)

    def in_language(self, words: Words) -> Templates:
        """This environment for who reads the language of *words*; made when it is first asked for, when all
        filters and globals are there."""
        found = self.of_languages.get(words)
        if found is None:
            found = self.overlay()
            found.of_language, found.rendered = words, {}
            found.filters = {**self.filters, **words.filters()}
            found.globals = {**self.globals, **words.globals()}
            self.of_languages[words] = found
        return found

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """What all templates know is settled when the first is read, so each has it in a dict of its own.
        Jinja keeps it open to change, which costs a fiftieth of a page's time."""
        return {**self.globals, **(d or {})}
