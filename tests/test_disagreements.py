"""What coders disagree about: written on a sheet, settled by a person, read back, and used."""

from __future__ import annotations

import csv
import json
import sqlite3
import zipfile
from contextlib import closing

import openpyxl
import pandas as pd
import pytest

from fourp_nlp.codebook import read_codebook
from fourp_nlp.coding.store import Store
from fourp_nlp.errors import FourpError, GoldError, ProjectError
from fourp_nlp.study.machine.suggestions import suggest_corpus
from fourp_nlp.study.machine.training import train_project
from fourp_nlp.study.measuring.agreement import agree
from fourp_nlp.study.measuring.confusions import confusions
from fourp_nlp.study.project import open_project
from fourp_nlp.study.reading.corpus import read_corpus, read_gold_codes
from fourp_nlp.study.reconciling.adjudication import adjudicate, import_decisions
from fourp_nlp.study.reconciling.disagreements import disagreements, write_disagreements
from fourp_nlp.study.study import Study
from fourp_nlp.tables import DISAGREEMENTS, SUGGESTIONS, empty
from tests.conftest import SEEDS, WATER, gold_labels, write_gold_file, write_project
from tests.test_cli import fourp, records

SHEETS = [".csv", ".xlsx"]


def settings(project, *, gold):
    path = project.root / "fourp.toml"
    path.write_text(f'title = "Allotment"\n[coders]\ngold = "{gold}"\n', encoding="utf-8")
    return open_project(project.root)


def recode(project, coder, change):
    """Change the rows of a gold file, each a list of document, start, end, code, coder and quote."""
    path = project.gold / f"{coder}.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        header, *rows = list(csv.reader(stream))
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([header, *change(rows)])


def as_bruno_sees_it(rows):
    """Bruno misses the tap of the first document, and takes a tin of seeds for water."""
    kept = [row for row in rows if not (row[0] == "meeting0.txt" and row[5] == WATER[0])]
    return [
        [*row[:3], "water", *row[4:]] if (row[0], row[5]) == ("meeting0.txt", SEEDS[0]) else row
        for row in kept
    ]


@pytest.fixture
def pair(tmp_path):
    """Anna coded all six documents, Bruno three of them, and they differ in the first."""
    project = write_project(tmp_path / "allotment")
    write_gold_file(project, "bruno", but=tuple(f"meeting{n}.txt" for n in (3, 4, 5)))
    recode(project, "bruno", as_bruno_sees_it)
    return settings(project, gold="anna")


def read(project):
    codebook = read_codebook(project.codebook)
    corpus = read_corpus(project)
    return corpus, read_gold_codes(project, corpus, codebook), codebook


def found_in(project, suggestions=None, **options):
    corpus, gold, codebook = read(project)
    made = empty(SUGGESTIONS) if suggestions is None else suggestions
    return disagreements(
        Study(corpus=corpus, gold=gold, codebook=codebook, suggestions=made),
        Store(project.store).read_decisions(),
        **options,
    )


def sheet(project, suffix, **options):
    path = project.reports / f"disagreements{suffix}"
    return write_disagreements(
        found_in(project, **options), read_codebook(project.codebook), path, overwrite=True
    )


def rows_of(path):
    """Return a sheet's rows as lists of text, the header first."""
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as stream:
            return list(csv.reader(stream))
    page = openpyxl.load_workbook(path)["disagreements"]
    return [
        ["" if cell is None else str(cell) for cell in row]
        for row in page.iter_rows(values_only=True)
    ]


def fill_in(path, decide):
    """Write into a sheet, as a person does: `decide` returns changes to a row, given as a dict."""
    rows = rows_of(path)
    heads = {name: at for at, name in enumerate(rows[0])}
    changes = [decide({name: row[at] for name, at in heads.items()}) for row in rows[1:]]
    if path.suffix == ".csv":
        for row, change in zip(rows[1:], changes, strict=True):
            for name, value in change.items():
                row[heads[name]] = value
        with path.open("w", encoding="utf-8-sig", newline="") as stream:
            csv.writer(stream).writerows(rows)
        return
    book = openpyxl.load_workbook(path)
    for number, change in enumerate(changes, start=2):
        for name, value in change.items():
            book["disagreements"].cell(number, heads[name] + 1).value = value
    book.save(path)


def taken(project, path, **options):
    corpus, _, codebook = read(project)
    return import_decisions(Study(project, corpus=corpus, codebook=codebook), path, **options)


def yes(row):
    return {"settled": "yes", "decided_by": "carla"}


def as_anna(row):
    said = "yes" if "anna" in row["given_by"] else "no"
    return {"settled": said, "decided_by": "anna and bruno", "note": f"as anna: {row['code']}"}


def test_every_disagreement_of_two_people_is_a_row_with_its_context(pair):
    made = found_in(pair)
    assert list(made.table.columns) == DISAGREEMENTS.names
    assert made.compared == 18
    assert made.disputed == 2
    told = made.table[["text", "code", "given_by", "not_given_by"]].to_numpy().tolist()
    assert told == [
        [WATER[0], "water", "anna", "bruno"],
        [SEEDS[0], "water", "bruno", "anna"],
        [SEEDS[0], "seeds", "anna", "bruno"],
    ]
    assert made.codes == {
        "anna": [["water"], ["seeds"], ["seeds"]],
        "bruno": [[], ["water"], ["water"]],
    }
    segments = read(pair)[0].segments
    own = segments[segments["document"] == "meeting0.txt"]["text"].tolist()
    assert made.table["before"].tolist()[0] == ""
    assert made.table["after"].tolist()[0] == " ".join(own[1:3])
    assert made.table["before"].tolist()[1] == " ".join(own[0:2])
    assert made.table["probability"].isna().all()


@pytest.mark.parametrize("suffix", SHEETS)
def test_a_sheet_says_who_coded_what_and_what_the_codes_mean(pair, suffix):
    rows = rows_of(sheet(pair, suffix))
    first = dict(zip(rows[0], rows[1], strict=True))
    assert (first["codes of anna"], first["codes of bruno"]) == ("Water", "(none)")
    assert (first["code"], first["name"]) == ("water", "Water")
    assert first["definition"].splitlines() == [
        "Watering, rain barrels, hoses and taps.",
        "When to use: The speaker tells of getting water to the beds.",
        "When not to use: Water is only weather. (use seeds)",
    ]
    at = rows[0].index("settled")
    assert rows[0][at : at + 3] == ["settled", "decided_by", "note"]
    assert at == (len(rows[0]) - 3 if suffix == ".csv" else rows[0].index("not_given_by") + 1)
    assert all(row[at : at + 3] == ["", "", ""] for row in rows[1:])
    assert "probability" not in rows[0]


def test_a_workbook_offers_yes_and_no_and_nothing_else(pair):
    path = sheet(pair, ".xlsx")
    book = openpyxl.load_workbook(path)
    page = book["disagreements"]
    (choice,) = page.data_validations.dataValidation
    assert choice.formula1 == '"yes,no"'
    assert choice.showErrorMessage
    heads = [cell.value for cell in page[1]]
    letter = openpyxl.utils.get_column_letter(heads.index("settled") + 1)
    assert str(choice.sqref) == f"{letter}2:{letter}4"
    assert page.freeze_panes == "B2"
    assert "Watering, rain barrels, hoses and taps." in [
        cell.value for line in book["codebook"] for cell in line
    ]
    again = path.read_bytes()
    assert sheet(pair, ".xlsx").read_bytes() == again


@pytest.mark.parametrize("suffix", SHEETS)
def test_a_settled_sheet_is_kept_with_who_and_when_and_what_is_blank_stays_open(pair, suffix):
    path = sheet(pair, suffix)
    fill_in(path, lambda row: {} if row["text"] == WATER[0] else as_anna(row))
    result = taken(pair, path)
    assert (result.new, result.changed, result.unchanged, result.undecided) == (2, 0, 0, 1)
    kept = Store(pair.store).read_decisions()
    assert kept[["code", "settled", "decided_by"]].to_numpy().tolist() == [
        ["water", False, "anna and bruno"],
        ["seeds", True, "anna and bruno"],
    ]
    assert kept["decided_at"].str.match(r"\d{4}-\d\d-\d\dT").all()
    log = Store(pair.store).read_log()
    (detail,) = log.loc[log["what"] == "decisions taken in", "detail"]
    assert [note["note"] for note in json.loads(detail)["notes"]] == [
        "as anna: water",
        "as anna: seeds",
    ]
    # What is settled is off the next sheet, unless it is asked for.
    left = found_in(pair)
    assert (left.table["text"].tolist(), left.decided) == ([WATER[0]], 2)
    everything = found_in(pair, include_settled=True).table
    assert everything["settled"].tolist() == ["", "no", "yes"]
    assert everything["decided_by"].tolist() == ["", "anna and bruno", "anna and bruno"]


def test_reading_a_sheet_twice_leaves_the_date_of_a_decision_alone(pair):
    path = sheet(pair, ".csv")
    fill_in(path, as_anna)
    taken(pair, path)
    with closing(sqlite3.connect(pair.store)) as connection, connection:
        connection.execute("UPDATE decisions SET decided_at = '2020-01-01T00:00:00+00:00'")
    assert taken(pair, path).unchanged == 3
    assert set(Store(pair.store).read_decisions()["decided_at"]) == {"2020-01-01T00:00:00+00:00"}


def test_deciding_otherwise_than_before_is_refused_unless_it_replaces(pair):
    path = sheet(pair, ".csv")
    fill_in(path, as_anna)
    taken(pair, path)
    fill_in(path, lambda _: {"settled": "no", "decided_by": "carla"})
    with pytest.raises(
        GoldError, match=r"row 2: now no by carla, before yes by anna and bruno"
    ) as error:
        taken(pair, path)
    assert "--replace" in error.value.cure
    assert set(Store(pair.store).read_decisions()["decided_by"]) == {"anna and bruno"}
    assert taken(pair, path, replace=True).changed == 3
    assert set(Store(pair.store).read_decisions()["decided_by"]) == {"carla"}


def cell(name, value):
    return lambda row: {**yes(row), name: value(row[name])}


@pytest.mark.parametrize("suffix", SHEETS)
@pytest.mark.parametrize(
    ("change", "says"),
    [
        (cell("settled", lambda _: "perhaps"), "'perhaps' is not allowed in the column 'settled'"),
        (cell("decided_by", lambda _: ""), "has no name under"),
        (cell("code", lambda code: code + "s"), "There is no code 'waters'. Did you mean 'water'?"),
        (cell("document", lambda name: "x" + name), "There is no document 'xmeeting0.txt'"),
        (cell("text", lambda text: text.replace("the", "a")), "The text is '"),
        (cell("end", lambda _: "99999"), "is not in 'meeting0.txt'"),
        (cell("start", lambda _: "first"), "must be whole numbers"),
    ],
)
def test_a_row_that_cannot_be_understood_refuses_the_sheet_and_names_it(pair, suffix, change, says):
    path = sheet(pair, suffix)
    fill_in(path, lambda row: change(row) if row["text"] == WATER[0] else yes(row))
    with pytest.raises(GoldError) as error:
        taken(pair, path)
    assert says in str(error.value)
    assert (error.value.file, error.value.place) == (str(path), "row 2")
    assert error.value.cure
    assert Store(pair.store).read_decisions().empty


def test_all_wrong_rows_are_named_at_once(pair):
    path = sheet(pair, ".csv")
    fill_in(path, lambda _: {"settled": "maybe", "decided_by": "carla"})
    with pytest.raises(GoldError, match=r"The decisions have 3 problems") as error:
        taken(pair, path)
    assert all(f"row {number}" in str(error.value) for number in (2, 3, 4))


def test_two_rows_that_contradict_each_other_are_refused(pair):
    path = sheet(pair, ".csv")
    rows = rows_of(path)
    heads = {name: at for at, name in enumerate(rows[0])}
    for row, said in ((rows[1], "yes"), (rows[2], "no")):
        row[:] = rows[1]
        row[heads["settled"]], row[heads["decided_by"]] = said, "carla"
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)
    with pytest.raises(GoldError, match=r"row 3: The row decides otherwise than row 2"):
        taken(pair, path)


@pytest.mark.parametrize("said", ["yes", "YES ", "True", "1", "ja", "oui", "wahr"])
def test_yes_may_be_said_in_several_ways(pair, said):
    path = sheet(pair, ".csv")
    fill_in(path, lambda _: {"settled": said, "decided_by": "carla"})
    assert taken(pair, path).new == 3
    assert Store(pair.store).read_decisions()["settled"].all()


def test_whoever_decided_may_be_named_once_for_the_whole_sheet(pair):
    path = sheet(pair, ".xlsx")
    fill_in(path, lambda _: {"settled": "no"})
    assert taken(pair, path, decided_by="carla").new == 3
    assert set(Store(pair.store).read_decisions()["decided_by"]) == {"carla"}


def test_a_sheet_that_went_through_a_spreadsheet_is_read(pair):
    path = sheet(pair, ".csv")
    fill_in(path, lambda _: {"settled": "yes", "decided_by": "Zoë"})
    rows = [[*row[::-1], "mine"] for row in rows_of(path)]
    # Moved columns, semicolons, a byte order mark, a line that names the separator.
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        stream.write("sep=;\r\n")
        csv.writer(stream, delimiter=";").writerows([rows[0], *rows[:0:-1]])
    assert taken(pair, path).new == 3
    assert set(Store(pair.store).read_decisions()["decided_by"]) == {"Zoë"}
    # Not UTF-8 is refused with its cure, as on every sheet: a name could be taken for another.
    with path.open("w", encoding="windows-1252", newline="") as stream:
        csv.writer(stream, delimiter=";").writerows(rows)
    with pytest.raises(GoldError, match=r"not UTF-8\. Save it as 'CSV UTF-8', or as XLSX"):
        taken(pair, path)


def test_files_that_are_no_sheets_say_so(pair, tmp_path):
    for name, content, says in (
        ("a.xlsx", b"PK no", "Excel workbook"),
        ("b.csv", b"", "names of the columns"),
        ("c.csv", b"document,start,end,code\na,1,2,water\n", "settled, decided_by are missing"),
        ("d.csv", b"document,start,end,code,settled,settled,decided_by\n", "more than once"),
    ):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(GoldError, match=says):
            taken(pair, tmp_path / name)
    with zipfile.ZipFile(tmp_path / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b" " * 30_000_000)
    with pytest.raises(GoldError, match="expands more than 200 times"):
        taken(pair, tmp_path / "bomb.xlsx")
    with pytest.raises(GoldError, match="cannot be read"):
        taken(pair, tmp_path / "missing.csv")


HOSTILE = '=HYPERLINK("http://evil.example","x") was on the flyer.'


@pytest.mark.parametrize("suffix", SHEETS)
def test_a_text_a_coder_or_an_answer_that_looks_like_a_formula_stays_a_text(tmp_path, suffix):
    project = write_project(tmp_path / "allotment", gold=False)
    (project.corpus / "meeting0.txt").write_text(HOSTILE + " +44 1632 960 was the number.")
    for coder, code in (("=cmd|' /C calc'!A0", "water"), ("anna", "seeds")):
        row = ["meeting0.txt", "0", str(len(HOSTILE)), code, coder, HOSTILE]
        with (project.gold / f"{code}.csv").open("w", newline="", encoding="utf-8") as stream:
            writer = csv.writer(stream)
            writer.writerow(["document", "start", "end", "code", "coder", "quote"])
            writer.writerow(row)
    project = settings(project, gold="anna")
    path = sheet(project, suffix)
    if suffix == ".csv":
        assert not any(
            text.lstrip().startswith(("=", "+")) for row in rows_of(path) for text in row
        )
    else:
        page = openpyxl.load_workbook(path)["disagreements"]
        cells = [each for line in page for each in line if each.value is not None]
        assert all(each.data_type in "sn" for each in cells)
        assert all(each.quotePrefix for each in cells if str(each.value).startswith(("=", "+")))
        with zipfile.ZipFile(path) as archive:
            assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")
    fill_in(path, lambda _: {"settled": "no", "decided_by": "'=carla", "note": "'@why"})
    assert taken(project, path).new == 2
    assert set(Store(project.store).read_decisions()["decided_by"]) == {"=carla"}
    # And once more on a sheet: what was decided is guarded there too.
    again = rows_of(sheet(project, suffix, include_settled=True))
    at = again[0].index("decided_by")
    assert {row[at] for row in again[1:]} == {"'=carla" if suffix == ".csv" else "=carla"}


def test_a_sheet_is_not_overwritten_unasked_and_is_csv_or_xlsx(pair):
    codebook, found = read_codebook(pair.codebook), found_in(pair)
    path = write_disagreements(found, codebook, pair.reports / "d.xlsx")
    before = path.read_bytes()
    with pytest.raises(ProjectError, match=r"d\.xlsx: This sheet is there already.*--overwrite"):
        write_disagreements(found, codebook, path)
    assert path.read_bytes() == before
    with pytest.raises(ProjectError, match=r"d\.ods.*\.xlsx or \.csv"):
        write_disagreements(found, codebook, pair.reports / "d.ods")


def test_three_people_are_shown_together_and_one_who_did_not_read_a_segment_is_no_witness(pair):
    write_gold_file(pair, "dora", but=("meeting0.txt",))
    recode(
        pair,
        "dora",
        lambda rows: (
            [row for row in rows if row[0] != "meeting5.txt"]
            + [["meeting5.txt", "", "", "", "dora", ""]]
        ),
    )
    made = found_in(pair)
    assert made.coders == ["anna", "bruno", "dora"]
    table = made.table
    first = table[table["document"] == "meeting0.txt"]
    assert set(first["given_by"] + first["not_given_by"]) == {"annabruno", "brunoanna"}
    assert made.codes["dora"][0] is None
    last = table[table["document"] == "meeting5.txt"]
    assert len(last) == 4
    assert set(last["given_by"]) == {"anna"}
    assert set(last["not_given_by"]) == {"dora"}
    assert found_in(pair, between=("dora", "bruno")).table.empty


def test_one_person_is_held_against_the_machine_with_its_probability(project):
    corpus, gold, codebook = read(project)
    train_project(Study(project, corpus=corpus, gold=gold, codebook=codebook))
    suggestions = suggest_corpus(Study(project, corpus=corpus, codebook=codebook)).suggestions
    recode(
        project,
        "anna",
        lambda rows: (
            [row for row in rows if row[0] != "meeting1.txt"]
            + [["meeting1.txt", "", "", "", "anna", ""]]
        ),
    )
    made = found_in(project, suggestions)
    machine = suggestions["model"].iloc[0]
    assert made.coders == ["anna", machine]
    own = made.table[made.table["document"] == "meeting1.txt"]
    assert set(own["given_by"]) == {machine}
    keys = ["document", "start", "end", "code"]
    expected = own[keys].merge(suggestions, on=keys)["probability"]
    assert own["probability"].tolist() == expected.tolist()
    named = found_in(project, suggestions, between=("anna", "machine"))
    assert named.coders == made.coders
    path = write_disagreements(made, codebook, project.reports / "d.csv")
    rows = rows_of(path)
    assert "probability" in rows[0]


def test_nobody_to_disagree_with_is_said(pair):
    with pytest.raises(GoldError, match=r'there is no coder "carla".*anna and bruno'):
        found_in(pair, between=("anna", "carla"))
    with pytest.raises(GoldError, match=r"named twice"):
        found_in(pair, between=("anna", "anna"))
    (pair.gold / "bruno.csv").unlink()
    with pytest.raises(GoldError, match=r"one person and no machine"):
        found_in(pair)
    write_gold_file(pair, "bruno", but=("meeting5.txt",))
    recode(pair, "anna", lambda rows: [row for row in rows if row[0] == "meeting5.txt"])
    with pytest.raises(GoldError, match=r"No two of the coders anna, bruno read the same segments"):
        found_in(pair)


def settled_of(project, **options):
    corpus, gold, codebook = read(project)
    return adjudicate(Study(project, corpus=corpus, gold=gold, codebook=codebook), **options)


def test_what_was_settled_becomes_a_gold_file_that_can_be_learned_from(pair):
    path = sheet(pair, ".xlsx")
    fill_in(path, as_anna)
    taken(pair, path)
    made = settled_of(pair)
    assert (made.segments, made.shared, made.alone, made.open) == (36, 18, 18, 0)
    assert (made.decided, made.unused, made.codings) == (3, 0, 24)
    project = settings(pair, gold="settled")
    corpus, gold, codebook = read(project)
    assert (gold.reference, gold.people) == ("settled", ["anna", "bruno"])
    anna, settled = (gold_labels(corpus, gold, codebook, name) for name in ("anna", "settled"))
    pd.testing.assert_frame_equal(settled[0], anna[0])
    assert (settled[1] == anna[1]).all()
    model = train_project(Study(project, corpus=corpus, gold=gold, codebook=codebook))
    assert model.card["segments_in_documents"] == 36
    decided = pd.read_csv(made.decisions, encoding="utf-8-sig")
    assert decided["decided_by"].tolist() == ["anna and bruno"] * 3


def test_an_open_disagreement_is_left_out_and_never_taken_for_no_code(pair):
    path = sheet(pair, ".csv")
    fill_in(path, lambda row: as_anna(row) if row["text"] == SEEDS[0] else {})
    taken(pair, path)
    made = settled_of(pair)
    assert (made.segments, made.open, made.shared) == (35, 1, 17)
    corpus, gold, codebook = read(settings(pair, gold="settled"))
    segments, _, _ = gold_labels(corpus, gold, codebook, "settled")
    first = segments[segments["document"] == "meeting0.txt"]["text"].tolist()
    assert WATER[0] not in first
    assert len(first) == 5


def test_a_person_may_decide_over_agreement_and_for_a_code_that_nobody_gave(pair):
    corpus = read_corpus(pair)
    row = corpus.segments[corpus.segments["document"] == "meeting5.txt"].iloc[1]
    path = pair.root / "mine.csv"
    path.write_text(
        "document,start,end,code,settled,decided_by\n"
        f"meeting5.txt,{row['start']},{row['end']},water,yes,carla\n"
        "meeting5.txt,0,3,water,yes,carla\n",
        encoding="utf-8",
    )
    assert taken(pair, path).new == 2
    made = settled_of(pair)
    assert (made.decided, made.unused) == (1, 1)
    gold = read(pair)[1]
    own = gold.codings[
        (gold.codings["coder"] == "settled") & (gold.codings["start"] == row["start"])
    ]
    assert "water" in own.loc[own["document"] == "meeting5.txt", "code"].tolist()


def test_settled_codes_are_written_once_unless_it_is_asked_for(pair):
    made = settled_of(pair)
    before = made.file.read_bytes()
    with pytest.raises(ProjectError, match=r"settled\.csv.*--overwrite"):
        settled_of(pair)
    path = sheet(pair, ".csv")
    fill_in(path, yes)
    taken(pair, path)
    assert made.file.read_bytes() == before
    again = settled_of(pair, overwrite=True)
    assert again.decided == 3
    assert made.file.read_bytes() != before


def test_what_was_settled_is_no_further_person(pair):
    corpus, gold, codebook = read(pair)
    train_project(Study(pair, corpus=corpus, gold=gold, codebook=codebook))
    suggestions = suggest_corpus(Study(pair, corpus=corpus, codebook=codebook)).suggestions
    settled_of(pair)
    _, gold, _ = read(pair)
    table = agree(
        Study(corpus=corpus, gold=gold, codebook=codebook, suggestions=suggestions), resamples=0
    )
    machine = suggestions["model"].iloc[0]
    pairs = table[["coder_a", "coder_b"]].drop_duplicates().to_numpy().tolist()
    assert pairs == [["anna", "bruno"], ["anna", machine], ["bruno", machine], ["settled", machine]]
    assert "settled" not in set(
        confusions(Study(corpus=corpus, gold=gold, codebook=codebook, suggestions=suggestions))[
            "coder_b"
        ]
    )
    assert found_in(pair).coders == ["anna", "bruno"]
    with pytest.raises(ProjectError, match="'settled' is reserved"):
        pair.gold_of_draws("settled")
    # One person and what was settled: nobody has to be named as the reference anew.
    (pair.gold / "bruno.csv").unlink()
    assert read(settings(pair, gold=""))[1].reference == "anna"


def test_the_commands_settle_what_two_people_disagree_about_without_a_machine(pair):
    said = fourp("agree", "--disagreements", "-p", pair.root)
    assert said.exit_code == 0, said.output
    assert "they disagree about 2 of them" in said.output
    path = pair.reports / "disagreements.xlsx"
    again = fourp("agree", "--disagreements", "-p", pair.root)
    assert isinstance(again.exception, ProjectError)
    fill_in(path, lambda row: {} if row["code"] == "seeds" else as_anna(row))
    taken_in = fourp("reconcile", "--decisions", path, "--settle", "-p", pair.root)
    assert taken_in.exit_code == 0, taken_in.output
    assert "decisions: 2 new, 0 changed, 0 there already; 1 rows left undecided" in taken_in.output
    assert "1 segment(s) are left out" in taken_in.stderr
    assert "settled: 35 segments (17 read by two or more people, 18 by one)" in taken_in.output
    rows = records(fourp("agree", "--disagreements", "--json", "-p", pair.root).stdout)
    assert [list(row) for row in rows] == [[*DISAGREEMENTS.names, "codes"]]
    assert rows[0]["codes"] == {"anna": ["seeds"], "bruno": ["water"]}
    assert rows[0]["probability"] is None
    fill_in(path, as_anna)
    assert fourp("reconcile", "--decisions", path, "-p", pair.root).exit_code == 0
    done = fourp("agree", "--disagreements", "--overwrite", "-p", pair.root)
    assert "nothing left to settle" in done.stderr
    assert fourp("agree", "--to", "x.csv", "-p", pair.root).exit_code == 2
    assert fourp("reconcile", "--overwrite", "-p", pair.root).exit_code == 2


def test_what_two_people_settled_counts_when_the_machine_is_reconciled(pair):
    fourp("run", "-p", pair.root)
    path = pair.reports / "d.csv"
    to = fourp(
        "agree", "--disagreements", "--between", "bruno", "anna", "--to", path, "-p", pair.root
    )
    assert to.exit_code == 0, to.output
    fill_in(path, lambda _: {"settled": "no", "decided_by": "carla"})
    result = fourp("reconcile", "--decisions", path, "--json", "-p", pair.root)
    rows = records(result.stdout)
    decided = {
        (row["text"], row["code"]): row["settled"] for row in rows if row["decided_by"] == "carla"
    }
    assert (WATER[0], "water") in decided
    assert not any(decided.values())
    assert isinstance(
        fourp("agree", "--disagreements", "--between", "anna", "zoe", "-p", pair.root).exception,
        FourpError,
    )
