"""The words of every letter. None names a crime, a reference, an officer or a person.

*Named* letters carry the force's name. *Discreet* ones say nothing of police, crime or a force, in
any language: no link, no brand, no telephone number.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

from core.force.model import Force


@dataclass(frozen=True)
class Words:
    """A letter's words in the order they stand; each of ``steps`` and ``closing`` is a paragraph.

    ``opening`` is what a mailbox shows beside the subject.
    """

    subject: str
    opening: str
    steps: tuple[str, ...]
    closing: tuple[str, ...]
    code: str | None = None
    link: str | None = None


def discreet_code(code: str, until: str) -> Words:
    return Words(
        _("Your code"), _("Here is the code you asked for."),
        (_type_it(until), _("If you did not ask for a code, you can ignore this email.")),
        _discreet_closing(), code=code,
    )


def discreet_news() -> Words:
    return Words(
        _("Something new in your account"), _("There is something new for you to read."),
        (_("To read it, sign in to your account as you did before."),
         _("If you do not know what this is about, you can ignore this email.")),
        _discreet_closing(),
    )


def _discreet_closing() -> tuple[str, ...]:
    return _never_ask(), _do_not_reply()


def named_code(force: Force, language: str, code: str, until: str) -> Words:
    return Words(
        _("%(force)s: your sign-in code", force=force.name_in(language)),
        _("Here is the code you asked for."),
        (_type_it(until),
         _("If you did not ask for a code, someone else may know some of your details. They "
           "cannot sign in without the code. If this worries you, call us on %(phone)s.",
           phone=force.non_emergency),
         _("Never give your sign-in code to anyone. We never ask you for it by phone or email.")),
        _named_closing(force), code=code,
    )


def discreet_text(code: str, until: str) -> str:
    return str(_("%(code)s is your code. It works until %(time)s.", code=code, time=until))


def named_text(force: Force, language: str, code: str, until: str) -> str:
    return str(_(
        "%(code)s is your %(force)s sign-in code. It works until %(time)s. Never give it to anyone.",
        code=code, force=force.name_in(language), time=until,
    ))


def account_text(sender: str | None) -> str:
    """*sender* is the name of the force; None in a discreet text."""
    said = _("Something was changed in your account, or someone asked to change it. If it was not you, "
             "sign in as you did before and look at “Your account”.")
    return f"{sender}: {said}" if sender else str(said)


def named_news(force: Force, language: str, link: str) -> Words:
    return Words(
        _("%(force)s: there is something new for you", force=force.name_in(language)),
        _("There is something new for you to read."), _sign_in_to_read(), _named_closing(force),
        link=link,
    )


def named_message(force: Force, language: str, link: str) -> Words:
    return Words(
        _("%(force)s: you have a new message", force=force.name_in(language)),
        _("There is a new message for you."), _sign_in_to_read(), _named_closing(force),
        link=link,
    )


def discreet_account() -> Words:
    return Words(
        _("A change in your account"), _account_changed(), _account_steps(), _discreet_closing(),
    )


def named_account(force: Force, language: str, link: str) -> Words:
    return Words(
        _("%(force)s: a change in your account", force=force.name_in(language)),
        _account_changed(),
        (*_account_steps(),
         _("If you cannot sign in, or this worries you, call us on %(phone)s.",
           phone=force.non_emergency)),
        _named_closing(force), link=link,
    )


def _account_changed() -> str:
    return str(_("Something was changed in your account, or someone asked to change it."))


def _account_steps() -> tuple[str, ...]:
    return (
        str(_("If it was you, there is nothing to do.")),
        str(_("If it was not you, sign in as you did before and look at “Your account”. You can stop "
              "the change there.")),
    )


def for_the_desk(force: Force, link: str) -> Words:
    return Words(
        _("%(force)s: a message is waiting for you", force=force.name),
        _("A message is waiting for you on the desk."),
        (_("To keep people safe, this email does not say who wrote, or about what. Sign in to the "
           "desk to read the message and answer it:"),),
        (_do_not_reply(),), link=link,
    )


def case_silent(force: Force, link: str) -> Words:
    return Words(
        _("%(force)s: a case of yours is no longer shown online", force=force.name),
        _("A case of yours is no longer shown online. People on it get no emails."),
        (_("To keep people safe, this email does not say which case, or why. The people on it are "
           "not told: tell them what happens in the way you agreed."),
         _("Sign in to the desk to see the case:")),
        (_do_not_reply(),), link=link,
    )


def case_handed_over(force: Force, link: str) -> Words:
    return Words(
        _("%(force)s: a case was handed over to you", force=force.name),
        _("A colleague’s case is yours now. People on it may be waiting for news."),
        (_("To keep people safe, this email does not say which case. At the desk each case that was "
           "handed over to you is marked as new, with what was promised and who waits for an answer:"),),
        (_do_not_reply(),), link=link,
    )


def case_out_of_reach(force: Force) -> Words:
    return Words(
        _("%(force)s: a case of yours went to someone we cannot write to", force=force.name),
        _("A case of yours is another officer’s now, as the record system says. They have no email on the "
          "record, so nobody told them, and people on the case may be waiting."),
        (_("To keep people safe, this email does not say which case. If it was a slip, put the officer "
           "right in the record system. If not, tell your colleague."),),
        (_do_not_reply(),),
    )


def oversight(force: Force, kind: str, link: str) -> Words:
    """For who reviews: staff opened something that is not theirs, or looked at unusually much."""
    if kind == "break_glass":
        subject = _("%(force)s: access with a reason, for you to review", force=force.name)
        opening = _("A member of staff gave a reason and opened a case that is not theirs.")
    else:
        subject = _("%(force)s: unusual viewing, for you to review", force=force.name)
        opening = _("A member of staff looked at cases in a way that is not usual.")
    return Words(
        subject, opening,
        (_("To keep people safe, this email does not say who, or which case. Sign in to the desk "
           "and open “Reviews”:"),),
        (_do_not_reply(),), link=link,
    )


def person_account(force: Force, link: str) -> Words:
    return Words(
        _("%(force)s: how a person can be reached has changed", force=force.name),
        _("Someone on a case of yours changed how they can be reached, or who can sign in."),
        (_("To keep people safe, this email does not say who. Sign in to the desk to see what it is, "
           "and whether it waits for you:"),),
        (_do_not_reply(),), link=link,
    )


def _sign_in_to_read() -> tuple[str, ...]:
    return (_("To keep you safe, this email does not say what it is about. Sign in on our website "
              "to read it:"),)


def _named_closing(force: Force) -> tuple[str, ...]:
    return (
        _never_ask(),
        _("If you are not sure that this email is from us, call us on %(phone)s. In an emergency, "
          "call 999.", phone=force.non_emergency),
        _do_not_reply(),
    )


def _type_it(until: str) -> str:
    return str(_(
        "Type it on the page where you asked for it. It works once, until %(time)s.", time=until
    ))


def _never_ask() -> str:
    return str(_("We never ask for your password or your bank details."))


def _do_not_reply() -> str:
    return str(_("Please do not reply to this email: nobody reads the replies."))
