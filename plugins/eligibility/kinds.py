"""Kinds of crime and districts to choose from, in the words of people, not of the record."""

from __future__ import annotations

from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as N_

from core.base import language, when
from core.force import Force, vocabulary

OTHER = "other"
Options = list[tuple[str, str]]

# By id of the shared list; a type that is not here is called as it is there. The word that people
# would look for comes first: lists are searched by typing it.
PLAIN = {
    "theft-from-vehicle": N_("Something stolen from a vehicle"),
    "theft-of-vehicle": N_("Car, motorbike or other vehicle stolen"),
    "aggravated-vehicle-taking": N_("Vehicle taken and driven dangerously or damaged"),
    "vehicle-interference": N_("Vehicle tampered with"),
    "burglary-residential": N_("Break-in at a home"),
    "burglary-residential-distraction": N_("Tricked into letting a thief into a home"),
    "burglary-aggravated-residential": N_("Break-in at a home with a weapon"),
    "burglary-business": N_("Break-in at a business or other building"),
    "robbery-personal": N_("Robbed of your things by force or threats"),
    "robbery-business": N_("Robbery at a shop or business"),
    "bicycle-theft": N_("Bicycle stolen"),
    "theft-from-person": N_("Phone, bag or something else taken from you"),
    "shoplifting": N_("Theft from a shop"),
    "theft-in-dwelling": N_("Theft in a home, by someone who was let in"),
    "theft-by-employee": N_("Theft by someone who works for you"),
    "theft-of-mail": N_("Letter or parcel stolen"),
    "making-off-without-payment": N_("Someone left without paying"),
    "dog-theft": N_("Dog or cat stolen"),
    "other-theft": N_("Another kind of theft"),
    "criminal-damage-dwelling": N_("Damage to a home"),
    "criminal-damage-building": N_("Damage to another building"),
    "criminal-damage-vehicle": N_("Damage to a vehicle"),
    "criminal-damage-other": N_("Damage to something else"),
    "criminal-damage-aggravated": N_("Damage out of hate for race or religion"),
    "arson": N_("Fire set on purpose"),
    "arson-endangering-life": N_("Fire set on purpose that put lives in danger"),
    "common-assault": N_("Attacked, without an injury"),
    "common-assault-aggravated": N_("Attacked out of hate for race or religion"),
    "actual-bodily-harm": N_("Attacked and injured"),
    "assault-injury-aggravated": N_("Attacked and injured out of hate for race or religion"),
    "grievous-bodily-harm-intent": N_("Attacked and badly injured"),
    "assault-emergency-worker": N_("Attack on a police officer"),
    "threats-to-kill": N_("Threat to kill"),
    "non-fatal-strangulation": N_("Strangled or suffocated"),
    "attempted-murder": N_("Someone tried to kill"),
    "homicide": N_("Someone was killed"),
    "child-cruelty": N_("Cruelty to a child or young person"),
    "child-abduction": N_("Child taken away"),
    "modern-slavery": N_("Made to work or held against your will"),
    "harassment-aggravated": N_("Harassment out of hate for race or religion"),
    "coercive-control": N_("Controlled or frightened by a partner or relative"),
    "malicious-communications": N_("Messages meant to hurt or threaten"),
    "exposure-voyeurism": N_("Flashing, or being watched or filmed in private"),
    "other-sexual-offence": N_("Another sexual offence"),
    "public-fear-alarm-distress": N_("Threatened or frightened in public"),
    "public-order-aggravated": N_("Abused in public out of hate for race or religion"),
    "violent-disorder": N_("Violence by a group in public"),
    "computer-misuse": N_("Hacking or another cyber crime"),
    "death-by-driving": N_("Death caused by driving"),
}


def crime_types(force: Force) -> list[tuple[str, Options]]:
    """The force's crime types in groups: (group, (id, words) each). The force's own names stay."""
    groups = []
    for group in vocabulary.GROUPS.values():
        members = [(kind.id, _words(kind)) for kind in force.crime_types if kind.group == group.id]
        if members:
            groups.append((str(group.name), members))
    return groups


def _words(kind: vocabulary.CrimeType) -> str:
    shared = vocabulary.CRIME_TYPES[kind.id].name
    return str(PLAIN.get(kind.id, shared) if kind.name is shared else kind.name)


def districts(force: Force, today: date) -> Options:
    """The force's districts by name; those that are no more say until when they were there."""
    named = []
    for one in force.districts:
        name = one.name_in(language())
        if one.valid_to and one.valid_to < today:
            name = _("%(name)s (until %(day)s)", name=name, day=when(one.valid_to))
        named.append((one.id, name))
    return sorted(named, key=lambda pair: pair[1].casefold())
