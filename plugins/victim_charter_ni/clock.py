"""What people in Northern Ireland are to be told, as a table. No number of days was confirmed: none is shown.

The portal keeps to a number of its own, that of an answer to a message: three working days of Northern
Ireland, for everyone, since no enhanced term was confirmed there. No term of another nation applies.
"""

from __future__ import annotations

from datetime import date

from core.commitments import law
from core.force import StageId
from core.hookspecs import CommitmentKind
from plugins.victim_charter_ni import sources

OUR_OWN = law.Term(3, confidence=law.Confidence.UNCONFIRMED)
NO_NUMBER = "No number was confirmed: kept within the three working days in which a message is answered."
NOT_READ = f"Not read as a right. {NO_NUMBER}"
CHARTER = sources.CHARTER.address
CARE_UNIT = "Victim and Witness Care Unit"
UNIT_TELLS = "The Victim and Witness Care Unit tells it, and the portal does not see when it begins."

CODES = "psni_outcomes"
OUT_OF_COURT = (
    "community_resolution_notice", "penalty_notice", "caution", "restorative_caution", "informed_warning",
    "diversionary_youth_conference", "community_based_restorative_justice", "youth_diversion",
    "conditional_caution", "prosecutorial_fine",
)
ENDED = ("no_suspect", "insufficient_evidence", "passed_to_another_body", "victim_does_not_support")
NO_NEWS_OF_THE_CODE: dict[str, set[str]] = {CODES: set()}


def _news_of(
    key: str, what: str, *triggers: law.When, teller: str = "police",
    source: str = CHARTER,
    confidence: law.Confidence = law.Confidence.OK, since: law.Since = law.Since.EVENT,
    note: str = NO_NUMBER,
) -> law.Duty:
    return law.Duty(
        key=key, right="information", what=what, teller=teller, source=source, confidence=confidence,
        triggers=triggers, since=since, standard=OUR_OWN,
        kind=law.kind_of_news(triggers), note=note)


def _at_report(key: str, right: str, what: str, kind: CommitmentKind) -> law.Duty:
    return law.Duty(
        key=key, right=right, what=what, teller="police", source=CHARTER, triggers=(law.When("recorded"),),
        standard=OUR_OWN, kind=kind, note=NO_NUMBER)


def _outcome(*codes: str) -> law.When:
    return law.When("outcome", codes, CODES)


EDITION_2015 = law.Edition("2015", date(2015, 9, 1), (
    _at_report("ack_written", "information", "the details of the crime reference, and what to expect",
               CommitmentKind.ACKNOWLEDGEMENT),
    _at_report("needs_assessment", "support", "needs are assessed", CommitmentKind.NEEDS_ASSESSMENT),
    _at_report("support_referral", "support", "referred to services that can help",
               CommitmentKind.SUPPORT_REFERRAL),
    _news_of("investigation_ended", "an investigation is not continued, or has ended",
             law.When("progress", (StageId.NOT_INVESTIGATING, StageId.NO_FURTHER_ACTION)), _outcome(*ENDED)),
    _news_of("suspect_news", "a suspect was arrested or interviewed, or bail changed", law.When("arrested"),
             law.When("interviewed"), law.When("bail_changed"), source=sources.BAIL.address,
             confidence=law.Confidence.UNCONFIRMED, note=NOT_READ),
    _news_of("released", "a suspect was released", law.When("released"),
             source=sources.BAIL_AFTER_CHARGE.address,
             confidence=law.Confidence.UNCONFIRMED, note=NOT_READ),
    _news_of("charged", "the offences for which somebody is prosecuted", law.When("charged"),
             law.When("progress", ("charged",)), _outcome("charge_or_summons", "prosecution")),
    _news_of("prosecutors_decide", "the police have sent what they found to the prosecutors",
             _outcome("sent_to_prosecutors"), source=sources.CARE_UNIT.address, teller=CARE_UNIT,
             confidence=law.Confidence.UNCONFIRMED, note=NOT_READ),
    _news_of("out_of_court", "another measure took the place of a court", _outcome(*OUT_OF_COURT),
             law.When("progress", ("out_of_court",)), source=sources.DIVERSION.address,
             confidence=law.Confidence.UNCONFIRMED, note=NOT_READ),
    _news_of("not_prosecuted", "nobody is prosecuted",
             _outcome("no_prosecution_evidence", "no_prosecution_public_interest"), teller=CARE_UNIT,
             since=law.Since.RECEIVED),
    _news_of("hearing_details", "when and where a hearing is", law.When("hearing"), teller=CARE_UNIT,
             since=law.Since.RECEIVED),
    _news_of("case_outcome", "what the court decided", law.When("court_result"),
             law.When("progress", ("result",)),
             _outcome("guilty", "not_guilty"), teller=CARE_UNIT, since=law.Since.RECEIVED),
    law.Duty(
        key="victim_statement", right="statement", what="a victim personal statement", teller=CARE_UNIT,
        source=sources.STATEMENT.address, not_opened=UNIT_TELLS),
    law.Duty(
        key="review", right="review", what="a decision not to prosecute is reviewed when asked",
        teller="prosecutors", source=sources.REVIEW.address,
        not_opened="People ask the prosecutors, and the portal does not see when it begins."),
    law.Duty(
        key="complaint", right="complaints", what="a complaint is answered", teller="whoever it is about",
        source=sources.ENTITLEMENTS.address,
        not_opened="Complaints are handled outside the portal; people read there how to make one."),
))
CLOCK = law.Clock((EDITION_2015,), usual_scheme=CODES)
