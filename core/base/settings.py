"""The settings of one installation: one frozen object from the environment, or no start."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationError,
    field_validator,
    model_validator,
)
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from core.base import database_url as database_address
from core.base.address_syntax import ascii_address
from core.base.languages import refuse_missing
from core.base.mail_server import MailServer
from core.base.portal_address import portal_address
from core.base.settings_source import (
    SettingsError,
    Source,
    demo_file,
    missing_demo,
    own_variables,
    read_source,
)

PER_FORCE = {
    "force_database_urls": "TMC_DATABASE_URL__<FORCE>",
    "force_owner_database_urls": "TMC_OWNER_DATABASE_URL__<FORCE>",
}


class Settings(BaseModel):
    """Everything that differs between installations.

    Each field is read from the variable ``TMC_<NAME>``; times are seconds.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    _demo_file: Path | None = PrivateAttr(None)

    mode: Literal["demo", "production"] = Field(
        "production",
        description="`production`, or `demo` for sample people and demo sign-in; web and worker "
        "take it from the environment only",
    )
    database_url: str = Field(
        description="PostgreSQL, as the serving role: postgresql://role:password@host/database"
    )
    owner_database_url: str | None = Field(
        None, description="PostgreSQL, as the owner of the tables; read by `schema` only"
    )
    force_database_urls: dict[str, str] = Field(
        default_factory=dict,
        description="moves one force to a database of its own (id in capitals, `-` as `_`)",
    )
    force_owner_database_urls: dict[str, str] = Field(
        default_factory=dict,
        description="the owner of that database's tables",
    )
    data_dir: Path = Field(Path(".data"), description="where demo data and demo keys are kept")
    master_key_file: Path | None = Field(
        None, description="file holding the master key (32 bytes, base64), mode 0600"
    )
    secret_key_file: Path | None = Field(
        None, description="file holding the key for signed form tokens (base64), mode 0600"
    )
    smtp_url: str | None = Field(
        None,
        description="smtp://user:password@host:587 (STARTTLS) or smtps://…:465, certificate checked; "
        "a mail server on this machine without TLS: smtp://127.0.0.1:25?starttls=no",
    )
    proxies: int = Field(0, ge=0, le=5, description="how many trusted proxies are in front")
    base_url: str | None = Field(
        None, description="https address of the portal, for links in letters"
    )
    forces_dir: Path | None = Field(None, description="a further folder of forces")
    languages: tuple[str, ...] = Field(
        ("en", "cy"),
        description="what pages and letters can be read in, in this order, with commas between: `en,cy`; "
        "each has a folder in `translations`",
    )
    audit_head_file: Path | None = Field(
        None, description="file to which the worker adds the heads of the audit every minute; "
        "keep it where whoever looks after the database cannot change it"
    )
    audit_head_email: str | None = Field(
        None, description="address to which new heads of the audit are sent, once a minute at most"
    )

    @field_validator("languages", mode="before")
    @classmethod
    def _codes(cls, value: object) -> object:
        return tuple(filter(None, re.split(r"[,\s]+", value))) if isinstance(value, str) else value

    @field_validator("languages")
    @classmethod
    def _with_catalogues(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        refuse_missing(value)
        return tuple(dict.fromkeys(value))

    @field_validator("database_url", "owner_database_url")
    @classmethod
    def _postgresql_only(cls, value: str | None) -> str | None:
        return None if value is None else postgresql_url(value)

    @field_validator("force_database_urls", "force_owner_database_urls")
    @classmethod
    def _postgresql_only_each(cls, value: dict[str, str]) -> dict[str, str]:
        return {force: postgresql_url(url) for force, url in value.items()}

    @field_validator("audit_head_email")
    @classmethod
    def _address(cls, value: str | None) -> str | None:
        return ascii_address(value) if value else value

    @field_validator("base_url")
    @classmethod
    def _portal(cls, value: str | None) -> str | None:
        return portal_address(value) if value else value

    @field_validator("smtp_url")
    @classmethod
    def _smtp(cls, value: str | None) -> str | None:
        if value:
            MailServer.of(value)
        return value

    @model_validator(mode="after")
    def _production_is_complete(self) -> Settings:
        if self.mode == "production":
            for name in ("master_key_file", "secret_key_file", "smtp_url", "base_url"):
                if getattr(self, name) is None:
                    raise ValueError(f"TMC_{name.upper()} must be set in production")
            if self.master_key_file == self.secret_key_file:
                raise ValueError("TMC_SECRET_KEY_FILE and TMC_MASTER_KEY_FILE name one file: "
                                 "make a second key with `trackmycrime keys master FILE`")
            if not str(self.base_url).startswith("https://"):
                raise ValueError("TMC_BASE_URL must begin with https:// in production")
            self._check_certificates()
        return self

    def _check_certificates(self) -> None:
        """Databases elsewhere are spoken to with their certificate checked, also by default."""
        for name in ("database_url", "owner_database_url"):
            if getattr(self, name):
                # Past the freeze: nobody else has these settings yet.
                self.__dict__[name] = _checked(f"TMC_{name.upper()}", getattr(self, name))
        for name, variable in PER_FORCE.items():
            self.__dict__[name] = {
                force: _checked(variable, url) for force, url in getattr(self, name).items()
            }

    @property
    def demo(self) -> bool:
        return self.mode == "demo"

    @property
    def demo_file(self) -> Path | None:
        """The file of a demo that these settings are from, when nothing else chose the mode."""
        return self._demo_file

    @property
    def mail_server(self) -> MailServer | None:
        return MailServer.of(self.smtp_url) if self.smtp_url else None


def _checked(variable: str, address: str) -> str:
    try:
        return database_address.checked(address)
    except ValueError as problem:
        raise ValueError(f"{variable}: {problem}") from None


def postgresql_url(value: str) -> str:
    """The address with the driver this project uses; ``ValueError`` for any other database."""
    scheme, separator, rest = value.partition("://")
    address = f"postgresql+psycopg://{rest}"
    try:
        known = separator and scheme in ("postgresql", "postgres", "postgresql+psycopg") and bool(
            make_url(address))
    except (ArgumentError, ValueError):
        known = False
    if not known:
        raise ValueError("must be a PostgreSQL address: postgresql://role@host/database")
    return address


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Settings from *environ* (default: the process's own, or the demo's file).

    Raises :class:`SettingsError` naming every variable that is wrong and what would be right.
    """
    source = read_source() if environ is None else Source(own_variables(environ))
    values: dict[str, object] = {"force_database_urls": {}, "force_owner_database_urls": {}}
    unknown = []
    for name, value in source.values.items():
        field = name.removeprefix("TMC_").lower()
        per_force = re.fullmatch(r"TMC_(OWNER_)?DATABASE_URL__([A-Z0-9_]+)", name)
        if per_force:
            kind = "force_owner_database_urls" if per_force[1] else "force_database_urls"
            values[kind][per_force[2].lower().replace("_", "-")] = value  # type: ignore[index]
        elif field in Settings.model_fields:
            values[field] = value
        elif name not in ("TMC_TRACE_HOOKS",):
            unknown.append(name)
    if unknown:
        raise SettingsError(
            f"{', '.join(sorted(unknown))}: no such setting; `trackmycrime settings` lists them"
        )
    try:
        settings = Settings(**values)  # type: ignore[arg-type]
    except ValidationError as error:
        said = "; ".join(_explain(e) for e in error.errors())
        if environ is None and missing_demo(source.values):
            said += (f". To try the portal out, `make run` makes {demo_file(source.values)}, and "
                     "TMC_DATA_DIR says where that is")
        raise SettingsError(said) from None
    settings._demo_file = source.demo_file
    return settings


def refuse_unknown_forces(settings: Settings, known: Collection[str]) -> None:
    """Raises :class:`SettingsError` for a database of a force that is not there: its name is misspelt, and
    the one that was meant would keep its people in the database of all."""
    for variable, urls in ((PER_FORCE[name], getattr(settings, name)) for name in PER_FORCE):
        for force in sorted(urls.keys() - known):
            near = difflib.get_close_matches(force, known, n=1)
            name = variable.replace("<FORCE>", force.upper().replace("-", "_"))
            meant = f"; the nearest is {near[0]}" if near else ""
            raise SettingsError(f"{name}: there is no force “{force}”{meant}")


def settings_table() -> list[tuple[str, str, str]]:
    """(variable, what it is for, default) of every setting; docs/operating.md shows it."""
    rows = []
    for name, field in Settings.model_fields.items():
        per_force = PER_FORCE.get(name)
        variable = per_force or f"TMC_{name.upper()}"
        has_default = per_force is None and not field.is_required() and field.default is not None
        default = ",".join(field.default) if isinstance(field.default, tuple) else str(field.default)
        rows.append((variable, str(field.description), default if has_default else ""))
    return rows


def _explain(error: object) -> str:
    problem = dict(error)  # type: ignore[call-overload]
    message = str(problem["msg"]).removeprefix("Value error, ")
    if not problem["loc"]:
        return message
    name = "TMC_" + str(problem["loc"][0]).upper()
    if problem["type"] == "missing":
        return f"{name} is not set: {Settings.model_fields[problem['loc'][0]].description}"
    return f"{name}: {message}"


def refuse_mode_of_a_file(settings: Settings) -> None:
    """Raises SettingsError when nobody but a file said that what is served is a demo."""
    if settings.demo_file is not None:
        raise SettingsError(
            f"TMC_MODE is not set, and {settings.demo_file} does not choose it. `make run` starts all "
            "of the demo; to start this process alone on the demo's data set TMC_MODE=demo. For "
            "production set TMC_MODE=production and what `trackmycrime settings` lists"
        )
