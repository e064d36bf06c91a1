"""Twenty made-up people as records have them, and how they, and others, type their details.

Each way changes one or two details; the rest is typed as the record has it. ``reference`` is that of a
force that writes 41/12345/26: a number of up to seven figures, and a year.
"""

from __future__ import annotations

from dataclasses import dataclass, field

Way = dict[str, str]


@dataclass(frozen=True)
class Somebody:
    """``rightful``: how they may type themselves; ``strangers``: what leads nobody to them."""

    given: str | None
    family: str | None
    born: str
    postcode: str
    reference: str
    rightful: tuple[Way, ...] = field(repr=False)
    strangers: tuple[Way, ...] = field(repr=False)


def by(**details: tuple[str, ...]) -> tuple[Way, ...]:
    """A way for each spelling of each detail."""
    return tuple({name: one} for name, spellings in details.items() for one in spellings)


PEOPLE = (
    Somebody("Amina", "Khan", "1980-05-07", "WD17 1AA", "41/12345/26", by(
        surname=("khan", "KHAN ", "Mrs Khan", "Amina Khan", "Khan,"),
        postcode=("wd171aa", "WD17 IAA", "WDI7 1AA", "wd17-1aa", "WD17 1AA UK", "1 WD17 1AA"),
        month=("May", "may", "MAY", "Mai", "05"),
        reference=("41/0012345/26", "41/12345/2026", "41/l2345/26", "41/1234S/26", "41 12345 26",
                   "Crime ref: 41/12345/26", "CR 41/12345/26", "Rhif trosedd 41/12345/2026"),
    ), by(surname=("Amina", "Kha", "Mrs", "Khanna", "-"), postcode=("WD17 1AB", "WD11 1AA", "WD17"),
          month=("6", "March"), reference=("41/12346/26", "41/12345/25", "41/1234/26"))),
    Somebody("Rhys", "ap Rhys", "1975-09-30", "CF10 3AT", "41/0054321/26", by(
        surname=("Rhys", "ap rhys", "Ap-Rhys", "apRhys"), month=("Sept", "september", "Medi", "09"),
        postcode=("CFIO 3AT", "cf1o3at", "CF10 3 AT"), reference=("41/54321/26", "41/054321/26"),
    ), by(surname=("ap", "Ap", "A", "Rh", "Rhyss"), day=("31", "29"), postcode=("CF10 3AA",))),
    Somebody("Siân", "Ní Bhriain", "1990-01-01", "EC1V 0BW", "41/700/26", by(
        surname=("Ni Bhriain", "bhriain", "NíBhriain", "ni-bhriain"), month=("Jan", "Ionawr", "1"),
        postcode=("EC1V OBW", "ECIV 0BW", "ec1v0bw", "EClV OBW"), reference=("41/0000700/26", "41/7OO/26"),
    ), by(surname=("Ni", "Ní", "Brian", "O'Brien"), postcode=("EC1V 8BW",), reference=("41/7/26",))),
    Somebody("Tom", "Ashworth Jr", "1984-07-29", "SW1A 1AA", "41/15/26", by(
        surname=("Ashworth", "Ashworth Junior", "ashworth jr", "Ashworth, Jr."), month=("July", "Gorff"),
        postcode=("SWIA 1AA", "SW1A IAA", "5W1A 1AA", "SWlA lAA"), reference=("41/I5/26", "41/IS/26"),
    ), by(surname=("Jr", "Junior", "jr.", "Worth"), month=("June", "Mehefin"))),
    Somebody("Maria", "Smith (deceased)", "1950-12-31", "M1 1AE", "41/1/26", by(
        surname=("Smith", "smith", "SMITH (deceased)"), month=("Dec", "Rhagfyr", "December"),
        postcode=("MI 1AE", "Ml lAE", "m11ae"), reference=("41/0000001/26", "41/I/26", "41/l/2026"),
    ), by(surname=("deceased", "Deceased", "(deceased)", "Smithson"), reference=("41/11/26", "41/10/26"))),
    Somebody("Suparmi", "-", "1966-03-05", "GIR 0AA", "41/505/26", by(
        surname=("Suparmi", "suparmi", "SUPARMI"), month=("March", "Mawrth", "mar"),
        postcode=("GIR OAA", "gir0aa", "G1R 0AA"), reference=("41/SOS/26", "41/5O5/26", "41/00505/26"),
    ), by(surname=("-", ".", "Sup", "none"), reference=("41/55/26",))),
    Somebody(None, "O'Connor", "2001-02-28", "BS1 5AS", "41/98765/26", by(
        surname=("OConnor", "o’connor", "O Connor", "0'Connor", "O`Connor"), month=("Feb", "Chwefror"),
        postcode=("BSl 5AS", "BSI 5AS", "BS1 SAS", "BS1 5A5"), reference=("41/9876S/26",),
    ), by(surname=("O", "Connor", "O'"), day=("29",), month=("3",))),
    Somebody("Jo", "McDonald", "1999-10-10", "L1 8JQ", "41/2000000/26", by(
        surname=("MacDonald", "Mc Donald", "macdonald", "M'Donald"), month=("Oct", "Hydref"),
        postcode=("LI 8JQ", "l1 8jq", "Ll 8JQ"), reference=("41/2OOOOOO/26", "41/2000000/2026"),
    ), by(surname=("Mc", "Mac", "Donald"), postcode=("L2 8JQ",), reference=("41/200000/26",))),
    Somebody("Gwen", "Llywelyn-Jones", "1958-11-03", "SO14 2AR", "41/31/26", by(
        surname=("Llywelyn", "Jones", "Jones Llywelyn", "llywelyn jones",
                 "Gwen Llywelyn-Jones"), month=("Nov", "Tachwedd", "o Dachwedd"),
        postcode=("S014 2AR", "SOI4 2AR", "5O14 2AR"), reference=("41/3I/26", "41/0031/26"),
    ), by(surname=("Jon", "Llywelyn-Smith", "Smith-Jones"), month=("Rhagfyr",))),
    Somebody("Björn", "Müller", "1971-08-19", "OX1 2JD", "41/80/26", by(
        surname=("Mueller", "Muller", "MÜLLER", "Dr Müller"), month=("Aug", "Awst"),
        postcode=("0X1 2JD", "OXI 2JD", "OXl2JD"), reference=("41/8O/26", "41/080/26"),
    ), by(surname=("Mull", "Dr", "Miller"), postcode=("OX2 1JD",))),
    Somebody("Ludwig", "van der Berg", "1962-04-30", "IP1 2AA", "41/4/26", by(
        surname=("van der Berg", "Berg", "vanderberg", "Van Der Berg"), month=("April", "Ebrill"),
        postcode=("1P1 2AA", "lP1 2AA", "IPI 2AA"), reference=("41/04/26",),
    ), by(surname=("van", "van der", "der", "Bergen"))),
    Somebody("Omar", "bin Rashid al-Farsi", "1988-06-15", "N1 9GU", "41/1050/26", by(
        surname=("al-Farsi", "Farsi", "Rashid", "bin rashid al farsi"), month=("June", "Meh"),
        postcode=("NI 9GU", "Nl 9GU"), reference=("41/l0S0/26", "41/IO5O/26"),
    ), by(surname=("bin", "al", "bin al", "Far"))),
    Somebody("Ana", "García Márquez", "1993-05-20", "E10 5NP", "41/610/26", by(
        surname=("Garcia", "Marquez", "garcia marquez", "Márquez García", "García-Márquez",
                 "Ana Garcia Marquez", "García Márquez, Ana"),
        month=("May", "5"), postcode=("E1O 5NP", "EIO 5NP", "E10 SNP"), reference=("41/6IO/26",),
    ), by(surname=("Gar", "García López", "Marque"))),
    Somebody("Ffion", "Davies née Hughes", "1979-03-21", "SN15 1HH", "41/77/26", by(
        surname=("Davies", "Hughes", "davies nee hughes"), month=("Maw", "march"),
        postcode=("5N15 1HH", "SNIS 1HH", "SN15 IHH"), reference=("41/0077/26",),
    ), by(surname=("née", "nee", "Davis"))),
    Somebody("Sam", "Null", "2004-01-31", "B33 8TH", "41/150/26", by(
        surname=("Null", "NULL", "null "), month=("Jan", "Ion"), postcode=("b338th", "B33-8TH"),
        reference=("41/lS0/26", "41/ISO/26"),
    ), by(surname=("none", "Nul", "Nullo"), day=("30",))),
    Somebody("Li", "Le", "1985-09-09", "CR0 2YR", "41/9/26", by(
        surname=("Le", "LE", "le ", "Li Le", "Le Li", "Ms Li Le"), month=("Sep", "Medi"),
        postcode=("CRO 2YR", "cr0 2yr"), reference=("41/09/26", "41/9/2026"),
    ), by(surname=("Lee", "L", "Leigh", "Li", "Minh Le"), postcode=("CR9 2YR",))),
    Somebody("Ada", "St John-Smythe", "1947-07-07", "W1A 0AX", "41/111/26", by(
        surname=("Saint John-Smythe", "Smythe", "St. John Smythe", "StJohn-Smythe"),
        month=("Jul", "Gorffennaf"), postcode=("W1A OAX", "WIA 0AX"), reference=("41/lll/26", "41/III/26"),
    ), by(surname=("St", "Saint", "Smyth"))),
    Somebody("Ivan", "Иванов", "1982-02-02", "DN55 1PT", "41/5/26", by(
        surname=("иванов", "ИВАНОВ"), month=("Feb", "Chwef"), postcode=("DNSS 1PT", "DN55 lPT"),
        reference=("41/S/26", "41/005/26"),
    ), by(surname=("Ива", "Петров"))),
    Somebody("Pat", "Lord", "1970-12-01", "TS1 1ST", "41/8/26", by(
        surname=("Lord", "LORD", "Mr Lord"), month=("Dec", "rhag"), postcode=("T51 1ST", "TSI 15T"),
        reference=("41/0008/26",),
    ), by(surname=("Mr", "Lor", "Lordson"))),
    Somebody("Nia", "Ó Sé", "1995-05-05", "BT1 5GS", "41/0/26", by(
        surname=("O Se", "Ó Sé", "OSe", "o'se"), month=("Mai", "may"), postcode=("BTI 5GS", "BT1 SGS"),
        reference=("41/O/26", "41/00/26"),
    ), by(surname=("O", "Ó"), reference=("41/1/26",))),
)
