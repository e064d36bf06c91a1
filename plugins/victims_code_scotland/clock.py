"""What people in Scotland are to be told, as a table. No number of days was read of the police: none shows.

The portal keeps to a number of its own, that of an answer to a message: three working days of Scotland, for
everyone, since no enhanced service was read of there. No term of another nation applies.
"""

from __future__ import annotations

from datetime import date

from core.commitments import law
from core.force import StageId
from core.hookspecs import CommitmentKind
from plugins.victims_code_scotland import sources

OUR_OWN = law.Term(3, confidence=law.Confidence.UNCONFIRMED)
NO_NUMBER = "No number was read: kept within the three working days in which a message is answered."
ON_REQUEST = f"A right to ask for it. {NO_NUMBER}"
FISCAL_TELLS = "The procurator fiscal's office tells it, and the portal does not see when it begins."

CODES = "scottish_disposals"
POLICE_MEASURES = (
    "recorded_police_warning", "anti_social_behaviour_fixed_penalty", "early_and_effective_intervention",
    "police_restorative_warning",
)
FISCAL_MEASURES = (
    "fiscal_warning", "fiscal_fine", "fiscal_compensation", "fiscal_fine_and_compensation",
    "fiscal_work_order", "diversion",
)
ENDED = (
    "no_suspect", "insufficient_evidence", "victim_does_not_support", "passed_to_another_body",
    "referred_to_reporter",
)
RESULTS = (
    "guilty", "not_guilty", "not_proven", "prison", "community_payback_order", "fine", "compensation_order",
    "admonition", "absolute_discharge",
)
NO_NEWS_OF_THE_CODE: dict[str, set[str]] = {CODES: set()}


def _news_of(
    key: str, what: str, *triggers: law.When, teller: str = "police",
    source: str = sources.INFORMATION.address,
    confidence: law.Confidence = law.Confidence.OK, since: law.Since = law.Since.EVENT,
    note: str = ON_REQUEST,
) -> law.Duty:
    return law.Duty(
        key=key, right="information", what=what, teller=teller, source=source, confidence=confidence,
        triggers=triggers, since=since, standard=OUR_OWN,
        kind=law.kind_of_news(triggers), note=note)


def _at_report(key: str, right: str, what: str, source: str, kind: CommitmentKind) -> law.Duty:
    return law.Duty(
        key=key, right=right, what=what, teller="police", source=source, triggers=(law.When("recorded"),),
        standard=OUR_OWN, kind=kind, note=NO_NUMBER)


def _outcome(*codes: str) -> law.When:
    return law.When("outcome", codes, CODES)


EDITION_2015 = law.Edition("2015", date(2015, 4, 1), (
    _at_report(
        "ack_written", "minimum standards", "how one is kept informed, and that there is a Code to read",
        sources.STANDARDS.address, CommitmentKind.ACKNOWLEDGEMENT),
    _at_report(
        "needs_assessment", "minimum standards", "whether somebody is vulnerable is considered",
        sources.STANDARDS.address, CommitmentKind.NEEDS_ASSESSMENT),
    _at_report(
        "support_referral", "support", "that one can be referred to support", sources.SUPPORT.address,
        CommitmentKind.SUPPORT_REFERRAL),
    _news_of("no_investigation", "the crime is not investigated, and why",
             law.When("progress", ("not_investigating",))),
    _news_of("investigation_ended", "the investigation ended, and why",
             law.When("progress", (StageId.NO_FURTHER_ACTION,)), _outcome(*ENDED)),
    _news_of("suspect_news", "a suspect was arrested or interviewed, or conditions of a release changed",
             law.When("arrested"), law.When("interviewed"), law.When("bail_changed"),
             confidence=law.Confidence.UNCONFIRMED,
             note=f"Not read as a right. {NO_NUMBER}"),
    _news_of("released", "a suspect was released", law.When("released"),
             source=sources.LIBERATION.address,
             confidence=law.Confidence.UNCONFIRMED, note=f"Not read as a right. {NO_NUMBER}"),
    _news_of("charged", "which offence somebody is charged with", law.When("charged"),
             law.When("progress", ("charged",)), _outcome("reported_to_fiscal", "prosecution")),
    _news_of("out_of_court", "a measure of the police took the place of a court", _outcome(*POLICE_MEASURES),
             law.When("progress", ("out_of_court",)), source=sources.POLICE_MEASURES.address,
             confidence=law.Confidence.UNCONFIRMED, note=f"Not read as a right. {NO_NUMBER}"),
    _news_of("fiscal_measure", "a measure of the procurator fiscal took the place of a court",
             _outcome(*FISCAL_MEASURES), teller="procurator fiscal", source=sources.FISCAL.address,
             confidence=law.Confidence.UNCONFIRMED, since=law.Since.RECEIVED,
             note=f"Not read as a right. {NO_NUMBER}"),
    _news_of("not_prosecuted", "nobody is prosecuted, and why", _outcome("no_action", "discontinued"),
             teller="procurator fiscal", since=law.Since.RECEIVED),
    _news_of("hearing_details", "when and where a hearing is", law.When("hearing"),
             teller="procurator fiscal", since=law.Since.RECEIVED),
    _news_of("case_outcome", "what the court decided", law.When("court_result"),
             law.When("progress", ("result",)),
             _outcome(*RESULTS), teller="courts", since=law.Since.RECEIVED),
    law.Duty(
        key="victim_statement", right="participation", what="a victim statement, for some crimes",
        teller="procurator fiscal", source=sources.VICTIM_STATEMENT.address, not_opened=FISCAL_TELLS),
    law.Duty(
        key="review", right="review", what="a decision not to prosecute is reviewed when asked",
        teller="procurator fiscal", source=sources.REVIEW.address, not_opened=FISCAL_TELLS),
    law.Duty(
        key="complaint", right="complaints", what="a complaint is answered", teller="whoever it is about",
        source=sources.COMPLAINTS.address,
        not_opened="Complaints are handled outside the portal; people read there how to make one."),
))
CLOCK = law.Clock((EDITION_2015,), usual_scheme=CODES)
