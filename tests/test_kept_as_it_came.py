"""What came from another program goes out again as it came: names, users, dates, selections, identities."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from lxml import etree
from typer.testing import CliRunner

from fourp_nlp.cli import app
from fourp_nlp.exchange import read_qdpx
from fourp_nlp.study.exporting.exchange_extras import read_extras
from fourp_nlp.study.project import open_project
from tests.cases import shared_case
from tests.exchanges import write_extras
from tests.other_programs import as_qualcoder
from tests.qdpx import SEEDS, USER_A, USER_B, WATER, coding, guid, pack, selection

TEXT = "The tap drips. Bean seeds were swapped.\nNobody had the key."
HEAD = '<?xml version="1.0" encoding="utf-8"?>\n<Project xmlns="urn:QDA-XML:project:1.0" '
MADE = {"creatingUser": USER_A, "creationDateTime": "2024-05-06T07:08:09Z"}
CHANGED = {"modifyingUser": USER_B, "modifiedDateTime": "2024-06-07T08:09:10Z"}
COLOURS = (
    f'<CodeBook><Codes><Code guid="{WATER}" name="Water" isCodable="true" color="#AA0011"/>'
    f'<Code guid="{SEEDS}" name="Seeds" isCodable="true"/></Codes></CodeBook>'
)
VARIABLE = guid(1, "b")
VALUE = f'<VariableValue><VariableRef targetGUID="{VARIABLE}"/><TextValue>north</TextValue></VariableValue>'
VARIABLES = (
    f'<Variables><Variable guid="{VARIABLE}" name="Region" typeOfVariable="Text"/></Variables>'
)


def said(**more: str) -> str:
    return "".join(f' {name}="{value}"' for name, value in more.items())


def users(*, ids: bool = False) -> str:
    one, two = ('id="AB"', 'id="BC"') if ids else ("", "")
    return (
        f'<Users><User guid="{USER_A}" name="Anna: B." {one}/>'
        f'<User guid="{USER_B}" name="Ben" {two}/></Users>'
    )


def text_source(number: int, name: str, inside: str, **more: str) -> str:
    more = {"plainTextPath": f"internal://{guid(number)}.txt"} | more
    return f'<TextSource guid="{guid(number)}" name="{name}"{said(**more)}>{inside}</TextSource>'


def passages(*, named: bool, changed: bool, shared: bool) -> str:
    """Two selections: one of two people's codings or of one's, and one with a comment."""
    more = MADE | (CHANGED if changed else {})
    both = coding(1, WATER, USER_A, creationDateTime="2024-05-06T08:00:00Z")
    if shared:
        both += coding(2, SEEDS, USER_B, creationDateTime="2024-05-06T09:00:00Z")
    comment = "<Description>Look at this again.</Description>" if changed else ""
    third = coding(3, SEEDS, USER_B, creationDateTime="2024-05-07T09:00:00Z")
    return selection(1, 4, 7, "tap" if named else "", both, **more) + selection(
        2, 15, 25, "Bean seeds" if named else "", comment + third, **more
    )


def project(head: str, people: str, sources: str, after: str = "", before: str = "") -> str:
    return f"{HEAD}{head}>{people}{COLOURS}{before}<Sources>{sources}</Sources>{after}</Project>"


def nvivo(path: Path) -> Path:
    """As NVivo 12 for Windows writes: no names of selections, a mark, a user and a date on everything."""
    stretch = passages(named=False, changed=False, shared=False)
    xml = project(
        f'name="Study" origin="NVivo for Windows 12.6" basePath="" creatingUserGUID="{USER_A}" '
        'creationDateTime="2024-01-02T03:04:05Z"',
        users(ids=True),
        text_source(1, "Interview 3", stretch + VALUE, **MADE, **CHANGED),
        before=VARIABLES,
    )
    text = "\ufeff" + TEXT.replace("\n", "\r\n")
    return pack(path, xml, {f"Sources/{guid(1)}.txt": text.encode()})


def atlasti(path: Path) -> Path:
    """As ATLAS.ti writes: capitals, shared selections, comments on them, who changed what, and when."""
    stretch = passages(named=True, changed=True, shared=True)
    note = (
        f'<Notes><Note guid="{guid(1, "8")}" name="Memo"{said(**MADE, **CHANGED)}>'
        "<PlainTextContent>Think.</PlainTextContent></Note></Notes>"
    )
    xml = project(
        f'name="Study" origin="ATLAS.ti 8.4.0" creatingUserGUID="{USER_A}" modifyingUserGUID="{USER_B}" '
        'creationDateTime="2024-01-02T03:04:05Z" modifiedDateTime="2024-02-02T03:04:05Z"',
        users(),
        text_source(
            1, "Simon.docx", stretch, richTextPath="internal://rich.docx", **MADE, **CHANGED
        ),
        note + f'<NoteRef targetGUID="{guid(1, "8")}"/>',
    )
    upper = {one: one.upper() for one in (USER_A, USER_B, WATER, SEEDS)}
    upper |= {guid(n, k): guid(n, k).upper() for n in range(1, 4) for k in "5678b"}
    for one, other in upper.items():
        xml = xml.replace(one, other)
    return pack(path, xml, {f"sources/{guid(1).upper()}.txt": TEXT, "sources/rich.docx": b"PK.."})


def qualcoder(path: Path) -> Path:
    """As QualCoder writes: a copy of the text, somebody as its maker who is in no list, dates of selections."""
    stretch = selection(1, 4, 7, "tap", coding(1), **MADE)
    xml = project(
        'name="study.qda" origin="QualCoder 3.9" creatingUserGUID="762feac3-54d1-4a5b-96c8-fc2c485144ee" '
        'creationDateTime="2026-01-02T03:04:05Z"',
        users(),
        text_source(1, "Interview 3", stretch, richTextPath="internal://copy.txt", **MADE),
        "<Description>A memo on the project.</Description>",
    )
    return pack(path, xml, {1: TEXT, "Sources/copy.txt": TEXT})


def maxqda(path: Path) -> Path:
    """As MAXQDA 24.7 writes: small colours, its schema, a user and a date on everything."""
    stretch = passages(named=True, changed=False, shared=False)
    xml = project(
        f'name="Study" origin="MAXQDA 24.7" creatingUserGUID="{USER_A}" '
        'creationDateTime="2024-01-02T03:04:05Z" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        'xsi:schemaLocation="urn:QDA-XML:project:1.0 '
        'http://schema.qdasoftware.org/versions/Project/v1.0/Project.xsd"',
        users(),
        text_source(1, "Interview: 3", stretch, **MADE),
    ).replace("#AA0011", "#aa0011")
    return pack(path, xml, {1: TEXT})


PROGRAMS = {"nvivo": nvivo, "atlasti": atlasti, "qualcoder": qualcoder, "maxqda": maxqda}

# What is written otherwise, and why that loses nothing, or where it is told.
OTHERWISE = {
    ("Project", "origin"),  # this program wrote it
    ("Project", "basePath"),  # texts are in the file
    ("TextSource", "plainTextPath"),  # where the text is
    ("TextSource", "richTextPath"),  # a copy of the text, or told as a loss ("formatted texts")
    ("PlainTextSelection", "name"),  # the words at its place
}


def run(*words: object) -> str:
    result = CliRunner().invoke(app, [str(word) for word in words])
    assert result.exit_code == 0, f"{result.output}{result.exception}"
    return result.output


def back_out(path: Path, folder: Path, *more: object) -> tuple[Path, str]:
    """Import a file as a new project, and export that."""
    told = run("import", path, "--new", folder / "study")
    out = folder / "out.qdpx"
    run("export", out, "--project", folder / "study", *more)
    return out, told


def elements(path: Path) -> dict[tuple[str, str], etree._Element]:
    """Elements that have an identity, and the outermost one."""
    with zipfile.ZipFile(path) as package:
        qde = next(name for name in package.namelist() if name.endswith(".qde"))
        root = etree.fromstring(package.read(qde))
    made = {("Project", ""): root}
    for element in root.iter("{*}*"):
        if element.get("guid"):
            made[etree.QName(element).localname, element.get("guid").lower()] = element
    return made


def differences(one: Path, two: Path) -> list[tuple[str, str, str, str | None]]:
    """Attributes of the first file that are not in the second, but for those in `OTHERWISE`."""
    before, after = elements(one), elements(two)
    found = []
    for (tag, own), element in before.items():
        other = after.get((tag, own))
        for name, value in element.attrib.items():
            written = None if other is None else other.get(name)
            same = written is not None and written.lower() == value.lower()
            if not same and (tag, name) not in OTHERWISE and not name.startswith("{"):
                found.append((tag, name, value, written))
    return found


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_attribute_that_came_goes_out_again(tmp_path, program):
    out, told = back_out(PROGRAMS[program](tmp_path / "came.qdpx"), tmp_path)
    assert differences(tmp_path / "came.qdpx", out) == []
    assert ("formatted texts" in told) == (program == "atlasti")
    if program != "atlasti":
        assert "nothing was lost" in told


def test_real_files_keep_every_user_and_date_of_what_is_taken_over(tmp_path):
    atlas = Path(__file__).parent / "data" / "refi" / "atlasti84_TestProject_nosources.qdpx"
    out, _ = back_out(atlas, tmp_path)
    kept = {("Code", "name"), ("TextSource", "creationDateTime"), ("TextSource", "modifyingUser")}
    left = {(tag, name) for tag, name, *_ in differences(atlas, out)}
    assert not left & kept
    before, after = elements(atlas)["Project", ""], elements(out)["Project", ""]
    for name in ("creatingUserGUID", "creationDateTime", "modifyingUserGUID", "modifiedDateTime"):
        assert after.get(name).lower() == before.get(name).lower()


@pytest.mark.parametrize("case", ["nvivo_unnamed_emoji.qdpx", "nested_back_from_qualcoder382.qdpx"])
def test_files_that_lost_their_users_once_keep_them(tmp_path, case):
    path = shared_case("exchange", case)
    out, _ = back_out(path, tmp_path)
    of_places = {"startPosition", "endPosition"}
    left = [row for row in differences(path, out) if row[1] not in of_places]
    # The note on what was read is made anew; what becomes of a category and a code of one name, the tests
    # of codes say.
    assert {tag for tag, *_ in left} <= {"Note", "Code"}


def test_a_selection_with_codings_of_two_people_goes_out_as_one_or_as_two_where_asked(tmp_path):
    came = atlasti(tmp_path / "came.qdpx")
    out, _ = back_out(came, tmp_path)
    place = elements(out)["PlainTextSelection", guid(1, "6")]
    assert len(place.findall("{*}Coding")) == 2
    told = run("export", out, "--project", tmp_path / "study", "--overwrite")
    assert "2 coding(s) were made on another person's selection" in told
    run("export", out, "--project", tmp_path / "study", "--own-selections", "--overwrite")
    places = [e for (tag, _), e in elements(out).items() if tag == "PlainTextSelection"]
    assert all(len(place.findall("{*}Coding")) <= 1 for place in places)
    assert guid(1, "6") in {place.get("guid") for place in places}
    # QualCoder reads the coder from the selection alone.
    for place in places:
        coders = {each.get("creatingUser") for each in place.findall("{*}Coding")}
        assert coders <= {place.get("creatingUser")}


def test_a_comment_on_a_selection_stays_on_it(tmp_path):
    out, _ = back_out(atlasti(tmp_path / "came.qdpx"), tmp_path)
    place = elements(out)["PlainTextSelection", guid(2, "6")]
    assert place.findtext("{*}Description") == "Look at this again."
    assert len(place.findall("{*}Coding")) == 1


def test_sources_of_one_name_and_names_with_slashes_are_told_apart_and_stay_so(tmp_path):
    sources = "".join(
        text_source(n, name, "") for n, name in ((1, "Talk"), (2, "Talk"), (3, "north/Talk"))
    )
    came = pack(
        tmp_path / "came.qdpx",
        project('name="p" origin="test"', users(), sources),
        {n: f"{TEXT} {n}" for n in (1, 2, 3)},
    )
    out, told = back_out(came, tmp_path)
    assert "names of sources" in told
    names = {e.get("name") for (tag, _), e in elements(out).items() if tag == "TextSource"}
    assert names == {"Talk", "Talk (2)", "north - Talk"}
    assert read_qdpx(out).sources["document"].tolist()[2] == "north/Talk"
    assert "nothing changes" in run("import", out, "--project", tmp_path / "study")


def test_a_document_that_was_renamed_here_goes_out_under_its_new_name(tmp_path):
    back_out(qualcoder(tmp_path / "came.qdpx"), tmp_path)
    corpus = tmp_path / "study" / "corpus"
    (corpus / "Interview 3.txt").rename(corpus / "Karen.txt")
    attributes = corpus / "documents.csv"
    attributes.write_text(attributes.read_text().replace("Interview 3.txt", "Karen.txt"))
    shutil.rmtree(tmp_path / "study" / "gold")
    run("export", tmp_path / "new.qdpx", "--project", tmp_path / "study")
    names = [
        e.get("name")
        for (tag, _), e in elements(tmp_path / "new.qdpx").items()
        if tag == "TextSource"
    ]
    assert names == ["Karen.txt"]


def test_dates_of_ours_are_those_on_record_and_equal_exports_are_equal_files(tmp_path):
    # Neither coding has a date there; the project knows since when it has them.
    xml = project(
        'name="p" origin="test"',
        users(),
        text_source(1, "Talk", selection(1, 4, 7, "tap", coding(1))),
    )
    out, _ = back_out(pack(tmp_path / "came.qdpx", xml, {1: TEXT}), tmp_path)
    assert elements(out)["Coding", guid(1, "7")].get("creationDateTime") is None
    (tmp_path / "study" / "exchange" / "marks.csv").unlink()
    for name in ("one", "two"):
        run("export", tmp_path / f"{name}.qdpx", "--project", tmp_path / "study")
    assert (tmp_path / "one.qdpx").read_bytes() == (tmp_path / "two.qdpx").read_bytes()
    (mark,) = read_qdpx(tmp_path / "one.qdpx").marks["made_at"]
    record = (tmp_path / "study" / "gold" / "what_was_read.json").read_text()
    assert mark.endswith("T00:00:00Z")
    assert mark.removesuffix("T00:00:00Z") in record


def test_what_an_earlier_version_kept_is_read_without_the_new_columns(tmp_path):
    back_out(nvivo(tmp_path / "came.qdpx"), tmp_path)
    here = open_project(tmp_path / "study")
    before = read_extras(here)
    for name, columns in (
        ("sources", ["name_there", "user", "made_at", "modified_by", "modified_at"]),
        ("marks", ["selection"]),
        ("users", ["name_there", "id"]),
    ):
        path = here.exchange / f"{name}.csv"
        frame = pd.read_csv(path, dtype="str", keep_default_na=False, encoding="utf-8-sig")
        frame.drop(columns=columns).to_csv(path, index=False, encoding="utf-8-sig")
    for name in ("selections", "project"):
        (here.exchange / f"{name}.csv").unlink()
    after = read_extras(here)
    assert after.marks["guid"].tolist() == before.marks["guid"].tolist()
    assert set(after.marks["selection"]) == {""}
    assert after.selections.empty
    write_extras(here, after)
    run("export", tmp_path / "old.qdpx", "--project", tmp_path / "study")
    assert elements(tmp_path / "old.qdpx")["TextSource", guid(1)].get("name") == "Interview 3.txt"


def test_nothing_of_it_is_forgotten_when_a_program_in_between_does_not_know_it(tmp_path):
    came = atlasti(tmp_path / "came.qdpx")
    out, _ = back_out(came, tmp_path)
    for turn in range(2):
        run("export", out, "--project", tmp_path / "study", "--own-selections", "--overwrite")
        back = as_qualcoder(out, tmp_path / f"{turn}.qdpx", seed=turn)
        run("import", back, "--project", tmp_path / "study")
    run("export", out, "--project", tmp_path / "study", "--overwrite")
    assert differences(came, out) == []
    assert sum(tag == "Coding" for tag, _ in elements(out)) == 3


def test_a_third_programs_project_says_nothing_of_who_made_ours(tmp_path):
    back_out(nvivo(tmp_path / "came.qdpx"), tmp_path)
    run("import", qualcoder(tmp_path / "other.qdpx"), "--project", tmp_path / "study")
    kept = read_extras(open_project(tmp_path / "study"))
    assert kept.project["origin"].tolist() == ["NVivo for Windows 12.6"]
