"""``trackmycrime forces new``: a few questions, then a commented ``force.toml`` and a wordmark."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from core.base import SOURCE_LANGUAGE, installed_languages
from core.force import ForceFileError, build_force
from core.plugin_host import Problem, WrongCall, find_forces, find_plugins, review
from plugins.onboarding.answers import (
    QUESTIONS,
    Answers,
    Question,
    WrongAnswer,
    id_question,
    name_in,
    settle,
    shapes,
)
from plugins.onboarding.new_text import NewForce, force_text, wordmark


def _flags(function: Callable[..., Any]) -> Callable[..., Any]:
    for question in reversed(QUESTIONS):
        function = click.option(
            f"--{question.flag.replace('_', '-')}", question.flag, metavar="TEXT",
            multiple=question.many, help=f"{question.ask}." + (" Repeat it." * question.many),
        )(function)
    return function


@click.command("new")
@click.argument("force_id", metavar="[ID]", required=False)
@_flags
@click.option("--dir", "folder", type=click.Path(path_type=Path, file_okay=False),
              help="Folder for it; else TMC_FORCES_DIR, else ./forces.")
@click.option("--yes", is_flag=True, help="Ask nothing: what is not given is left at its default.")
def forces_new(force_id: str | None, folder: Path | None, yes: bool, **flags: Any) -> None:
    """Write a first force.toml for the force ID, with comments, and a wordmark.

    Asks what is not given; asks nothing with --yes, or when no person is at the terminal.
    """
    asking = not yes and person_is_there()
    answers = _answers(force_id, flags, asking)
    new = _new_force(answers)
    root = folder or review.forces_dir() or review.HERE
    _refuse_taken(new.id, root)
    text = force_text(new, find_plugins())
    try:
        build_force(text, folder=new.id)
    except ForceFileError as error:
        raise Problem("nothing is written, because these answers do not fit together:\n"
                      + "\n".join(str(problem) for problem in error.problems)) from None
    _write(root / new.id, text, wordmark(new))
    _tell(new, root)


def person_is_there() -> bool:
    """Whether questions would be seen and answered."""
    return sys.stdin.isatty()


# --- answers ------------------------------------------------------------------------------------


def _answers(force_id: str | None, flags: dict[str, Any], asking: bool) -> Answers:
    answers: Answers = {}
    missing = []
    given = {"id": force_id, **flags}
    for question in (id_question(find_forces(review.forces_dir())), *QUESTIONS):
        typed = given[question.flag]
        if typed not in (None, ()):
            _from_flag(question, typed, answers)
        elif not question.wanted(answers):
            answers[question.flag] = None
        elif asking:
            _ask(question, answers)
        elif "name" in answers and question.default(answers) is not None:
            settle(question, question.default(answers), answers)
        elif question.default({"name": ""}) is None:
            missing.append("ID" if question.flag == "id" else f"--{question.flag.replace('_', '-')}")
    if missing:
        raise WrongCall(f"nobody is there to ask: say also {', '.join(missing)}")
    return answers


def _from_flag(question: Question, typed: Any, answers: Answers) -> None:
    try:
        settle(question, typed, answers)
    except WrongAnswer as wrong:
        flag = "ID" if question.flag == "id" else f"--{question.flag.replace('_', '-')}"
        raise WrongCall(f"{flag}: {wrong}") from None


def _ask(question: Question, answers: Answers) -> None:
    """Ask until the answer is right; of a list, until the answer is empty."""
    while True:
        more = question.many and question.flag in answers
        default = "" if more else question.default(answers)
        typed = click.prompt("  and another (empty: no more)" if more else question.ask,
                             default=default, show_default=bool(default))
        try:
            settle(question, [typed] if question.many else typed, answers)
        except WrongAnswer as wrong:
            click.echo(f"  {wrong}")
            continue
        if not question.many or not typed.strip():
            return
        for line in question.shown(answers):
            click.echo(f"  {line}")


def _new_force(answers: Answers) -> NewForce:
    names = {SOURCE_LANGUAGE: answers["name"],
             **{code: name for code in installed_languages() if (name := answers.get(name_in(code)))}}
    return NewForce(
        id=answers["id"], names=names,
        short_name=answers["short_name"], nation=answers["nation"],
        languages=answers["languages"], website=answers["website"],
        non_emergency=answers["non_emergency"], districts=tuple(answers["district"]),
        groups=answers["crime_types"], opens=answers["opens"], shapes=shapes(answers),
        colour=answers["colour"],
    )


# --- writing ------------------------------------------------------------------------------------


def _refuse_taken(force_id: str, root: Path) -> None:
    if (root / force_id).exists():
        raise Problem(f"{root / force_id} exists already; it is left as it is. "
                      "Choose another id, or another folder with --dir")


def _write(folder: Path, text: str, logo: str) -> None:
    try:
        (folder / "static").mkdir(parents=True)
        (folder / "static" / "logo.svg").write_text(logo, encoding="utf-8")
        (folder / "force.toml").write_text(text, encoding="utf-8")
    except OSError as error:
        raise Problem(f"{error.filename}: cannot be written: {error.strerror}. Choose another "
                      "folder with --dir") from None


def _tell(new: NewForce, root: Path) -> None:
    file = root / new.id / "force.toml"
    found = find_forces(review.forces_dir()).get(new.id)
    here = "" if found and found.samefile(file.parent) else f"TMC_FORCES_DIR={root} "
    click.echo(f"made {file} and {file.parent / 'static' / 'logo.svg'}")
    for shape in new.shapes:
        click.echo(f"The example {' and '.join(shape.examples)} was read as: {shape.said}. "
                   "If that is wrong, change [references].")
        for what, some in (("would be taken", shape.fits), ("would not", shape.differs)):
            if some:
                click.echo(f"  {what}: {', '.join(some)}")
    click.echo(f"""
What to do next:
  1. {here}trackmycrime forces check {new.id}
  2. {here}trackmycrime forces preview {new.id}, and look at it while you edit the file
  3. Ask the people who know about each line of to_confirm; delete the lines that are right.
  4. {here}trackmycrime forces check --for-live {new.id}, until nothing is left; then status = "live".""")
