"""Where each term of the Victims' Code that names a force in its address was read, as of November 2026."""

from __future__ import annotations

from core.cases import tellings

RIGHT_3 = tellings.Source(
    "The Victims' Code, right 3 (a commissioner's page)",
    "https://www.bedfordshire.pcc.police.uk/the-code-of-practice-for-victims-victims-code-individual-rights-information-right-3-of-12/")
RIGHT_4 = tellings.Source(
    "The Victims' Code, right 4 (a commissioner's page)",
    "https://www.bedfordshire.pcc.police.uk/the-code-of-practice-for-victims-victims-code-individual-rights-information-2/")
RIGHT_6 = tellings.Source(
    "The Victims' Code, right 6 (a commissioner's page)",
    "https://bedfordshire.pcc.police.uk/the-code-of-practice-for-victims-victims-code-individual-rights-information-right-6-of-12")
RIGHT_7 = tellings.Source(
    "The Victims' Code, right 7 (a commissioner's page)",
    "https://www.bedfordshire.pcc.police.uk/the-code-of-practice-for-victims-victims-code-individual-rights-information-right-7-of-12/")
RIGHT_8 = tellings.Source(
    "The Victims' Code, right 8 (a commissioner's page)",
    "https://bedfordshire.pcc.police.uk/the-code-of-practice-for-victims-victims-code-individual-rights-information-right-8-of-12")
RIGHT_9 = tellings.Source(
    "The Victims' Code, right 9 (a commissioner's page)",
    "https://www.bedfordshire.pcc.police.uk/the-code-of-practice-for-victims-victims-code-individual-rights-information-right-9-of-12/")
ALL_RIGHTS = tellings.Source(
    "The Victims' Code (a commissioner's page)",
    "https://hampshire-pcc.gov.uk/commissioner/partnership-working/victims-code")
CONTACT_SCHEME = tellings.Source(
    "Victims: what to expect (a force's page, of an earlier edition)",
    "https://www.nottinghamshire.police.uk/advice/victims")
