"""Words, true in every nation, for news of a court, of property, and of contact with one person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from flask_babel import LazyString
from flask_babel import lazy_gettext as N_

from core.cases import general_words
from core.cases.general_words import ASK_US, COME_BACK, CORRECT_US
from core.hookspecs import Telling

HEARING = Telling(
    N_("There will be a hearing at court"),
    N_("A hearing is when a court deals with part of a case. "
       "There may be more than one, and dates can change."),
    N_("We will tell you about the next important step."),
    N_("Ask us if you are not sure whether you need to be there, or if you need help to go."),
)

COURT_RESULT = general_words.STAGES["result"]

COURT_RESULTS: dict[str, Telling] = {
    "guilty": general_words.GUILTY,
    "not_guilty": general_words.NOT_GUILTY,
    "sentenced": Telling(
        N_("The court has given a sentence"),
        N_("The person was found guilty or admitted the crime. "
           "The court has decided what happens to them now."),
        ASK_US,
        COME_BACK,
    ),
    "discontinued": Telling(
        N_("The court case has been stopped"),
        N_("The case at court does not go on. We know that this is hard to hear. "
           "It does not mean that you were not believed."),
        ASK_US,
        COME_BACK,
    ),
    "adjourned": Telling(
        N_("The hearing was put off to another day"),
        N_("The court has not decided yet. It will go on with the case later."),
        N_("We will tell you about the next important step."),
        COME_BACK,
    ),
}

PROPERTY = Telling(
    N_("News about your property"),
    N_("Here is what our record says about your things."),
    None,
    CORRECT_US,
)

# What is told where all things of one piece of news stand alike; by the status of things.
PROPERTIES: dict[str, Telling] = {
    "stolen": replace(PROPERTY, title=N_("Our record says what was stolen")),
    "damaged": replace(PROPERTY, title=N_("Our record says what was damaged")),
    "recovered": Telling(
        N_("We have found property of yours"),
        N_("We have it, or know where it is. We may need to keep it for a time, as evidence."),
        N_("We will tell you when you can have it back."),
        CORRECT_US,
    ),
    "held": Telling(
        N_("We are keeping property of yours"),
        N_("We need it for now, for example as evidence. We look after it."),
        N_("We will tell you when you can have it back."),
        CORRECT_US,
    ),
    "ready_to_collect": Telling(
        N_("You can have your property back"),
        N_("We do not need it any more. It is ready for you to collect."),
        N_("Contact us to agree when and where you can collect it."),
        CORRECT_US,
    ),
    "returned": Telling(
        N_("Your property has been given back"),
        N_("Our record says that you have it again."),
        None,
        N_("If you do not have it, tell us and we will look into it."),
    ),
}

STATUSES: Mapping[str, LazyString] = {
    "stolen": N_("stolen"),
    "damaged": N_("damaged"),
    "recovered": N_("found"),
    "held": N_("we are keeping it for now"),
    "ready_to_collect": N_("ready for you to collect"),
    "returned": N_("given back to you"),
}

NO_ANSWER = N_("We did not reach you. You can contact us at any time.")

# By the way of the contact: where it reached the person, and where it did not.
CONTACTS: Mapping[str, tuple[Telling, Telling]] = {
    "phone": (
        Telling(N_("We called you"), N_("Our record says that we spoke with you.")),
        Telling(N_("We tried to call you"), NO_ANSWER),
    ),
    "in_person": (
        Telling(N_("We met you"), N_("Our record says that we spoke with you.")),
        Telling(N_("We came to see you"), NO_ANSWER),
    ),
    "post": (
        Telling(N_("We sent you a letter by post"), N_("Tell us if it did not reach you.")),
        Telling(N_("We sent you a letter, and it came back"), NO_ANSWER),
    ),
    "email": (
        Telling(N_("We sent you an email"), N_("Tell us if it did not reach you.")),
        Telling(N_("We tried to send you an email"), NO_ANSWER),
    ),
    "sms": (
        Telling(N_("We sent you a text message"), N_("Tell us if it did not reach you.")),
        Telling(N_("We tried to send you a text message"), NO_ANSWER),
    ),
}
TRIED = "tried"  # the outcome of a contact that did not reach the person

ENTRIES: dict[str, Telling] = {"hearing": HEARING, "court_result": COURT_RESULT, "property": PROPERTY}

COURT, WHEN, WRITTEN_RESULT = N_("Court"), N_("When"), N_("Result")
SOMETHING = N_("Something of yours")
