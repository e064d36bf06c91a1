"""The terms of the Victims' Code of 2021, in force since 1 April 2021; a new edition is added beside it.

Of news at court a Witness Care Unit tells, and its term counts from when it received it. Where no number
was read, the portal keeps to the stricter one beside it and shows none.
"""

from __future__ import annotations

from datetime import date

from core.commitments import law
from core.hookspecs import CommitmentKind
from plugins.victims_code import sources
from plugins.victims_code.clock_unopened import UNOPENED
from plugins.victims_code.news_codes import (
    CHARGED,
    COURT_ENDED,
    ENDED_WITHOUT_CHARGE,
    NOT_PROSECUTED,
    OUT_OF_COURT,
    SENTENCED,
)

AFTER_A_CRIME = "https://www.gov.uk/your-rights-after-crime"
REVIEW = "https://wmpcc.formationmedia.dev/complaints/victims-right-to-review-2"

FIVE, TWO, ONE = law.Term(5), law.Term(2), law.Term(1)
FIVE_DAYS = law.Term(5, law.Unit.DAYS)
TWO_UNREAD, FIVE_UNREAD, ONE_UNREAD = (
    law.Term(count, confidence=law.Confidence.UNCONFIRMED) for count in (2, 5, 1))
ONE_OLD = law.Term(1, confidence=law.Confidence.OLD)
NO_NUMBER = "No number was read: kept within the two working days of the referral."


def _at_report(key: str, right: str, what: str, source: str, kind: CommitmentKind, **other: str) -> law.Duty:
    """What begins when a crime is recorded, and for which no number was read."""
    return law.Duty(
        key=key, right=right, what=what, teller="police", source=source, triggers=(law.When("recorded"),),
        standard=TWO_UNREAD, enhanced=TWO_UNREAD, kind=kind, note=other.get("note", NO_NUMBER))


def _of_suspect(key: str, what: str, *triggers: law.When) -> law.Duty:
    """News of a suspect: five working days, and one under the enhanced service (right 6)."""
    return law.Duty(
        key=key, right="6", what=what, teller="police", source=sources.RIGHT_6.address,
        triggers=triggers, standard=FIVE, enhanced=ONE, kind=law.kind_of_news(triggers))


EDITION_2021 = law.Edition("2021", date(2021, 4, 1), (
    _at_report(
        "ack_written", "3", "a written acknowledgement of the report", sources.RIGHT_3.address,
        CommitmentKind.ACKNOWLEDGEMENT,
        note=f"{NO_NUMBER} It says too how the case goes on, and what support there is (process_info)."),
    _at_report(
        "needs_assessment", "4", "needs are assessed, so that services can be fitted to them",
        sources.RIGHT_4.address, CommitmentKind.NEEDS_ASSESSMENT),
    law.Duty(
        key="support_referral", right="4", what="referred to a service that supports victims",
        teller="police", source=sources.RIGHT_4.address, triggers=(law.When("recorded"),),
        standard=TWO, enhanced=TWO, kind=CommitmentKind.SUPPORT_REFERRAL),
    _at_report(
        "vps_offer", "7", "a Victim Personal Statement is offered", sources.RIGHT_7.address,
        CommitmentKind.STATEMENT_OFFERED),
    _of_suspect(
        "no_investigation", "the crime is not investigated, and why",
        law.When("progress", ("not_investigating",))),
    _of_suspect("arrested", "a suspect was arrested", law.When("arrested")),
    _of_suspect("interviewed_caution", "a suspect was interviewed under caution", law.When("interviewed")),
    _of_suspect(
        "released_no_charge", "a suspect was released without charge",
        law.When("released", ("no_further_action",))),
    _of_suspect(
        "released_bail_rui", "a suspect was released on police bail or under investigation",
        law.When("released", ("bail", "under_investigation")), law.When("released")),
    _of_suspect("bail_changed", "conditions of police bail were changed or cancelled",
        law.When("bail_changed")),
    law.Duty(
        key="charged", right="6", what="a suspect was charged", teller="police", source=AFTER_A_CRIME,
        triggers=(law.When("charged"), law.When("progress", ("charged",)), *CHARGED),
        standard=FIVE_DAYS, enhanced=ONE_UNREAD, kind=CommitmentKind.TOLD,
        note="Days, not working days. The enhanced term was not read."),
    law.Duty(
        key="out_of_court", right="6", what="a caution, penalty notice or the like was given",
        teller="police or prosecutors", source=AFTER_A_CRIME,
        triggers=(law.When("progress", ("out_of_court",)), *OUT_OF_COURT),
        standard=FIVE_DAYS, enhanced=ONE_UNREAD, kind=CommitmentKind.TOLD,
        note="Days, not working days; read of cautions and penalty notices. The enhanced term was not read."),
    law.Duty(
        key="not_prosecuted", right="6", what="nobody is prosecuted, why, and how to ask for a review",
        teller="police or prosecutors", source=REVIEW,
        triggers=(law.When("progress", ("no_further_action",)), *NOT_PROSECUTED),
        standard=FIVE, enhanced=ONE_OLD, kind=CommitmentKind.TOLD,
        note="The enhanced term was read of an earlier edition."),
    law.Duty(
        key="investigation_ended", right="6",
        what="the investigation ended without a decision about a suspect, and why", teller="police",
        source=sources.RIGHT_6.address, confidence=law.Confidence.UNCONFIRMED, triggers=ENDED_WITHOUT_CHARGE,
        standard=FIVE_UNREAD, enhanced=ONE_UNREAD, kind=CommitmentKind.TOLD,
        note="Not read as a right of its own: kept as a decision not to investigate is."),
    law.Duty(
        key="hearing_details", right="8", what="when and where a hearing is", teller="Witness Care Unit",
        source=sources.RIGHT_8.address, triggers=(law.When("hearing"),), since=law.Since.RECEIVED,
        standard=ONE, enhanced=ONE, kind=CommitmentKind.TOLD),
    law.Duty(
        key="case_outcome", right="9", what="how the case ended at court", teller="Witness Care Unit",
        source=sources.RIGHT_9.address,
        triggers=(law.When("court_result"), law.When("progress", ("result",)), *COURT_ENDED),
        since=law.Since.RECEIVED, standard=ONE, enhanced=ONE, kind=CommitmentKind.TOLD),
    law.Duty(
        key="sentence", right="9", what="the sentence and what it means", teller="Witness Care Unit",
        source=sources.RIGHT_9.address, triggers=(law.When("court_result", ("sentenced",)), *SENTENCED),
        since=law.Since.RECEIVED, standard=ONE, enhanced=ONE, kind=CommitmentKind.TOLD),
    *UNOPENED,
))
CLOCK = law.Clock((EDITION_2021,), usual_scheme="home_office")
