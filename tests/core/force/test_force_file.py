"""A force's own staff write force.toml: what they see when it is right, and when it is not."""

from __future__ import annotations

import contextlib
import re
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.force.fault import ForceFileError
from core.force.file.lacks import missing_to_go_live
from core.force.file.reading import build_force, read_force
from core.force.file.toml_lines import lines_of
from core.force.model import Force
from tests.core.force.force_texts import FAULTS, GOOD, changed
from tests.security.checklist import requirement


def problems_of(text: str, folder: str | None = None):
    with pytest.raises(ForceFileError) as raised:
        build_force(text, file="force.toml", folder=folder)
    return raised.value.problems


# --- what is right ------------------------------------------------------------------------------


def test_a_good_file_becomes_the_force_it_describes():
    force = build_force(GOOD, folder="midshire")
    assert (force.id, force.name, force.brand.colour) == ("midshire", "Midshire Police", "#14505c")
    assert force.plugins == ("messages", "support")
    assert force.plugin_settings["support"] == {"greeting": "Hello"}
    assert force.feed_sources["niche"].map == {"B1": "bicycle-theft"}
    assert force.phases[0].opens == date(2016, 4, 1)


def test_nobody_can_change_a_force_while_it_serves_people():
    force = build_force(GOOD)
    with pytest.raises(ValueError, match="frozen"):
        force.name = "Another"  # type: ignore[misc]
    with pytest.raises(TypeError):
        force.plugin_settings["demo"] = {}  # type: ignore[index]
    assert hash(force) == hash(build_force(GOOD))
    assert force == build_force(GOOD)


def test_a_crime_type_goes_by_the_force_s_own_name_for_it():
    force = build_force(GOOD)
    assert str(force.crime_type("shoplifting").name) == "Theft from a shop"
    assert str(force.crime_type("bicycle-theft").name) == (
        "Theft or unauthorised taking of a pedal cycle"
    )
    assert force.crime_type("fraud") is None


def test_a_force_may_be_stricter_than_the_shared_list():
    stricter = changed('"bicycle-theft",\n', '{ id = "bicycle-theft", sensitive = true },\n')
    stricter = stricter.replace('crime_types = ["bicycle-theft"]', 'crime_types = ["shoplifting"]')
    assert build_force(stricter).crime_type("bicycle-theft").sensitive
    assert not build_force(GOOD).crime_type("bicycle-theft").sensitive


def test_a_district_is_found_by_id_name_and_the_names_of_small_areas():
    force = build_force(GOOD)
    assert force.district("north-side").name == "North Side"
    assert force.district("North Side") is None
    assert force.district_named("old town").id == "north-side"
    assert force.district_of_lsoa("Old Town 003B") == "north-side"
    assert force.district_of_lsoa("South Side 010A") == "south-side"
    assert force.district_of_lsoa("Elsewhere 001A") is None
    assert force.district_of_lsoa("") is None


def test_a_file_saved_by_a_windows_editor_is_read(tmp_path):
    file = tmp_path / "midshire" / "force.toml"
    file.parent.mkdir()
    for end in ("\r\n", "\r"):
        file.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", end).encode())
        assert read_force(file).id == "midshire"


def test_support_for_a_need_comes_first():
    bikes = """[[support]]
id = "bikes"
name = "Bikes"
email = "bikes@midshire.example"
crime_types = ["bicycle-theft"]
needs = ["insurance"]
"""
    force = build_force(changed("[feed.sources", bikes + "[feed.sources"))

    def offered(crime_type: str, needs: tuple[str, ...] = ()) -> list[str]:
        return [service.id for service in force.support_for("north-side", crime_type, needs)]

    assert offered("shoplifting") == ["helpline"]
    assert offered("bicycle-theft") == ["helpline", "bikes"]
    assert offered("bicycle-theft", ("insurance",)) == ["bikes", "helpline"]


# --- what is wrong ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_named_with_its_key_its_line_and_what_would_be_right(name):
    old, new, key, right = FAULTS[name]
    text = changed(old, new)
    (problem,) = problems_of(text)
    if key:
        assert problem.key == key
    assert right in problem.right
    if problem.wrong == "is missing":
        return
    written = text.split("\n")[problem.line - 1]
    last = re.sub(r"\[\d+\]$", "", key).rpartition(".")[2]
    assert last in written or new.strip().split("\n")[0] in written
    assert str(problem).startswith(f"force.toml:{problem.line}: ")


def test_all_faults_are_told_at_once():
    text = GOOD
    for old, new in (('"101"', '"none"'), ('"#14505c"', '"#ffffff"'), ('["north-side"]', '["x"]')):
        text = text.replace(old, new)
    assert [problem.key for problem in problems_of(text)] == [
        "non_emergency", "brand.colour", "phases[1].districts[1]",
    ]


def test_the_folder_and_the_id_are_the_same():
    (problem,) = problems_of(GOOD, folder="eastshire")
    assert (problem.key, problem.line, problem.right) == ("id", 2, 'id = "eastshire"')
    assert build_force(GOOD, folder="midshire").id == "midshire"


@pytest.mark.parametrize(("content", "line", "said"), [
    (None, None, "cannot be read"),
    (b"id = \"x\"\nname = \"Caf\xe9\"\n", 2, "not UTF-8"),
    (b"id = " + b"[" * 5000, None, "nested too deep"),
    (b"", None, "is empty"),
    (b"# later\n", None, "is empty"),
    (GOOD.encode("utf-16"), None, "UTF-16"),
    (GOOD.encode("utf-16-le"), None, "UTF-16"),
    (b"PK\x03\x04\x14\x00", None, "word processor"),
    (GOOD.encode() + b"#" * 1_000_000, None, "1,001,"),
])
def test_a_file_that_cannot_be_read_says_why(tmp_path, content, line, said):
    file = tmp_path / "force.toml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ForceFileError) as raised:
        read_force(file)
    problem = raised.value.problems[0]
    assert (problem.line, problem.file) == (line, str(file))
    assert said in problem.wrong


def test_a_draft_may_lack_what_a_live_force_may_not():
    draft = build_force(GOOD)
    assert any("email_sender.address" in lack for lack in missing_to_go_live(draft))
    problems = problems_of(changed('"draft"', '"live"'))
    assert {"email_sender.address", "email_sender.discreet_address", "references.help"} == {
        problem.key for problem in problems
    }
    assert all("draft" in problem.right for problem in problems)


def test_a_force_that_lacks_nothing_can_go_live():
    text = changed('"draft"', '"live"').replace("midshire.example\"\nd", "midshire.police.uk\"\nd")
    text = text.replace("letterbox.example", "letterbox.org.uk")
    text = text.replace("[[references", '[references.help]\nen = "Ask us."\n\n[[references')
    assert missing_to_go_live(build_force(text)) == []


@requirement("D8")
def test_a_force_where_nobody_might_hear_of_a_reason_cannot_go_live():
    """A supervisor of every unit may be there today; the address is there when none is."""
    lacks = missing_to_go_live(build_force(changed('reviewer_email = "reviews@midshire.police.uk"', "")))
    assert any(one.startswith("oversight.reviewer_email: nobody is named") for one in lacks)
    assert not any("oversight" in one for one in missing_to_go_live(build_force(GOOD)))


def test_a_welsh_force_is_told_which_welsh_texts_are_missing():
    lacks = missing_to_go_live(build_force(changed('["en"]', '["en", "cy"]')))
    assert "name.cy: the Welsh is missing for “Midshire Police”" in lacks
    assert "districts[1].name.cy: the Welsh is missing for “North Side”" in lacks
    assert not any("Welsh" in lack for lack in missing_to_go_live(build_force(GOOD)))


def test_what_a_live_welsh_force_lacks_is_told_with_its_own_line():
    text = changed('["en"]', '["en", "cy"]').replace('"draft"', '"live"')
    (south,) = [p for p in problems_of(text) if p.key == "districts[2].name.cy"]
    assert text.split("\n")[south.line - 1] == 'name = "South Side"'
    assert "South Side" in south.wrong
    assert "draft" in south.right


# --- what the phases open -----------------------------------------------------------------------

LATER = """
[[phases]]
name = "Later"
opens = 2017-01-01
districts = ["north-side", "south-side"]
crime_types = ["bicycle-theft", "shoplifting"]
"""


def test_a_later_phase_may_open_more_and_the_same_after_the_first_has_closed():
    assert len(build_force(GOOD + LATER).phases) == 2
    more = GOOD.replace("closes = 2016-12-31\n", "") + LATER.replace('"bicycle-theft", ', "")
    assert build_force(more).openings("north-side", "shoplifting")


def test_two_phases_that_open_the_same_are_told_with_the_days_and_what_they_share():
    (problem,) = problems_of(GOOD + LATER.replace("2017-01-01", "2016-06-01"))
    assert problem.key == "phases[2].opens"
    assert problem.wrong == (
        "phase 2 “Later” overlaps phase 1 from 2016-06-01 to 2016-12-31, in north-side "
        "for bicycle-theft"
    )
    assert problem.right.startswith("closes = 2016-05-31 in phase 1")


def test_a_pilot_that_never_closes_is_told_where_the_next_phase_takes_over():
    (problem,) = problems_of(GOOD.replace("closes = 2016-12-31\n", "") + LATER)
    assert "from 2017-01-01 on" in problem.wrong
    assert problem.right.startswith("closes = 2016-12-31 in phase 1")


def test_a_district_that_has_ended_is_not_opened_by_a_later_phase():
    ended = changed('name = "South Side"', 'name = "South Side"\nto = 2016-12-31')
    (problem,) = problems_of(ended + LATER)
    assert problem.key == "phases[2].districts[2]"
    assert "ended on 2016-12-31" in problem.wrong
    lasting = changed('name = "South Side"', 'name = "South Side"\nto = 2017-01-01')
    assert build_force(lasting + LATER)


@settings(deadline=None)
@given(st.data())
def test_no_change_to_the_text_ever_ends_in_a_traceback(data):
    start = data.draw(st.integers(0, len(GOOD)))
    stop = data.draw(st.integers(start, min(len(GOOD), start + 40)))
    new = data.draw(st.text("[]{}\"'=,.# \n\\aé1-", max_size=12))
    with contextlib.suppress(ForceFileError):
        assert isinstance(build_force(GOOD[:start] + new + GOOD[stop:]), Force)


ODD = ("5", '""', '" "', "true", "[]", "{}", "[[]]", "{x = 1}", "1979-05-27", "nan", '"[\\n"', '"(a+)+$"')


@pytest.mark.parametrize("odd", ODD)
def test_no_value_of_another_kind_at_any_key_ends_in_a_traceback(odd):
    lines = GOOD.split("\n")
    for number, line in enumerate(lines):
        key, equals, _ = line.partition(" = ")
        if equals and not line.startswith((" ", "]")):
            changed_one = [*lines[:number], f"{key} = {odd}", *lines[number + 1:]]
            with contextlib.suppress(ForceFileError):
                build_force("\n".join(changed_one))


def test_every_place_in_a_file_has_its_line():
    lines = lines_of('a.b = [ # c\n "u",\n { k = 1, "l m".n = 2 } ]\n[t]\n[[l]]\n[l.s]\nx = """\n'
                     '[no]\n"""\n[[l]]\ny = 2016-01-01 10:00:00\n[[l.d]]\nz = [[1],\n[2]]\n')
    assert {place: lines[place] for place in [
        ("a", "b", 0), ("a", "b", 1, "l m", "n"), ("t",), ("l", 0, "s", "x"), ("l", 1, "y"),
        ("l", 1, "d", 0, "z", 1, 0),
    ]} == {
        ("a", "b", 0): 2, ("a", "b", 1, "l m", "n"): 3, ("t",): 4, ("l", 0, "s", "x"): 7,
        ("l", 1, "y"): 11, ("l", 1, "d", 0, "z", 1, 0): 14,
    }
    assert ("no",) not in lines
