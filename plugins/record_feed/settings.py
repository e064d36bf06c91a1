"""The plugin's settings in ``force.toml``: ``[plugins.record_feed]``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from core.force import Force, fault, one_of

PATH = re.compile(r"(id|source|type|time|subject|sequence|data(\.[a-z_]+(\.\d{1,2})?)+)")
NEEDED = ("type", "time", "subject")
MOMENT = datetime(2016, 11, 23, 17, 48, 59, tzinfo=UTC)  # no two parts of it are alike
YEAR = set("YyGcxDF")  # what of a format (``%Y``) has the year in it


class CsvMapping(BaseModel):
    """How one sender's CSV files become record events; ``docs/record-feed.md`` has an example.

    ``columns``: heading -> field of the event, dots between steps (``data.people.0.name.family``);
    ``values``: field -> what it is in every row; ``moments`` and ``dates``: field -> how the column
    writes it (``%d/%m/%Y %H:%M``), moments in the time of the United Kingdom.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    columns: Mapping[str, str]
    values: Mapping[str, Any] = Field(default_factory=dict)
    moments: Mapping[str, str] = Field(default_factory=dict)
    dates: Mapping[str, str] = Field(default_factory=dict)

    @field_validator("columns", "values", "moments", "dates")
    @classmethod
    def _fields_exist(cls, given: Mapping[str, Any], info: Any) -> Mapping[str, Any]:
        paths = given.values() if info.field_name == "columns" else given
        wrong = sorted(path for path in paths if not PATH.fullmatch(path))
        if wrong:
            raise fault(
                f"{', '.join(wrong)}: no field of an event",
                "write it like subject or data.people.0.name.family",
            )
        return given

    @model_validator(mode="after")
    def _enough(self) -> CsvMapping:
        filled = [*self.columns.values(), *self.values]
        missing = [name for name in NEEDED if name not in filled]
        if missing:
            raise fault(f"no column or value for {', '.join(missing)}: every event needs them",
                        "a line for each of them, in columns or in values")
        twice = sorted({path for path in filled if filled.count(path) > 1})
        if twice:
            raise fault(f"{', '.join(twice)}: filled twice", "one column or value for each field")
        loose = sorted({*self.moments, *self.dates} - set(self.columns.values()))
        if loose:
            raise fault(f"{', '.join(loose)}: a format for a field that no column fills",
                        "a column for the field, or no format for it")
        return self


class RecordFeedSettings(BaseModel):
    """``csv``: for each source whose older crimes come as CSV, how its columns are read."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    csv: Mapping[str, CsvMapping] = Field(default_factory=dict)

    def problems_with(self, force: Force) -> Iterator[tuple[tuple[str, ...], str, str]]:
        """Sources that the force has not, and formats that lose what they should read."""
        for source, mapping in self.csv.items():
            if source not in force.feed_sources:
                yield (("csv", source), f"there is no source “{source}” in [feed.sources]",
                       one_of(source, force.feed_sources))
            for path, form in mapping.moments.items():
                if not _keeps(MOMENT, form, MOMENT.replace(second=0)):
                    yield (("csv", source, "moments", path),
                           f"“{form}” does not read a day and a time", "like %d/%m/%Y %H:%M")
            for path, form in mapping.dates.items():
                if not _keeps(MOMENT, form, MOMENT.replace(hour=0, minute=0, second=0)):
                    yield (("csv", source, "dates", path), f"“{form}” does not read a day",
                           "like %d/%m/%Y")


def _keeps(moment: datetime, form: str, least: datetime) -> bool:
    """Whether what is written in this form, read again, is not before *least* on the same day."""
    if not YEAR & set(re.findall(r"%(.)", form)):
        return False  # before Python reads it, which warns of a day without its year
    try:
        read = datetime.strptime(moment.strftime(form), form)  # noqa: DTZ007
    except (ValueError, re.error):  # re.error: the same part twice, before Python 3.14
        return False
    return least <= read.replace(tzinfo=UTC) <= moment
