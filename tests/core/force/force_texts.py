"""A good force.toml, and what people get wrong in one."""

from __future__ import annotations

GOOD = r"""
id = "midshire"
name = "Midshire Police"
short_name = "Midshire"
status = "draft"
nation = "England"
languages = ["en"]
hosts = ["track.midshire.example"]
website = "https://www.midshire.example"
non_emergency = "101"
crime_types = [
  "bicycle-theft",
  { id = "shoplifting", name = "Theft from a shop" },
  "rape",
]

[brand]
colour = "#14505c"

[email_sender]
name = "Midshire Police"
address = "no-reply@midshire.example"
discreet_address = "updates@letterbox.example"

[references]
template = "41/{number}/{yy}"

[[references.patterns]]
pattern = '^41/\d{1,7}/\d{2}$'
example = "41/12345/16"

[[districts]]
id = "north-side"
name = "North Side"
former_districts = ["Old Town"]

[[districts]]
id = "south-side"
name = "South Side"

[[support]]
id = "helpline"
name = "Helpline"
phone = "0808 157 0000"

[feed.sources.niche.map]
"B1" = "bicycle-theft"

[plugins.messages]

[plugins.support]
greeting = "Hello"

[oversight]
reviewer_email = "reviews@midshire.police.uk"

[[phases]]
opens = 2016-04-01
closes = 2016-12-31
districts = ["north-side"]
crime_types = ["bicycle-theft"]
"""


def changed(old: str, new: str) -> str:
    assert old in GOOD
    return GOOD.replace(old, new, 1)


# What somebody wrote wrong: the text it was, the text it became, the key and the words that the
# problem must name.
FAULTS = {
    "an unknown key": ('website = "', 'webside = "', "webside", "website"),
    "a misspelt needed key": ('non_emergency = "101"', 'non_emergancy = "101"',
                              "non_emergancy", "non_emergency"),
    "a key of the brand": ('colour = "#14505c"', 'color = "#14505c"', "brand.color", "colour"),
    "no name": ('name = "Midshire Police"\nshort', "short", "name", "name ="),
    "no number": ('non_emergency = "101"\n', "", "non_emergency", "non_emergency ="),
    "no sender": ('address = "no-reply@midshire.example"\n', "", "email_sender.address",
                  "address ="),
    "an empty name": ('name = "Midshire Police"\nshort', 'name = " "\nshort', "name", "a text"),
    "a number that is none": ('phone = "0808 157 0000"', 'phone = "ask us"', "support[1].phone",
                              "digits"),
    "a number without marks": ('non_emergency = "101"', "non_emergency = 101", "non_emergency",
                               '"101"'),
    "an unknown status": ('"draft"', '"draught"', "status", "draft"),
    "an unknown nation": ('"England"', '"Englnd"', "nation", "England"),
    "an unknown language": ('["en"]', '["en", "fr"]', "languages[2]", "en"),
    "no English": ('["en"]', '["cy"]', "languages", "en"),
    "a host with its scheme": ('"track.midshire.example"', '"https://track.midshire.example/"',
                               "hosts[1]", "track.example.org"),
    "a website without its scheme": ('"https://www.midshire.example"', '"www.midshire.example"',
                                     "website", "https://"),
    "a colour by name": ('"#14505c"', '"teal"', "brand.colour", "#"),
    "a colour nobody can read": ('"#14505c"', '"#7fd4e6"', "brand.colour", "darker"),
    "an accent nobody can read": ('colour = "#14505c"', 'colour = "#14505c"\naccent = "#ffcc00"',
                                  "brand.accent", "darker"),
    "a logo elsewhere": ('colour = "#14505c"', 'colour = "#14505c"\nlogo = "../logo.svg"',
                         "brand.logo", "static folder"),
    "a name on two lines": ('name = "South Side"', 'name = "South\\nSide"', "districts[2].name",
                            "one line"),
    "a sender that is no address": ('"no-reply@midshire.example"', '"Midshire"',
                                    "email_sender.address", "@"),
    "a discreet sender that tells": ('"updates@letterbox.example"', '"updates@midshire.example"',
                                     "email_sender.discreet_address", "nothing of police"),
    "an id with capitals": ('id = "midshire"', 'id = "Midshire"', "id", "small letters"),
    "an unknown crime type": ('  "bicycle-theft",', '  "bicicle-theft",', "crime_types[1]",
                              "bicycle-theft"),
    "a crime type twice": ('  "rape",', '  "rape",\n  "rape",', "crime_types[4]", "keep one"),
    "a sensitive type made ordinary": ('  "rape",', '  { id = "rape", sensitive = false },',
                                       "crime_types[3].sensitive", "leave the key out"),
    "a pattern without an end": (r"/\d{2}$'", r"/\d{2}'", "references.patterns[1].pattern", "$"),
    "a pattern of another shape": ("'^41/", "'^42/", "references.patterns[1].example", "matches"),
    "a pattern that never ends": (r"'^41/\d{1,7}/\d{2}$'", r"'^(\d+)+$'",
                                  "references.patterns[1].pattern", "how many"),
    "a pattern with an open bracket": (r"'^41/\d{1,7}/", r"'^41/(\d{1,7}/",
                                       "references.patterns[1].pattern", "close it"),
    "a pattern we do not know": (r"'^41/\d{1,7}/", r"'^41/(?=\d)\d{1,7}/",
                                 "references.patterns[1].pattern", "[A-Z]"),
    "a pattern in double marks": (r"pattern = '^41/\d{1,7}/\d{2}$'",
                                  r'pattern = "^41/\d{1,7}/\d{2}$"', "pattern", "single marks"),
    "a template of another shape": ('"41/{number}/{yy}"', '"{yy}/{number}/41"',
                                    "references.template", "order"),
    "a template without a year": ('"41/{number}/{yy}"', '"41/{number}/16"', "references.template",
                                  "{yy}"),
    "a template with an unknown part": ('"41/{number}/{yy}"', '"41/{no}/{yy}"',
                                        "references.template", "{number}"),
    "a district twice": ('id = "south-side"', 'id = "north-side"', "districts[2].id", "keep one"),
    "a district's name twice": ('name = "South Side"', 'name = "Old Town"', "districts[2].name",
                                "keep one"),
    "a district without a name": ('name = "South Side"\n', "", "districts[2].name", "name ="),
    "districts that are text": ('former_districts = ["Old Town"]', 'former_districts = "Old Town"',
                                "districts[1].former_districts", "square brackets"),
    "a district out of order": ('name = "South Side"', 'name = "South Side"\nfrom = 2020-01-01\n'
                                "to = 2019-01-01", "districts[2].to", "2020-01-01"),
    "a service nobody can reach": ('phone = "0808 157 0000"\n', "", "support[1]", "website"),
    "a service for no district": ('phone = "0808', 'districts = []\nphone = "0808',
                                  "support[1].districts", "at least one"),
    "a service for an unknown district": ('phone = "08', 'districts = ["north-sid"]\nphone = "08',
                                          "support[1].districts[1]", "north-side"),
    "a source's map to nowhere": ('"B1" = "bicycle-theft"', '"B1" = "bicycle-thef"',
                                  "feed.sources.niche.map.B1", "bicycle-theft"),
    "a plugin without its table": ("[plugins.messages]", "[plugins]\nmessages = true",
                                   "plugins.messages", "heading"),
    "a phase of an unknown district": ('districts = ["north-side"]', 'districts = ["north-syde"]',
                                       "phases[1].districts[1]", "north-side"),
    "a phase of all": ('districts = ["north-side"]', 'districts = ["all"]',
                       "phases[1].districts[1]", "north-side, south-side"),
    "a phase of an unknown crime type": ('crime_types = ["bicycle-theft"]',
                                         'crime_types = ["bicycle_theft"]',
                                         "phases[1].crime_types[1]", "bicycle-theft"),
    "a phase of a type not chosen": ('crime_types = ["bicycle-theft"]', 'crime_types = ["arson"]',
                                     "phases[1].crime_types[1]", "add “arson”"),
    "a phase of a sensitive type": ('crime_types = ["bicycle-theft"]',
                                    'crime_types = ["bicycle-theft", "rape"]',
                                    "phases[1].crime_types[2]", "take it out"),
    "a phase that opens nothing": ('districts = ["north-side"]', "districts = []",
                                   "phases[1].districts", "at least one"),
    "a phase that opens what is open": (
        "[[phases]]", '[[phases]]\nopens = 2016-05-01\ncloses = 2016-06-30\n'
        'districts = ["north-side"]\ncrime_types = ["bicycle-theft"]\n\n[[phases]]',
        "phases[1]", "take this phase out"),
    "a phase that overlaps": (
        "[[phases]]", '[[phases]]\nopens = 2016-05-01\ndistricts = ["north-side"]\n'
        'crime_types = ["bicycle-theft", "shoplifting"]\n\n[[phases]]',
        "phases[2].opens", "closes = 2016-04-30 in phase 2"),
    "a phase of a district not there yet": (
        'name = "North Side"', 'name = "North Side"\nfrom = 2017-01-01',
        "phases[1].districts[1]", "there before"),
    "a district without support": (
        'phone = "0808 157 0000"', 'phone = "0808 157 0000"\ndistricts = ["north-side"]',
        "districts[2].id", "[[support]]"),
    "a force that absorbed itself": ('status = "draft"', 'status = "draft"\nabsorbed = ["midshire"]',
                                     "absorbed[1]", "the other force"),
    "a force that takes over from itself": (
        'status = "draft"', 'status = "draft"\nsuccessor = "midshire"', "successor", "other force"),
    "a source of a force not absorbed": (
        "[feed.sources.niche.map]", '[feed.sources.niche]\nabsorbed_from = "oldshire"\n'
        "[feed.sources.niche.map]", "feed.sources.niche.absorbed_from", 'absorbed = ["oldshire"]'),
    "a source with the ids of none": (
        "[feed.sources.niche.map]", '[feed.sources.niche]\nids_of = "athena"\n[feed.sources.niche.map]',
        "feed.sources.niche.ids_of", "there is none yet"),
    "a source with the desk's own name": (
        "[feed.sources.niche.map]", "[feed.sources.desk]\n[feed.sources.niche.map]", "feed.sources.desk",
        "another name for this sender"),
    "a source that may send nothing": (
        "[feed.sources.niche.map]", "[feed.sources.niche]\nevents_per_minute = 0\n"
        "[feed.sources.niche.map]", "feed.sources.niche.events_per_minute", "at least 1"),
    "a burst that no batch fits into": (
        "[feed.sources.niche.map]", "[feed.sources.niche]\nburst = 999\n[feed.sources.niche.map]",
        "feed.sources.niche.burst", "at least 1000"),
    "a source with too many at once": (
        "[feed.sources.niche.map]", "[feed.sources.niche]\nat_once = 9\n[feed.sources.niche.map]",
        "feed.sources.niche.at_once", "at most 8"),
    "a quota in words": (
        "[feed.sources.niche.map]", '[feed.sources.niche]\nevents_per_minute = "6000"\n'
        "[feed.sources.niche.map]", "feed.sources.niche.events_per_minute", "digits"),
    "a nation as a number": ('"England"', "7", "nation", "England"),
    "a Welsh name on two lines": ('name = "Midshire Police"', 'name = { en = "Police", cy = "Heddlu\\nC" }',
                                  "name.cy", "one line"),
    "a name by language as keys": (
        'status = "draft"', 'status = "draft"\nname_cy = "Heddlu"', "name_cy",
        'name = { en = "Midshire Police", cy = "Heddlu" }'),
    "a district's name by language as keys": (
        'name = "North Side"', 'name = { en = "North Side" }\nname_cy = "Ochr"', "districts[1].name_cy",
        'name = { en = "North Side", cy = "Ochr" }'),
    "a name in a language that the portal has not": (
        'name = "North Side"', 'name = { en = "North Side", fr = "Nord" }', "districts[1].name.fr", "cy, en"),
    "a name in no English": (
        'name = "North Side"', 'name = { cy = "Ochr" }', "districts[1].name.en", "en ="),
    "Welsh without English": (
        'phone = "0808 157 0000"', 'phone = "0808 157 0000"\nwords.cy = "Helpu"',
        "support[1].words.en", "en ="),
    "a reference shape out of order": (
        'example = "41/12345/16"', 'example = "41/12345/16"\nfrom = 2020-01-01\nto = 2019-12-31',
        "references.patterns[1].to", "2020-01-01"),
    "a phase that closes first": ("closes = 2016-12-31", "closes = 2015-12-31", "phases[1].closes",
                                  "2016-04-01"),
    "a phase without a day": ("opens = 2016-04-01\n", "", "phases[1].opens", "opens ="),
    "a day that is none": ("opens = 2016-04-01", 'opens = "April"', "phases[1].opens",
                           "2016-04-01"),
    "a day that is a year": ("opens = 2016-04-01", "opens = 2016", "phases[1].opens", "2016-04-01"),
    "a key twice": ('status = "draft"', 'status = "draft"\nstatus = "draft"', "status", "keep one"),
    "a missing mark": ('status = "draft"', 'status = "draft', "status", "marks"),
    "no mark at all": ('status = "draft"', "status = draft", "status", "marks"),
    "a list without its end": ('languages = ["en"]', 'languages = ["en"', "hosts", '["one"'),
    "curly marks of a word processor": ('status = "draft"', "status = “draft”", "status",
                                        'status = "draft"'),
    "one curly mark": ('status = "draft"', 'status = "draft”', "status", 'status = "draft"'),
    "a space from a web page": ('status = "draft"', 'status\u00a0= "draft"', "status", "typed again"),
    "a number with spaces": ('non_emergency = "101"', "non_emergency = 0845 33 00 222",
                             "non_emergency", '"0845 33 00 222"'),
    "a semicolon at the end": ('status = "draft"', 'status = "draft";', "status",
                               'status = "draft"'),
    "a word with a capital": ('status = "draft"', "status = True", "status", "small letters"),
    "nothing after the sign": ('status = "draft"', "status = # later", "status", "no such line"),
    "a day as people write it": ("opens = 2016-04-01", "opens = 01/04/2016", "opens", "2016-04-01"),
    "a day with long dashes": ("opens = 2016-04-01", "opens = 2016–04–01", "opens", "2016-04-01"),
    "a day that never was": ("opens = 2016-04-01", "opens = 2016-04-31", "opens", "a day like"),
    "a number with a comma": ('greeting = "Hello"', "greeting = 1,5", "greeting", "1.5"),
    "a heading with one bracket": ("[[districts]]", "[districts]", "districts", "[[districts]]"),
    "phases with one bracket": ("[[phases]]", "[phases]", "phases", "[[phases]]"),
    "a heading that is left open": ("[brand]", "[brand", "brand", "[brand]"),
    "a heading twice": ("[email_sender]", "[brand]\n\n[email_sender]", "brand", "one heading"),
    "a whole part missing": ('[brand]\ncolour = "#14505c"\n', "", "brand", "[brand] as a heading"),
    "a key below a heading that is not its own": (
        'colour = "#14505c"', 'colour = "#14505c"\nons_code = "E23000027"', "brand.ons_code",
        "above the first heading"),
    "a language by its name": ('["en"]', '["English"]', "languages[1]", "en"),
    "a note that begins another way": ('status = "draft"', '// ours\nstatus = "draft"', "", "#"),
    "a colon for the sign": ('status = "draft"', 'status: "draft"', "status", 'status = "draft"'),
    "two versions put together": ('status = "draft"', '<<<<<<< ours\nstatus = "draft"', "", "one of"),
    "a number without end": ('status = "draft"', "status = " + "9" * 5000, "", "marks"),
    "a line without its sign": ('status = "draft"', "status draft", "status", 'status = "draft"'),
    "a line of one word": ('status = "draft"', "status", "status", "status = …"),
    "a line that says nothing": ('status = "draft"', "?!", "", "key ="),
    "a line that a spreadsheet quoted": (
        'name = "Midshire Police"\nshort', '"name = ""Midshire Police"""\nshort', "name",
        'name = "Midshire Police"'),
    "a line that a spreadsheet quoted in a wide table": (
        'name = "Midshire Police"\nshort', '"name = ""Midshire Police""",,\nshort', "name",
        'name = "Midshire Police"'),
    "a line that a spreadsheet quoted where commas are in numbers": (
        'name = "Midshire Police"\nshort', '"name = ""Midshire Police""";;\nshort', "name",
        'name = "Midshire Police"'),
    "a key and a value in two cells": ('status = "draft"', '"status","draft"', "status", 'status = "draft"'),
    "a key and a value in two cells without marks": ('status = "draft"', "status,draft", "status",
                                                     'status = "draft"'),
    "a key and a value with a tab between": ('status = "draft"', "status\tdraft", "status",
                                             'status = "draft"'),
    "marks that were doubled": ('status = "draft"', 'status = ""draft""', "status", 'status = "draft"'),
    "a list that a spreadsheet parted": (
        'languages = ["en"]', '"languages = [""en""","  ""cy""]"', "languages", 'languages = ["en",  "cy"]'),
    "a list that a spreadsheet quoted": (
        'languages = ["en"]', '"languages = [""en"", ""cy""]"', "languages", 'languages = ["en", "cy"]'),
    "a pattern that a spreadsheet quoted": (
        r"pattern = '^41/\d{1,7}/\d{2}$'", "\"pattern = '^41/\\d{1,7}/\\d{2}$'\"", "pattern",
        r"pattern = '^41/\d{1,7}/\d{2}$'"),
    "a heading with a spreadsheet's commas": ("[brand]", "[brand],,", "brand", "[brand]"),
    "a day with a spreadsheet's commas": ("opens = 2016-04-01", "opens = 2016-04-01,,", "opens",
                                          "opens = 2016-04-01"),
    "a day with two figures for the year": ("opens = 2016-04-01", "opens = 01/04/16", "opens", "2016-04-01"),
    "a day that begins with such a year": ("opens = 2016-04-01", "opens = 16-04-01", "opens", "2016-04-01"),
    "a day in marks, the day first": ("opens = 2016-04-01", 'opens = "1.4.2016"', "phases[1].opens",
                                      "2016-04-01"),
    "districts in one text": ('districts = ["north-side"]', 'districts = ["north-side; south-side"]',
                              "phases[1].districts[1]", '"north-side", "south-side"'),
    "crime types in one text": ('  "rape",', '  "rape, arson",', "crime_types[3]", '"rape", "arson"'),
    "languages in one text": ('["en"]', '["en, cy"]', "languages[1]", '"en", "cy"'),
    "districts in one name": ('name = "South Side"', 'name = "South Side; East End; Loam Vale"',
                              "districts[2].name", "[[districts]] for each"),
    "former districts in one name": ('["Old Town"]', '["Old Town; Older Town"]',
                                     "districts[1].former_districts[1]", "a list"),
    "a district's name twice but for its spaces": ('name = "South Side"', 'name = " north  side "',
                                                   "districts[2].name", "keep one"),
    "a district's code twice": (
        'name = "North Side"', 'name = "North Side"\nons_code = "E07000001"\n\n[[districts]]\n'
        'id = "west-side"\nname = "West Side"\nons_code = "E07000001"', "districts[2].ons_code", "keep one"),
    "a district's Welsh name twice": (
        'name = "North Side"', 'name = { en = "North Side", cy = "Ochr" }\n\n[[districts]]\n'
        'id = "west-side"\nname = { en = "West Side", cy = "Ochr" }', "districts[2].name.cy", "keep one"),
    "a language twice": ('["en"]', '["en", "en"]', "languages[2]", "keep one"),
}
