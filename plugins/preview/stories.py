"""What happens in each sample case, as record events: one for every stage and every outcome."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from flask_babel import lazy_gettext as N_
from flask_babel.speaklater import LazyString

from core.base import installed_languages
from core.force import StageId, vocabulary

Event = dict[str, Any]
SENSITIVE_FLAG = next(flag.id for flag in vocabulary.FLAGS.values() if flag.sensitive)
REASONS = "This is where the officer gives the reasons, in words of their own."
DONE = "This is where the officer says what was done: whom we spoke to, and what we looked at."
# Outcomes that are chosen where several lead to one stage, and what samples of a scheme are called.
USUAL = frozenset({"18", "8", "community-penalty"})
CALLED = {"home_office": "outcome", "police_uk": "published"}


@dataclass(frozen=True)
class Sample:
    """One made-up case. ``name`` is part of its address; ``tell`` says what happens in it."""

    group: str
    name: str
    title: str | LazyString
    tell: Callable[[Story], None]
    mark: str = ""
    note: str | LazyString = ""


@dataclass
class Story:
    """Collects the events of one case. Days count from the report; the last is before the 40th."""

    subject: str
    began: datetime
    now: datetime
    officers: list[dict[str, Any]]
    events: list[Event] = field(default_factory=list)

    def add(self, kind: str, day: float, /, **data: Any) -> None:
        """News of ``uk.police.<kind>.v1``."""
        moment = self.began + timedelta(days=day)
        self.events.append({
            "specversion": "1.0", "id": f"preview/{self.subject}/{len(self.events)}",
            "source": "preview", "type": f"uk.police.{kind}.v1", "time": moment.isoformat(),
            "subject": self.subject, "datacontenttype": "application/json", "data": data,
        })

    def stage(self, stage: StageId, day: float, /, **data: Any) -> None:
        self.add("crime.progress", day, stage=stage, **data)

    def officer(self, day: float = 3, number: int = 0) -> None:
        self.add("crime.allocated", day, officer=self.officers[number])

    def investigate(self, day: float = 6) -> None:
        by = (self.now + timedelta(days=12)).date().isoformat()
        self.stage(
            StageId.INVESTIGATING, day, next_update_by=by,
            text="I have asked the shops nearby for their camera footage.",
            next_step="I will look at the footage and tell you what I find.",
        )


# --- stages -----------------------------------------------------------------------------------


def ending_at(codes: vocabulary.NationCodes, stage: StageId) -> dict[str, str]:
    """Scheme and outcome that bring a case of this nation to *stage*; empty if none does."""
    found = [{"scheme": scheme, "outcome": code.id} for scheme, known in codes.schemes.items()
             for code in known.values() if code.stage == stage]
    return next((one for one in found if one["outcome"] in USUAL), found[0] if found else {})


def _end(story: Story, codes: vocabulary.NationCodes, stage: StageId, day: float, /, **words: str) -> None:
    how = ending_at(codes, stage)
    if how:
        story.add("crime.outcome", day, **how, **words)
    else:
        story.stage(stage, day)


def _at_stage(story: Story, stage: StageId, codes: vocabulary.NationCodes) -> None:
    """The usual way to this stage."""
    if stage in (StageId.RECEIVED, StageId.ASSESSING, StageId.NOT_INVESTIGATING):
        story.stage(stage, 2, text=REASONS if stage == StageId.NOT_INVESTIGATING else None)
        return
    if stage == StageId.RECORDED:
        return
    story.officer()
    if stage == StageId.ALLOCATED:
        return
    story.investigate()
    if stage in (StageId.SUSPECT_ACTION, StageId.DECISION, StageId.CHARGED, StageId.COURT, StageId.RESULT):
        story.add("suspect.arrested", 12)
        story.add("suspect.interviewed", 12.2)
        story.add("suspect.released", 12.3, kind="bail")
    if stage in (StageId.CHARGED, StageId.COURT, StageId.RESULT):
        story.add("suspect.charged", 20)
    if stage in (StageId.CLOSED, StageId.REOPENED, StageId.NO_FURTHER_ACTION):
        _end(story, codes, StageId.NO_FURTHER_ACTION, 24, reasons=REASONS, done=DONE)
    if stage == StageId.REOPENED:
        story.stage(StageId.CLOSED, 28)
        story.add("crime.reopened", 34, reasons="Someone told us what they saw.")
    elif stage == StageId.OUT_OF_COURT:
        _end(story, codes, stage, 24, reasons=REASONS)
    elif stage == StageId.RESULT:
        story.stage(StageId.COURT, 26)
        _end(story, codes, stage, 34)
    elif stage not in (
        StageId.INVESTIGATING, StageId.SUSPECT_ACTION, StageId.CHARGED, StageId.NO_FURTHER_ACTION,
    ):
        story.stage(stage, 28)


def _with_outcome(story: Story, scheme: str, outcome: Any) -> None:
    story.officer()
    story.investigate()
    if outcome.stage in (StageId.CHARGED, StageId.COURT, StageId.RESULT):
        story.add("suspect.interviewed", 14)
    if outcome.stage in (StageId.COURT, StageId.RESULT):
        story.add("suspect.charged", 20)
    story.add("crime.outcome", 30, scheme=scheme, outcome=outcome.id, reasons=REASONS, done=DONE)


# --- what else can be so ----------------------------------------------------------------------


def _messages(story: Story) -> None:
    story.officer()
    story.investigate()
    story.add("message.sent", 9, officer=story.officers[0],
              text="Have you found anything else missing since we spoke? A list helps us.")
    story.add("message.sent", 20, officer=story.officers[0],
              text="Thank you for your list. I am checking it against what was sold in town.")


def _officer_away(story: Story) -> None:
    story.officer(number=1)
    story.investigate()


def _officer_changed(story: Story) -> None:
    story.officer(3, number=2)
    story.officer(15, number=0)


def _no_officer(story: Story) -> None:
    story.stage(StageId.ASSESSING, 1)


def _silent(story: Story) -> None:
    story.officer()
    story.investigate()
    story.add("crime.amended", 20, flags=[SENSITIVE_FLAG])


SEVERAL = ("several-first", "several-second", "several-third")
# Whom letters go to in each language: without safe contact named ones, with it discreet ones.
READERS = tuple(
    (f"reader-{kind}-{language}", language, {"words": kind})
    for kind in ("named", "discreet") for language in installed_languages()
)


def every_sample(codes: vocabulary.NationCodes) -> tuple[Sample, ...]:
    """All sample cases of a force whose record systems send *codes*."""
    return tuple(_every_sample(codes))


def _endings(codes: vocabulary.NationCodes) -> Iterator[Sample]:
    for number, (scheme, known) in enumerate(codes.schemes.items(), 1):
        called = CALLED.get(scheme, f"ending-{number}")
        for code in known.values():
            yield Sample(
                scheme, f"{called}-{code.id.lower()}", code.label,
                partial(_with_outcome, scheme=scheme, outcome=code),
                code.id if code.id[0].isdigit() else "", code.name if code.name != code.label else "",
            )


def _every_sample(codes: vocabulary.NationCodes) -> Iterator[Sample]:
    at_stage = partial(_at_stage, codes=codes)
    for stage in vocabulary.STAGES.values():
        yield Sample("stages", f"stage-{stage.id.replace('_', '-')}", stage.name,
                     partial(at_stage, stage=stage.id), str(stage.order))
    yield from _endings(codes)
    yield Sample("situations", "messages", N_("Messages with the officer"), _messages)
    yield Sample("situations", "officer-away", N_("The officer is away"), _officer_away)
    yield Sample("situations", "no-officer", N_("No officer yet"), _no_officer)
    yield Sample("situations", "officer-changed", N_("Another officer took over"), _officer_changed)
    yield Sample("several", SEVERAL[0], "", partial(at_stage, stage=StageId.INVESTIGATING))
    yield Sample("several", SEVERAL[1], "", partial(at_stage, stage=StageId.CHARGED))
    yield Sample("several", SEVERAL[2], "", partial(at_stage, stage=StageId.CLOSED))
    yield Sample("desk", "silent", "", _silent)
    yield Sample("readers", "readers", "", Story.officer)
