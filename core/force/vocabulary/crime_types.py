"""Crime types of England and Wales that have a victim, and the flags a crime may carry.

Contains public sector information, and National Statistics data, licensed under the Open
Government Licence v3.0.

Which of them are *sensitive* is this project's own choice: such a case is never opened in the
portal by itself. A force chooses its crime types from this list in ``force.toml``.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from flask_babel import lazy_gettext as N_
from flask_babel.speaklater import LazyString


@dataclass(frozen=True, slots=True)
class Named:
    """Something with an id and a name; ``str(name)`` is in the reader's language."""

    id: str
    name: LazyString = field(compare=False)


@dataclass(frozen=True, slots=True)
class Category(Named):
    """A category under which crimes are published."""


@dataclass(frozen=True, slots=True)
class CrimeType(Named):
    """A kind of crime. ``category`` is that of published crimes, the code the Home Office's; None where
    there is none."""

    group: str
    category: str | None
    home_office_code: str | None
    sensitive: bool


@dataclass(frozen=True, slots=True)
class Flag(Named):
    """A mark that a record system puts on a crime."""

    sensitive: bool


CATEGORIES = {item.id: item for item in (
    Category("anti-social-behaviour", N_("Anti-social behaviour")),
    Category("bicycle-theft", N_("Bicycle theft")),
    Category("burglary", N_("Burglary")),
    Category("criminal-damage-arson", N_("Criminal damage and arson")),
    Category("drugs", N_("Drugs")),
    Category("other-theft", N_("Other theft")),
    Category("possession-of-weapons", N_("Possession of weapons")),
    Category("public-order", N_("Public order")),
    Category("robbery", N_("Robbery")),
    Category("shoplifting", N_("Shoplifting")),
    Category("theft-from-the-person", N_("Theft from the person")),
    Category("vehicle-crime", N_("Vehicle crime")),
    Category("violent-crime", N_("Violence and sexual offences")),
    Category("other-crime", N_("Other crime")),
)}

GROUPS = {item.id: item for item in (
    Named("vehicle", N_("Vehicle offences")),
    Named("burglary", N_("Burglary")),
    Named("robbery", N_("Robbery")),
    Named("theft", N_("Theft")),
    Named("criminal-damage-arson", N_("Criminal damage and arson")),
    Named("violence", N_("Violence against the person")),
    Named("stalking-harassment", N_("Stalking and harassment")),
    Named("sexual", N_("Sexual offences")),
    Named("public-order", N_("Public order")),
    Named("fraud-cyber", N_("Fraud and computer misuse")),
    Named("road-death", N_("Death or serious injury by driving")),
    Named("incident", N_("Not a recorded crime")),
)}

CRIME_TYPES = {item.id: item for item in (
    CrimeType(
        "theft-from-vehicle", N_("Theft from a vehicle"), "vehicle", "vehicle-crime", "45", False,
    ),
    CrimeType(
        "theft-of-vehicle", N_("Theft or unauthorised taking of a vehicle"), "vehicle",
        "vehicle-crime", "48", False,
    ),
    CrimeType(
        "aggravated-vehicle-taking", N_("Aggravated vehicle taking"), "vehicle", "vehicle-crime",
        "37/2", False,
    ),
    CrimeType(
        "vehicle-interference", N_("Interfering with a motor vehicle"), "vehicle", "vehicle-crime",
        "126", False,
    ),
    CrimeType(
        "burglary-residential", N_("Burglary (residential)"), "burglary", "burglary", "28E", False,
    ),
    CrimeType(
        "burglary-residential-distraction", N_("Distraction burglary (residential)"), "burglary",
        "burglary", "28G", True,
    ),
    CrimeType(
        "burglary-aggravated-residential", N_("Aggravated burglary (residential)"), "burglary",
        "burglary", "29A", True,
    ),
    CrimeType(
        "burglary-business", N_("Burglary (business and community)"), "burglary", "burglary", "30C",
        False,
    ),
    CrimeType(
        "robbery-personal", N_("Robbery of personal property"), "robbery", "robbery", "34B", False,
    ),
    CrimeType(
        "robbery-business", N_("Robbery of business property"), "robbery", "robbery", "34A", False,
    ),
    CrimeType(
        "bicycle-theft", N_("Theft or unauthorised taking of a pedal cycle"), "theft",
        "bicycle-theft", "44", False,
    ),
    CrimeType(
        "theft-from-person", N_("Theft from the person"), "theft", "theft-from-the-person", "39",
        False,
    ),
    CrimeType("shoplifting", N_("Shoplifting"), "theft", "shoplifting", "46", False),
    CrimeType("theft-in-dwelling", N_("Theft in a dwelling"), "theft", "other-theft", "40", False),
    CrimeType("theft-by-employee", N_("Theft by an employee"), "theft", "other-theft", "41", False),
    CrimeType("theft-of-mail", N_("Theft of mail"), "theft", "other-theft", "42", False),
    CrimeType(
        "making-off-without-payment", N_("Making off without payment"), "theft", "other-theft",
        "49A", False,
    ),
    CrimeType("dog-theft", N_("Dog or cat theft"), "theft", "other-theft", None, False),
    CrimeType("blackmail", N_("Blackmail"), "theft", "other-theft", "35", True),
    CrimeType("other-theft", N_("Other theft"), "theft", "other-theft", "49", False),
    CrimeType(
        "criminal-damage-dwelling", N_("Criminal damage to a dwelling"), "criminal-damage-arson",
        "criminal-damage-arson", "58A", False,
    ),
    CrimeType(
        "criminal-damage-building", N_("Criminal damage to another building"),
        "criminal-damage-arson", "criminal-damage-arson", "58B", False,
    ),
    CrimeType(
        "criminal-damage-vehicle", N_("Criminal damage to a vehicle"), "criminal-damage-arson",
        "criminal-damage-arson", "58C", False,
    ),
    CrimeType(
        "criminal-damage-other", N_("Other criminal damage"), "criminal-damage-arson",
        "criminal-damage-arson", "58D", False,
    ),
    CrimeType(
        "criminal-damage-aggravated", N_("Racially or religiously aggravated criminal damage"),
        "criminal-damage-arson", "criminal-damage-arson", "58J", True,
    ),
    CrimeType(
        "arson", N_("Arson not endangering life"), "criminal-damage-arson", "criminal-damage-arson",
        "56B", False,
    ),
    CrimeType(
        "arson-endangering-life", N_("Arson endangering life"), "criminal-damage-arson",
        "criminal-damage-arson", "56A", True,
    ),
    CrimeType(
        "common-assault", N_("Common assault (assault without injury)"), "violence",
        "violent-crime", "105A", False,
    ),
    CrimeType(
        "common-assault-aggravated",
        N_("Racially or religiously aggravated assault without injury"), "violence",
        "violent-crime", "105B", True,
    ),
    CrimeType(
        "actual-bodily-harm", N_("Assault with injury (includes actual bodily harm)"), "violence",
        "violent-crime", "8N", False,
    ),
    CrimeType(
        "assault-injury-aggravated", N_("Racially or religiously aggravated assault with injury"),
        "violence", "violent-crime", "8P", True,
    ),
    CrimeType(
        "grievous-bodily-harm-intent", N_("Assault with intent to cause serious harm"), "violence",
        "violent-crime", "5D", True,
    ),
    CrimeType(
        "assault-emergency-worker", N_("Assault on a constable"), "violence", "violent-crime",
        "104", False,
    ),
    CrimeType("threats-to-kill", N_("Threats to kill"), "violence", "violent-crime", "3B", True),
    CrimeType(
        "non-fatal-strangulation", N_("Non-fatal strangulation or suffocation"), "violence",
        "violent-crime", None, True,
    ),
    CrimeType("attempted-murder", N_("Attempted murder"), "violence", "violent-crime", "2", True),
    CrimeType("homicide", N_("Homicide"), "violence", "violent-crime", "1, 4/1, 4/2, 4/10", True),
    CrimeType(
        "child-cruelty", N_("Cruelty to children or young persons"), "violence", "violent-crime",
        "11A", True,
    ),
    CrimeType("child-abduction", N_("Child abduction"), "violence", "violent-crime", "13", True),
    CrimeType("kidnapping", N_("Kidnapping"), "violence", "violent-crime", "36", True),
    CrimeType("modern-slavery", N_("Modern slavery"), "violence", "violent-crime", "106", True),
    CrimeType("harassment", N_("Harassment"), "stalking-harassment", "violent-crime", "8L", True),
    CrimeType(
        "harassment-aggravated", N_("Racially or religiously aggravated harassment"),
        "stalking-harassment", "violent-crime", "8M", True,
    ),
    CrimeType("stalking", N_("Stalking"), "stalking-harassment", "violent-crime", "8Q", True),
    CrimeType(
        "coercive-control", N_("Controlling or coercive behaviour"), "stalking-harassment",
        "violent-crime", "8U", True,
    ),
    CrimeType(
        "malicious-communications", N_("Malicious communications"), "stalking-harassment",
        "violent-crime", "8R", False,
    ),
    CrimeType("rape", N_("Rape"), "sexual", "violent-crime", "19C-19H", True),
    CrimeType(
        "sexual-assault", N_("Sexual assault"), "sexual", "violent-crime", "17A, 17B, 20A, 20B",
        True,
    ),
    CrimeType(
        "exposure-voyeurism", N_("Exposure and voyeurism"), "sexual", "violent-crime", "88E", True,
    ),
    CrimeType(
        "sexual-offence-child", N_("Sexual offence against a child"), "sexual", "violent-crime",
        "21, 22B, 71, 88A", True,
    ),
    CrimeType(
        "other-sexual-offence", N_("Other sexual offence"), "sexual", "violent-crime",
        "22A, 23, 70, 73, 88C", True,
    ),
    CrimeType(
        "public-fear-alarm-distress", N_("Public order: fear, alarm or distress"), "public-order",
        "public-order", "9A", False,
    ),
    CrimeType(
        "public-order-aggravated", N_("Racially or religiously aggravated public order"),
        "public-order", "public-order", "9B", True,
    ),
    CrimeType(
        "violent-disorder", N_("Violent disorder"), "public-order", "public-order", "62A", False,
    ),
    CrimeType("fraud", N_("Fraud"), "fraud-cyber", None, None, False),
    CrimeType(
        "computer-misuse", N_("Cyber crime (computer misuse)"), "fraud-cyber", None, None, False,
    ),
    CrimeType(
        "death-by-driving", N_("Causing death by driving"), "road-death", "violent-crime",
        "4/4, 4/6, 4/8", True,
    ),
    CrimeType(
        "antisocial-behaviour", N_("Anti-social behaviour"), "incident", "anti-social-behaviour",
        None, False,
    ),
)}

FLAGS = {item.id: item for item in (
    Flag("domestic-abuse", N_("Domestic abuse"), True),
    Flag("hate-race", N_("Hate crime: race"), True),
    Flag("hate-religion", N_("Hate crime: religion or faith"), True),
    Flag("hate-sexual-orientation", N_("Hate crime: sexual orientation"), True),
    Flag("hate-disability", N_("Hate crime: disability"), True),
    Flag("hate-transgender", N_("Hate crime: transgender identity"), True),
    Flag("child-sexual-abuse", N_("Child sexual abuse"), True),
    Flag("child-sexual-exploitation", N_("Child sexual exploitation"), True),
    Flag("child-criminal-exploitation", N_("Child criminal exploitation"), True),
    Flag("honour-based-abuse", N_("Honour-based abuse"), True),
    Flag("knife-crime", N_("Knife or sharp instrument"), False),
    Flag("online", N_("Online crime"), False),
)}
