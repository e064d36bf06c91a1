"""Rights of the Code of 2021 for which the portal opens no promise, and why: the table is whole with them."""

from __future__ import annotations

from core.commitments import law
from plugins.victims_code import sources

PLEDGE = "https://www.cps.gov.uk/legal-guidance/victims-and-witnesses-cps-public-policy-statement-delivery-services-victims"
EXPLAINED = "https://github.com/ministryofjustice/vis-prototype"
NOT_IN_THE_FEED = "No news of the record feed says that it happened."
OTHERS_OWE_IT = "Another body owes it, and the portal does not see when it begins."


def _old(count: int) -> law.Term:
    return law.Term(count, confidence=law.Confidence.OLD)


UNOPENED = (
    law.Duty(
        key="process_info", right="3", what="how a case goes on, rights, support and compensation",
        teller="police", source=sources.RIGHT_3.address,
        not_opened="The acknowledgement (ack_written) says it too, and is promised."),
    law.Duty(
        key="charge_altered", right="6", what="a charge was dropped or substantially changed",
        teller="prosecutors", source=PLEDGE, confidence=law.Confidence.OLD, standard=_old(5),
        enhanced=_old(1), not_opened=NOT_IN_THE_FEED),
    law.Duty(
        key="contact_agreed", right="6", what="how often and in which way to be in contact is agreed",
        teller="police", source=sources.RIGHT_6.address,
        not_opened="It has no number of the law: what was agreed is promised as the plan of the person."),
    law.Duty(
        key="bail_hearing_outcome", right="8", what="how a hearing about bail ended, conditions and reasons",
        teller="Witness Care Unit", source=sources.RIGHT_8.address, since=law.Since.RECEIVED,
        standard=law.Term(5), enhanced=law.Term(5),
        not_opened="The record feed does not tell it from other results, which are promised sooner."),
    law.Duty(
        key="warrant", right="8", what="a warrant was issued, and what followed the arrest",
        teller="Witness Care Unit", source=sources.RIGHT_8.address, since=law.Since.RECEIVED,
        standard=law.Term(5), enhanced=law.Term(5), not_opened=NOT_IN_THE_FEED),
    law.Duty(
        key="must_give_evidence", right="8", what="the victim has to give evidence",
        teller="Witness Care Unit", source=sources.RIGHT_8.address, since=law.Since.RECEIVED,
        standard=law.Term(1), enhanced=law.Term(1),
        not_opened=NOT_IN_THE_FEED),
    law.Duty(
        key="special_measures_result", right="8", what="whether help with giving evidence was granted",
        teller="Witness Care Unit", source=sources.RIGHT_8.address, not_opened=NOT_IN_THE_FEED),
    law.Duty(
        key="appeal", right="9", what="an appeal, and how it ended", teller="Witness Care Unit",
        source=EXPLAINED, confidence=law.Confidence.OLD, not_opened=NOT_IN_THE_FEED),
    law.Duty(
        key="expenses", right="10", what="expenses are paid", teller="prosecutors",
        source="http://www.cps.gov.uk/thames_chiltern/victim_and_witness_care/the_code_of_practice_for_victims_of_crime/",
        confidence=law.Confidence.OLD, standard=_old(10), not_opened=OTHERS_OWE_IT),
    law.Duty(
        key="property_return", right="10", what="property that is no longer needed is given back",
        teller="police", source=sources.ALL_RIGHTS.address,
        not_opened="No number was read; that something can be collected is news of the case."),
    law.Duty(
        key="victim_contact_scheme", right="11", what="news of the offender after some sentences",
        teller="Witness Care Unit, then probation",
        source=sources.CONTACT_SCHEME.address, confidence=law.Confidence.OLD,
        standard=law.Term(20, confidence=law.Confidence.UNCONFIRMED), not_opened=OTHERS_OWE_IT),
    law.Duty(
        key="complaint", right="12", what="a complaint is answered, or acknowledged with a day",
        teller="whoever it is about", source="https://victimscommissioner.org.uk/advice/how-to-complain/",
        confidence=law.Confidence.OLD, standard=_old(10),
        not_opened="Complaints are handled outside the portal; people read there how to make one."),
    law.Duty(
        key="ombudsman", right="12", what="the ombudsman looks at a complaint", teller="ombudsman",
        source="https://www.supportingvictims.org/about/complaints/parliamentary-and-health-service-ombudsman-phso/",
        not_opened=OTHERS_OWE_IT),
)
