"""What an officer types on the desk's pages, and how a slip is explained."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as N_
from flask_babel.speaklater import LazyString
from uuid6 import uuid7
from wtforms import Field

from core.base import clock
from core.force import vocabulary
from core.intake import conversation, updates
from core.web import forms

ANSWER = "answer-"  # and whom to
LONGEST_LINE = 500
# By the first word of a field's name, the id of the part of the page in which it stands.
PARTS = {
    "text": "update", "stage": "update", "next": "update", "nothing": "nothing-new", "contact": "contact",
}
CONTACT_WAYS: Mapping[str, LazyString] = {
    "phone": N_("By phone"),
    "in_person": N_("In person"),
    "post": N_("By post"),
    "email": N_("By email"),
    "sms": N_("By text message"),
}
CONTACT_OUTCOMES: Mapping[str, LazyString] = {
    "reached": N_("I reached them"),
    "tried": N_("I tried, and did not reach them"),
    "message": N_("I left a message"),
}


def answer_to(person_id: UUID) -> str:
    """The field in which an answer to this person is written."""
    return f"{ANSWER}{person_id.hex}"


def seen(given: str) -> datetime:
    """When the page was made on which an officer wrote; now, if it does not say (UTC)."""
    now = clock.now()
    try:
        moment = datetime.fromisoformat(given)
    except ValueError:
        return now
    return min(moment, now) if moment.tzinfo else now


def form_key(given: str) -> UUID:
    """The key that came with the form; a new one when there is none of ours."""
    try:
        key = UUID(given)
    except ValueError:
        return uuid7()
    return key if key.version == 7 else uuid7()


def _printable(typed: str) -> str:
    return unicodedata.normalize("NFC", "".join(filter(str.isprintable, typed)).strip()[:100])


class FindForm(forms.Form):
    """Which case an officer looks for; people also type names here."""

    reference = forms.Line(N_("Find a case by its reference"), filters=[_printable], type="search",
                           autocomplete="off", spellcheck=False)


class Answers(Field):
    """Box -> what is written in it: a box for each person, so that how many there are depends on the case."""

    to: UUID | None = None

    def process(self, formdata: Any, *_values: Any, **_filters: Any) -> None:
        self.data = {name: text for name, text in (formdata or {}).items() if name.startswith(ANSWER)}

    def written(self) -> dict[str, str]:
        return dict(self.data)

    def refuse(self, person_id: UUID, text: str) -> None:
        """Say at the box of this person what is wrong in it."""
        self.to, self.errors = person_id, [text]

    @property
    def box(self) -> str:
        return f"text-{self.to.hex}" if self.to else ""


class Quick(forms.Select):
    """A choice that is made anew each time: nothing of it is kept as begun."""

    def written(self) -> dict[str, str]:
        return {}


class QuickChoice(forms.Choice):
    """As :class:`Quick`, with all that can be chosen in sight: one press."""

    def written(self) -> dict[str, str]:
        return {}


class QuickDay(forms.Day):
    """A day that a form of its own button needs: it is looked at when that button is pressed."""

    def pre_validate(self, form: Any) -> None:
        """Other buttons do not ask for it."""

    def written(self) -> dict[str, str]:
        return {}


class CaseForm(forms.Form):
    """All that an officer writes on a case's page: an update, an answer to each person, a contact."""

    seen = forms.Hidden(filters=[seen])
    answer_key = forms.Key()
    answers = Answers()
    nothing_key = forms.Key(form_key)  # before the field of this name hides the function
    form_key = forms.Key(form_key)
    stage = forms.Select(
        N_("Where the case stands now"), default=None, options=[("", N_("No change")), *(
            (one, vocabulary.STAGES[one].name) for one in updates.OFFICER_STAGES)],
        hint=N_("Charges, outcomes and court results come from the record system."))
    text = forms.LongText(
        N_("What has happened"), maxlength=updates.MAX_TEXT,
        hint=N_("Plain words, as you would say it on the phone. If you close the case, say why."))
    next_step = forms.LongText(
        N_("What happens next (optional)"), maxlength=updates.MAX_NEXT_STEP, rows=2,
        hint=N_("Who does what. It stays at the top of their page until you write another, or other news "
                "moves the case on."))
    next_update_by = forms.Day(
        N_("Next update by (optional)"), optional=True, explain=lambda day: problem_of(
            day.name, "not_a_year" if day.slip.part == "year" else "not_a_date"))

    nothing_reason = QuickChoice(N_("Why is there nothing new?"))
    nothing_more = forms.LongText(
        N_("A sentence of your own (optional)"), maxlength=LONGEST_LINE, rows=2,
        hint=N_("Plain words. No names or details of suspects or witnesses."))
    nothing_by = QuickDay(
        N_("They will hear from you by"), explain=lambda day: problem_of(
            day.name, "not_a_year" if day.slip.part == "year" else "not_a_date"))
    contact_key = forms.Key()
    contact_way = Quick(N_("How were you in contact?"), default="phone", options=[*CONTACT_WAYS.items()])
    contact_outcome = QuickChoice(N_("Did you reach them?"), options=[*CONTACT_OUTCOMES.items()])
    contact_topics = forms.Several(
        N_("What did you do? (optional)"), hint=N_("What is still owed to them, if you reached them."))
    contact_line = forms.LongText(
        N_("What they may read of it (optional)"), maxlength=LONGEST_LINE, rows=2,
        hint=N_("Plain words. Only this person reads it."))

    def __init__(self, given: Mapping[str, str] | None = None) -> None:
        super().__init__(given)
        if given is None:  # it was sent, and a list of which nothing came says what its first line says
            self.stage.data = self.stage.data or ""

    @property
    def opened(self) -> str:
        """The part of the page that is open at first: where something is to be put right, else was begun."""
        wrong = next((field.name for field in self if field.errors), "")
        if wrong == "answers" and self.answers.to:
            return answer_to(self.answers.to)
        if wrong:
            return PARTS[wrong.partition("_")[0]]
        began = next((name for name, text in self.written().items() if text and name != "stage"), "")
        return began if began.startswith(ANSWER) else PARTS.get(began.partition("_")[0], "")

    def without(self, *sent: str) -> dict[str, str]:
        """What stays begun when these boxes were sent."""
        return {box: text for box, text in self.written().items() if box not in sent}

    @property
    def update(self) -> updates.Update:
        """What is written for the timeline, in a form without a fault."""
        return updates.Update(
            stage=self.stage.data or "", text=self.text.data, next_step=self.next_step.data,
            next_update_by=self.next_update_by.data)

    def explain(self, problems: Mapping[str, str]) -> None:
        """Say at each field what :class:`core.intake.updates.UpdateProblem` says of it."""
        for field, problem in problems.items():
            self.refuse(field, problem_of(field, problem))


def problem_of(field: str, problem: str) -> str:
    """What to put right at a field of an update."""
    longest = updates.MAX_TEXT if field == "text" else updates.MAX_NEXT_STEP
    texts = {
        "unknown": _("Choose one of the stages"),
        "nothing_new": _("Write what is new, or choose where the case stands now"),
        "needs_reasons": _("Give the reasons: people must be told why their case is closed"),
        "too_long": _("This must be %(count)s characters or fewer", count=longest),
        "unreadable": _("This has a sign that cannot be shown. Take it out."),
        "not_a_date": _("Enter a real date, like 27 3 2027"),
        "not_a_year": _("Enter the whole year, like 2027"),
        "needs_day": _("Enter a date: people count on it"),
        "past": _("The date must be today or later"),
        "too_far": _("The date must be within a year: people count on it"),
    }
    return str(texts[problem])


def message_problem(problem: ValueError) -> str:
    """What to put right in an answer that the conversation does not take."""
    if isinstance(problem, conversation.EmptyMessage):
        return str(_("Write your answer"))
    if isinstance(problem, conversation.MessageTooLong):
        return str(_("The answer must be %(count)s characters or fewer",
                     count=conversation.MAX_MESSAGE))
    return str(_("The answer has a sign that cannot be shown. Take it out."))
