"""Made-up people for real crimes: always the same for the same crime, reachable by nobody.

Addresses are of the domains reserved for examples, telephone numbers of the range that the
regulator keeps for drama, postcodes of ZZ99, which no house has.
"""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from typing import Any
from unicodedata import normalize

GIVEN = (
    "Aaliyah", "Abigail", "Adam", "Agnieszka", "Aisha", "Alan", "Amélie", "Amir", "Andrew",
    "Angharad", "Anita", "Arjun", "Beatrice", "Ben", "Bethan", "Blessing", "Brian", "Bronwen",
    "Callum", "Carys", "Catherine", "Cerys", "Charlotte", "Chinwe", "Chloë", "Colin", "Daniel",
    "David", "Deborah", "Delroy", "Dewi", "Eilidh", "Eirlys", "Elena", "Elin", "Emeka", "Emma",
    "Eszter", "Farah", "Fatima", "Ffion", "Fiona", "Gareth", "George", "Grace", "Gurpreet",
    "Gwen", "Hannah", "Harriet", "Hassan", "Helen", "Huw", "Ibrahim", "Ieuan", "Imogen", "Ioan",
    "Isaac", "Jacqueline", "James", "Jasmine", "Jean-Luc", "Joan", "José", "Karen", "Katarzyna",
    "Keith", "Kwame", "Leah", "Lewis", "Llinos", "Lowri", "Lucy", "Maeve", "Malcolm",
    "Margaret", "Maria", "Mary-Ann", "Megan", "Mei", "Mohammed", "Nadia", "Nasreen", "Nerys",
    "Niamh", "Nicola", "Noah", "Oliver", "Olu", "Owain", "Patricia", "Paul", "Philip", "Priya",
    "Rachel", "Rajesh", "Renée", "Rhiannon", "Rhys", "Rosa", "Ruth", "Saoirse", "Sara",
    "Sharon", "Siân", "Simon", "Siobhán", "Sophie", "Stephen", "Tariq", "Tegan", "Thomas",
    "Tomasz", "Tracey", "Victoria", "Wendy", "Wei", "Yasmin", "Yusuf", "Zoë", "Zofia",
)
FAMILY = (
    "Abbott", "Adeyemi", "Ahmed", "Akhtar", "Ali", "Allen", "Andersson", "Atkinson", "Bailey",
    "Banerjee", "Begum", "Bennett", "Bevan", "Bowen", "Brontë", "Campbell", "Chaudhry", "Chen",
    "Clarke", "Cooper", "D'Souza", "Davies", "de la Cruz", "Delaney", "Dubois", "Edwards",
    "Ellis", "Evans", "Farrell", "Fernández", "Fitzgerald", "Fletcher", "García", "Gibson",
    "Gill", "Green", "Griffiths", "Gunn", "Gwynne", "Hall", "Harper", "Harris", "Holloway",
    "Hopkins", "Howells", "Hughes", "Hussain", "Iqbal", "Islam", "Jackson", "James", "Jenkins",
    "Johnson", "Jones", "Joseph", "Kaur", "Kelly", "Khan", "King", "Kowalski", "Lee", "Lewis",
    "Lindqvist", "Lloyd", "Llewellyn", "Lopez", "MacDonald", "Mahmood", "Marshall", "Mbeki",
    "McCarthy", "Mensah", "Mistry", "Mitchell", "Morgan", "Morris", "Müller", "Murphy",
    "Ndlovu", "Nguyen", "Novák", "O'Brien", "O'Neill", "O'Sullivan", "Okafor", "Osei", "Owen",
    "Parry", "Patel", "Pérez", "Phillips", "Powell", "Price", "Pritchard", "Probert", "Pugh",
    "Qureshi", "Rahman", "Rees", "Reid", "Roberts", "Robinson", "Rogers", "Rowlands",
    "Saunders", "Scott", "Shah", "Sharma", "Silva", "Singh", "Smith", "St John", "Stewart",
    "Szabó", "Taylor", "Thomas", "Thompson", "Turner", "van der Berg", "Vaughan", "Walker",
    "Ward", "Watkins", "Weiß", "White", "Williams", "Wilson", "Wong", "Wright", "Yılmaz",
    "Young", "Zhang", "Ap Gwilym",
)
DOMAINS = ("example.com", "example.org", "example.net")
POSTCODE_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"
FIRST_BIRTHDAY = date(1931, 1, 1)
# Nobody is under 18 in the first month that was ever published, 2010-12.
BIRTHDAYS = (date(1991, 12, 31) - FIRST_BIRTHDAY).days
LETTERS_BEYOND_ASCII = str.maketrans({"ß": "ss", "ı": "i"})


def made_up_person(force_id: str, crime_id: str) -> dict[str, Any]:
    """The victim of this crime, as ``people[]`` of a record event has them."""
    digest = hashlib.sha256(f"made-up person\n{force_id}\n{crime_id}".encode()).digest()
    pick = int.from_bytes(digest[12:], "big")
    pick, given = divmod(pick, len(GIVEN))
    pick, born = divmod(pick, BIRTHDAYS)
    pick, number = divmod(pick, 1000)
    pick, language = divmod(pick, 12)
    pick, domain = divmod(pick, len(DOMAINS))
    pick, family = _family(pick)
    pick, postcode = _postcode(pick)
    own = digest[:12].hex()
    return {
        "id": f"MADE-UP-{own.upper()}",
        "role": "victim",
        "name": {"given": GIVEN[given], "family": family},
        "date_of_birth": (FIRST_BIRTHDAY + timedelta(days=born)).isoformat(),
        "postcode": postcode,
        "email": f"{_mailbox(GIVEN[given])}.{_mailbox(family)}.{own}@{DOMAINS[domain]}",
        "phone": f"07700 900{number:03d}",
        "language": "cy" if language == 0 else "en",
        "made_up": True,
    }


def _family(pick: int) -> tuple[int, str]:
    """One in ten has a double-barrelled name."""
    pick, first = divmod(pick, len(FAMILY))
    pick, second = divmod(pick, len(FAMILY))
    pick, double = divmod(pick, 10)
    if double or first == second or " " in FAMILY[first] + FAMILY[second]:
        return pick, FAMILY[first]
    return pick, f"{FAMILY[first]}-{FAMILY[second]}"


def _postcode(pick: int) -> tuple[int, str]:
    pick, digit = divmod(pick, 10)
    pick, first = divmod(pick, len(POSTCODE_LETTERS))
    pick, second = divmod(pick, len(POSTCODE_LETTERS))
    return pick, f"ZZ99 {digit}{POSTCODE_LETTERS[first]}{POSTCODE_LETTERS[second]}"


def _mailbox(name: str) -> str:
    plain = normalize("NFKD", name.lower().translate(LETTERS_BEYOND_ASCII))
    return "".join(letter for letter in plain if letter.isascii() and letter.isalpha())
