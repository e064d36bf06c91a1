"""What a force writes of its provider, and what it is told when that is wrong."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from core.force.fault import ForceFileError
from core.force.file.reading import read_force
from core.plugin_host.finding import find_plugins
from core.plugin_host.settings import settings_of
from plugins.staff_sign_in.settings import StaffSignInSettings
from tests.plugins.staff_sign_in.door import TABLE, force_file

ISSUER = "https://login.example/tenant/v2.0"


def read(folder: Path, old: str = "", new: str = "") -> StaffSignInSettings:
    text = force_file("midshire", ISSUER)
    assert old in text
    text = text.replace(old, new, 1) if old else text
    (folder / "midshire").mkdir()
    (folder / "midshire/force.toml").write_text(text)
    force = read_force(folder / "midshire/force.toml")
    made = settings_of(force, folder / "midshire", find_plugins())["staff_sign_in"]
    assert isinstance(made, StaffSignInSettings)
    return made


def test_a_right_table_is_read(tmp_path: Path) -> None:
    made = read(tmp_path)
    assert (made.issuer, made.max_age_minutes, made.clock_skew_seconds) == (ISSUER, 720, 60)
    assert made.own_hosts == {"login.example"}


WRONG = {
    "another scheme": (ISSUER, "http://login.example", "issuer", "is not an issuer", "https"),
    "a question": (ISSUER, f"{ISSUER}?x=1", "issuer", "is not an issuer", "letter by letter"),
    "every organisation": (ISSUER, "https://login.microsoftonline.com/common/v2.0", "issuer",
                           "lets in accounts of every organisation", "the force's own directory"),
    "no record id": ('record_id = "employeeid"\n', "", "record_id", "missing", "record_id"),
    "a claim that is none": ('"employeeid"', '"employee id"', "record_id", "is not the name of a claim",
                             "employeeid"),
    "no strength": ('requires.amr = ["mfa", "hwk"]', 'requires.department = ["CID"]', "requires",
                    "nothing says how surely", 'amr = ["mfa"]'),
    "nothing required": ('requires.amr = ["mfa", "hwk"]\n', "", "requires", "missing", "requires"),
    "no values": ('["mfa", "hwk"]', "[]", "requires.amr", "", ""),
    "one value, two roles": ('["Portal.Supervisor"]', '["Portal.Admin"]', "roles", "leads to two roles",
                             "each value under one role"),
    "a role that is none": ("supervisor = [", "superviser = [", "roles.superviser", "", "supervisor"),
    "a role of the platform": ("supervisor = [", "national_admin = [", "roles.national_admin", "", ""),
    "a secret in the file": ('client_id = "portal"', 'client_id = "portal"\nclient_secret = "s"',
                             "client_secret", "", "client_id"),
    "a day of age": ('client_id = "portal"', 'client_id = "portal"\nmax_age_minutes = 1440',
                     "max_age_minutes", "", "720"),
    "clocks apart": ('client_id = "portal"', 'client_id = "portal"\nclock_skew_seconds = 600',
                     "clock_skew_seconds", "", "120"),
    "no openid": ('client_id = "portal"', 'client_id = "portal"\nscopes = ["profile"]', "scopes",
                  "leaves out openid", "openid"),
    "an address for a host": ('client_id = "portal"', 'client_id = "portal"\nhosts = ["https://a.example"]',
                              "hosts", "is not a host name", "the name alone"),
}


@pytest.mark.parametrize("fault", WRONG)
def test_what_is_wrong_is_told_with_its_file_line_and_what_would_be_right(tmp_path: Path, fault: str) -> None:
    old, new, key, wrong, right = WRONG[fault]
    with pytest.raises(ForceFileError) as raised:
        read(tmp_path, old, new)
    problem = raised.value.problems[0]
    assert problem.file.endswith("midshire/force.toml") and problem.line
    assert problem.key.startswith(f"plugins.staff_sign_in.{key}"), problem
    assert wrong in problem.wrong and right in problem.right, problem


def test_a_table_in_which_no_value_leads_to_a_role_lets_nobody_in(tmp_path: Path) -> None:
    roles = TABLE.partition('claim = "roles"\n')[2]
    with pytest.raises(ForceFileError, match="no value leads to a role"):
        read(tmp_path, roles, "")


def test_a_provider_without_tls_is_for_trying_out(tmp_path: Path) -> None:
    made = read(tmp_path, ISSUER, "http://127.0.0.1:8080")
    told = {status: [wrong for _key, wrong, _right in made.problems_with(SimpleNamespace(status=status))]
            for status in ("draft", "ready", "live")}  # type: ignore[arg-type]
    unencrypted = ["is not encrypted, which is for trying out only"]
    assert told == {"draft": [], "ready": unencrypted, "live": unencrypted}
