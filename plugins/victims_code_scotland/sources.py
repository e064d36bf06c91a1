"""Where each fact about Scotland was read, in copies of public pages as of 30 November 2026."""

from __future__ import annotations

from core.cases import tellings

# Rights: what may be asked of whom, the Code, complaints, support.
CODE = tellings.Source(
    "Victims' code for Scotland: right to minimum standards of service",
    "https://www.gov.scot/publications/victims-code-scotland/pages/2/")
COMPLAINTS = tellings.Source(
    "Victims' code for Scotland: who to contact and how to complain",
    "https://www.gov.scot/publications/victims-code-scotland/pages/8/")
COPY_OF_THE_CODE = tellings.Source(
    "Victims and Witnesses (Scotland) Act 2014, section 3C",
    "https://www.legislation.gov.uk/asp/2014/1/section/3C")
INFORMATION = tellings.Source(
    "The Victims and Witnesses (Scotland) Act 2014: who can ask for which information",
    "http://www.scotland.police.uk/access-to-information/the-victims-and-witnesses-scotland-act-2014/")
RIGHT_TO_INFORMATION = tellings.Source(
    "Right to information",
    "https://victimsupport.scot/victims-awareness-week-2020/right-to-information/")
EASY_READ = tellings.Source(
    "Victim's rights in Scotland: easy read leaflet, your right to information",
    "https://gov.scot/publications/victims-rights-scotland/pages/4")
STANDARDS = tellings.Source(
    "Standards of Service for Victims and Witnesses",
    "http://www.scotland.police.uk/about-us/standards-of-service-for-victims-and-witnesses")
SUPPORT = tellings.Source(
    "Victim support information and referrals: section 3D of the Act of 2014 (explanatory note)",
    "https://www.legislation.gov.uk/asp/2021/3/notes/division/3/10")

# The prosecutor: what the procurator fiscal does, who informs, what is reviewed.
FISCAL = tellings.Source(
    "What we do (Crown Office and Procurator Fiscal Service)",
    "https://www.procuratorfiscal.gov.uk/about-us/what-we-do")
INVESTIGATION = tellings.Source(
    "Investigation and prosecution",
    "https://www.scottishvictimsofcrime.co.uk/investigation-and-prosecution/")
VIA = tellings.Source(
    "Victim Information and Advice (VIA) service",
    "https://copfs.gov.uk/involved-in-a-case/victims")
REVIEW = tellings.Source(
    "Lord Advocate's Rules: Review of a decision not to prosecute",
    "https://copfs.gov.uk/publications/lord-advocate-s-rules-review-of-a-decision-not-to-prosecute/html")
VICTIM_STATEMENT = tellings.Source(
    "Making a victim statement",
    "https://www.gov.scot/publications/making-victim-statement/")

# The police: release, and what they may do without the procurator fiscal.
LIBERATION = tellings.Source(
    "Criminal Justice (Scotland) Act 2016, explanatory notes: police liberation",
    "https://www.legislation.gov.uk/asp/2016/1/notes/division/2/1/3/2")
INVESTIGATIVE_LIBERATION = tellings.Source(
    "Criminal Justice (Scotland) Act 2016: investigative liberation",
    "https://www.legislation.gov.uk/asp/2016/1/part/1/chapter/2/crossheading/investigative-liberation/enacted")
POLICE_MEASURES = tellings.Source(
    "Lord Advocate's guidelines on the use of the police direct measures for adult offenders",
    "https://copfs.gov.uk/publications/"
    "lord-advocate-s-guidelines-on-the-use-of-the-police-direct-measures-for-adult-offenders/html")
RECORDED_WARNING = tellings.Source(
    "Q927: What is the Recorded Police Warning Scheme?",
    "https://www.askthe.scottish.police.uk/content/Q927.htm")
FIXED_PENALTY = tellings.Source(
    "Antisocial Behaviour etc. (Scotland) Act 2004, explanatory notes: fixed penalties",
    "http://legislation.data.gov.uk/asp/2004/8/notes/division/3/11/data.htm")
POLICE_DISPOSALS = tellings.Source(
    "Criminal Proceedings in Scotland 2023-24: police disposals",
    "https://www.gov.scot/publications/criminal-proceedings-in-scotland-2023-24/pages/police-disposals/")

# Instead of a court.
DIRECT_MEASURES = tellings.Source(
    "Alternative to Prosecution (Crown Office and Procurator Fiscal Service)",
    "http://www.crownoffice.gov.uk/about-us/what-we-do/our-role-in-detail/10-about-us/297-alternative-to-prosecution")
MEASURES_COUNTED = tellings.Source(
    "Criminal proceedings in Scotland 2018-19: summary of known action",
    "https://gov.scot/publications/criminal-proceedings-scotland-2018-19/pages/6")
DIVERSION = tellings.Source(
    "Diversion from prosecution scheme, and fiscal work orders",
    "https://www.fife.gov.uk/kb/docs/articles/health-and-social-care2/criminal-justice-social-work/"
    "diversion-from-prosecution-scheme")
REPORTER = tellings.Source(
    "Referral to the Children's Reporter",
    "https://copfs.gov.uk/the-justice-process/alternatives-to-prosecution/referral-to-the-children-s-reporter")
REPORTER_TELLS = tellings.Source(
    "SCRA's service to victims",
    "https://www.scra.gov.uk/about-scra/victim-information/scras-service-victims/")
SYSTEM_MAP = tellings.Source(
    "Scotland's criminal justice system: investigation and charge",
    "https://cjs2.uniondigital.uk/community-justice/scotland-justice-system/area/investigation-and-charge")

# Courts.
COURTS = tellings.Source(
    "Criminal Courts in Scotland",
    "http://www.gov.scot/Topics/archive/law-order/crim-courts")
AFTER_THE_VERDICT = tellings.Source(
    "After the verdict: guide for victims and witnesses",
    "https://www.copfs.gov.uk/the-justice-process/after-the-verdict/after-the-verdict-guide-for-victims-and-witnesses/")
SENTENCES = tellings.Source(
    "Sentences",
    "https://www.scottishvictimsofcrime.co.uk/sentences/")
VERDICTS = tellings.Source(
    "Jargon buster: verdict (two verdicts)",
    "https://www.scottishsentencingcouncil.org.uk/education-resources/jargon-buster?c=V")
THIRD_VERDICT = tellings.Source(
    "Jargon buster: verdict (an earlier copy, three verdicts)",
    "https://scottishsentencingcouncil.org.uk/education-resources/jargon-buster/?c=V")
NOT_PROVEN_ENDS = tellings.Source(
    "Concerns remain as new era begins with not proven abolition (Law Society of Scotland)",
    "https://www.lawscot.org.uk/news-and-events/law-society-news/concerns-remain-as-new-era-begins-with-not-proven-abolition")
