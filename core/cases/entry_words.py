"""What people read of entries: the plugins of their force are asked once for each kind, and it is kept."""

from __future__ import annotations

from typing import NamedTuple

from core.base.i18n import language
from core.cases.tellings import Tellings
from core.hookspecs import EntryCodes
from core.plugin_host.host import InstalledForce, installed

GENERAL = Tellings()  # told where no plugin of the force tells
Codes = tuple[str, str | None, str | None, str | None, str | None]


class EntryTexts(NamedTuple):
    """A :class:`core.hookspecs.Telling` in the reader's language."""

    title: str
    meaning: str
    next_step: str | None
    rights: str | None
    unexplained: str | None = None


class EntryWords:
    """The words of a force in one language and the editions of its plugins, by default of the force in scope
    and the present language.

    They are kept on the force itself: in one process others read the law of another nation.
    """

    def __init__(self, at: InstalledForce | None = None, spoken: str | None = None) -> None:
        self._at = at or installed()
        law, spoken = self._at.law, spoken or language()
        self._kept: dict[Codes, EntryTexts] = law.kept.setdefault((spoken, law.editions), {})

    def of(
        self, kind: str, stage: str | None = None, outcome: str | None = None, scheme: str | None = None,
        release_kind: str | None = None,
    ) -> EntryTexts:
        """What is told of an entry with these codes, as :class:`core.hookspecs.EntryCodes` names them."""
        codes = kind, stage, outcome, scheme, release_kind
        told = self._kept.get(codes)
        if told is None:
            told = self._kept[codes] = self._asked(EntryCodes(*codes))
        return told

    def _asked(self, entry: EntryCodes) -> EntryTexts:
        telling = self._at.hook.tell_entry(force=self._at.force, entry=entry) or GENERAL.of(entry)
        more = (telling.next_step, telling.rights, telling.unexplained)
        return EntryTexts(str(telling.title), str(telling.meaning),
                    *(str(text) if text else None for text in more))
