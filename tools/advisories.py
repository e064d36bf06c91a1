"""``make advisories``: is a known weakness in a package that the portal is made of?

Asks osv.dev for every locked package and says of when its answer is. Where there is no internet, take
an answer along that was asked for elsewhere (``--save``, then ``--answers``). Exit status: 0 none known,
1 some known, 2 not every package was looked up, or the answer is missing or too old.
"""

from __future__ import annotations

import argparse
import json
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from tools.packages import Package, packages

URL = "https://api.osv.dev/v1/querybatch"
AT_ONCE = 500
SECONDS = 30
FRESH = timedelta(days=7)

Fetch = Callable[[dict[str, Any]], tuple[dict[str, Any], datetime]]


class NotChecked(Exception):
    """Nothing can be said of some package; the text says of which, and why."""


@dataclass(frozen=True)
class Answers:
    """What was answered, by (ecosystem, name, version), and of when it is."""

    asked_at: datetime
    known: dict[tuple[str, str, str], list[str]]

    @classmethod
    def read(cls, path: Path) -> Answers:
        try:
            told = json.loads(path.read_text(encoding="utf-8"))
            at = datetime.fromisoformat(told["asked_at"])
            known = {(a["ecosystem"], a["name"], a["version"]): list(a["ids"]) for a in told["answers"]}
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise NotChecked(f"{path}: not answers that can be read ({type(error).__name__})") from None
        if at.tzinfo is None:
            raise NotChecked(f"{path}: its date has no time zone")
        return cls(at, known)

    def write(self, path: Path) -> None:
        answers = [{"ecosystem": e, "name": n, "version": v, "ids": ids}
                   for (e, n, v), ids in self.known.items()]
        told = {"asked_at": self.asked_at.isoformat(), "answers": answers}
        path.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


def over_the_network(body: dict[str, Any]) -> tuple[dict[str, Any], datetime]:
    """The answer, and the date that the server gives it."""
    request = urllib.request.Request(
        URL, json.dumps(body).encode(), {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
            date = answer.headers["Date"]
            if not date:
                raise NotChecked("the answer has no date")
            return json.load(answer), parsedate_to_datetime(date).astimezone(UTC)
    except (urllib.error.URLError, TimeoutError, ValueError, OSError) as error:
        reason = getattr(error, "reason", error)
        raise NotChecked(f"{URL} cannot be asked ({reason}): nothing was checked. Ask where there is a "
                         "network (--save FILE), and give the file here (--answers FILE)") from None


def ask(found: Sequence[Package], fetch: Fetch = over_the_network) -> Answers:
    """Look every package up. The oldest date of all answers is theirs. Raises NotChecked."""
    known: dict[tuple[str, str, str], list[str]] = {}
    dates: list[datetime] = []
    waiting = [({"package": {"ecosystem": one.ecosystem, "name": one.name}, "version": one.version}, one)
               for one in found]
    while waiting:
        now, waiting = waiting[:AT_ONCE], waiting[AT_ONCE:]
        told, date = fetch({"queries": [query for query, _ in now]})
        results = told.get("results") or []
        if len(results) != len(now):
            raise NotChecked(f"{len(now)} packages were asked for, {len(results)} answers came")
        dates.append(date)
        for (query, one), result in zip(now, results, strict=True):
            ids = known.setdefault((one.ecosystem, one.name, one.version), [])
            ids += [vuln["id"] for vuln in result.get("vulns", ())]
            if result.get("next_page_token"):
                waiting.append(({**query, "page_token": result["next_page_token"]}, one))
    if not dates:
        raise NotChecked("there are no packages to ask for")
    return Answers(min(dates), known)


def judge(found: Sequence[Package], answers: Answers, now: datetime) -> dict[str, list[str]]:
    """What is known of each package. Raises NotChecked for packages without an answer, or an old one."""
    skipped = [f"{one.name} {one.version}" for one in found
               if (one.ecosystem, one.name, one.version) not in answers.known]
    if skipped:
        raise NotChecked(f"{len(skipped)} packages were skipped: {', '.join(skipped[:10])}")
    age = now - answers.asked_at
    if age > FRESH:
        raise NotChecked(f"the data are of {answers.asked_at:%d %B %Y}, {age.days} days old; "
                         f"{FRESH.days} are allowed")
    if age < -timedelta(days=1):
        raise NotChecked(f"the data are of {answers.asked_at:%d %B %Y}, which is to come")
    return {f"{one.name} {one.version}": ids for one in found
            if (ids := answers.known[one.ecosystem, one.name, one.version])}


def main(arguments: Sequence[str] | None = None) -> int:
    options = argparse.ArgumentParser(description="Known weaknesses in what the portal is made of.")
    options.add_argument("--answers", type=Path, help="answers that were asked for elsewhere")
    options.add_argument("--save", type=Path, help="keep the answers in this file")
    given = options.parse_args(arguments)
    found = packages()
    try:
        answers = Answers.read(given.answers) if given.answers else ask(found)
        if given.save:
            answers.write(given.save)
        weak = judge(found, answers, datetime.now(UTC))
    except NotChecked as problem:
        print(f"advisories: {problem}", file=sys.stderr)
        return 2
    print(f"{len(found)} packages, data of {answers.asked_at:%d %B %Y %H:%M} UTC: "
          f"{len(weak)} with known weaknesses")
    for name, ids in weak.items():
        print(f"  {name}: {', '.join(sorted(set(ids)))}")
    return 1 if weak else 0


if __name__ == "__main__":
    sys.exit(main())
