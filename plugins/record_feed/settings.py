"""The plugin's settings in ``force.toml``: ``[plugins.record_feed]``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

PATH = re.compile(r"(id|source|type|time|subject|sequence|data(\.[a-z_]+(\.\d{1,2})?)+)")
NEEDED = ("type", "time", "subject")


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
            raise ValueError(
                f"{', '.join(wrong)}: no field of an event; write it like subject or "
                "data.people.0.name.family"
            )
        return given

    @model_validator(mode="after")
    def _enough(self) -> CsvMapping:
        filled = [*self.columns.values(), *self.values]
        missing = [name for name in NEEDED if name not in filled]
        if missing:
            raise ValueError(f"no column or value for {', '.join(missing)}: every event needs them")
        twice = sorted({path for path in filled if filled.count(path) > 1})
        if twice:
            raise ValueError(f"{', '.join(twice)}: filled twice; one column or value is enough")
        loose = sorted({*self.moments, *self.dates} - set(self.columns.values()))
        if loose:
            raise ValueError(f"{', '.join(loose)}: a format for a field that no column fills")
        return self


class RecordFeedSettings(BaseModel):
    """``csv``: for each source whose older crimes come as CSV, how its columns are read."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    csv: Mapping[str, CsvMapping] = Field(default_factory=dict)
