"""Where each fact about Northern Ireland was read, in copies of public pages as of 30 November 2026."""

from __future__ import annotations

from core.cases import tellings

# Rights: the Charter, complaints, the statement, reviews.
CHARTER = tellings.Source(
    "Victim Charter (nidirect)",
    "https://www.nidirect.gov.uk/articles/victim-charter")
CHARTER_IN_LAW = tellings.Source(
    "Justice Act (Northern Ireland) 2015, section 28: the Victim Charter",
    "https://www.legislation.gov.uk/nia/2015/9/section/28/enacted")
ENTITLEMENTS = tellings.Source(
    "Victim Charter (Commissioner Designate for Victims of Crime)",
    "https://www.cvocni.org/victim-charter")
STATEMENT = tellings.Source(
    "Victim personal statements (nidirect)",
    "https://www.nidirect.gov.uk/articles/victim-personal-statements")
REVIEW = tellings.Source(
    "Requesting a review (Public Prosecution Service)",
    "https://www.ppsni.gov.uk/requesting-review")

# The prosecutor, and who informs.
DECIDING = tellings.Source(
    "Why a case goes to court (nidirect)",
    "https://www.nidirect.gov.uk/articles/why-case-goes-court")
CARE_UNIT = tellings.Source(
    "New Northern Ireland unit to support victims of crime",
    "https://careappointments.com/care-news/northern-ireland/93809/new-northern-ireland-unit-to-support-victims-of-crime")
CARE_UNIT_IS_LED = tellings.Source(
    "Telling Them Why: a follow-up review (Criminal Justice Inspection Northern Ireland)",
    "https://cjini.org/TheInspections/Action-Plan-Reviews-Inspection-Follow-Up-Revie/2015/Telling-Them-Why")

# The police: bail, and what they may do without a prosecutor.
BAIL_AFTER_CHARGE = tellings.Source(
    "Custody and bail (nidirect)",
    "https://www.nidirect.gov.uk/articles/custody-and-bail")
BAIL = tellings.Source(
    "Effectiveness and enforcement of police bail (Northern Ireland Policing Board)",
    "https://www.nipolicingboard.org.uk/questions/what-chief-constables-assessment-effectiveness-and-enforcement-police-bail")
COMMUNITY_RESOLUTION = tellings.Source(
    "Community Resolution Notice (Police Service of Northern Ireland)",
    "https://www.psni.police.uk/about-us/our-initiatives/community-resolution-notice-crn")
IF_NOT_COMPLETED = tellings.Source(
    "Community Resolution Notice: frequently asked questions",
    "https://www.psni.police.uk/about-us/our-initiatives/community-resolution-notice-crn/frequently-asked-questions")
PENALTY = tellings.Source(
    "Police-issued penalty notices (nidirect)",
    "https://www.nidirect.gov.uk/articles/police-issued-penalty-notices")

# Instead of a court.
DIVERSION = tellings.Source(
    "Diversionary disposals (Public Prosecution Service)",
    "https://ppsni.gov.uk/node/292")

# Courts.
COURTS = tellings.Source(
    "Allocating crime for trial in Northern Ireland (Lord Justice McCollum)",
    "https://ie.vlex.com/vid/allocating-crime-for-trial-847757747")
CROWN_COURT = tellings.Source(
    "Structure of the courts of Northern Ireland",
    "https://www.criminal-courts-review.org.uk/ireland-criminal-courts-structure.htm")
VERDICTS = tellings.Source(
    "Criminal courts: guilty or not guilty",
    "http://lifeintheuk-test.co.uk/Topic?subject=Criminal_Courts")
