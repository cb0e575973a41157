"""Cells that hold a whole interview: what is coded as a whole is read, compared, sent on and taken in again."""

from __future__ import annotations

import ast
import csv
import shutil
import threading

import openpyxl
import pytest

from fourp_nlp.coding.gold.reader import read_gold
from fourp_nlp.coding.sheets.decision_sheet import read_decisions
from fourp_nlp.documents import read_documents
from fourp_nlp.errors import GoldError
from fourp_nlp.exchange import read_long
from fourp_nlp.exchange.annotation import read_taguette
from fourp_nlp.files.delimited import cell_reader
from fourp_nlp.machine.coded_sentences import read_coded_sentences
from fourp_nlp.spreadsheets import is_shortened, quote_cell, quote_places, says
from fourp_nlp.study.project import open_project
from fourp_nlp.websites import read_sites
from tests import qdpx
from tests.conftest import ROOT, write_project
from tests.test_cli import fourp
from tests.test_export import with_suggestions
from tests.test_import import codings

# Paragraphs of 60,000 characters: as segments they are longer than a cell of Excel, too.
PARAGRAPHS = [
    " ".join(f"Plot {part}-{number} was watered 🌱." for number in range(2_400))[:60_000]
    for part in range(5)
]
INTERVIEW = "\n\n".join(PARAGRAPHS)


@pytest.fixture
def interview(tmp_path):
    """A project with an interview that Anna and Ben coded as a whole."""
    made = write_project(tmp_path / "allotment", documents=2)
    (made.root / "fourp.toml").write_text('unit = "paragraph"\n[coders]\ngold = "anna"\n')
    (made.corpus / "interview.txt").write_text(INTERVIEW, encoding="utf-8")
    for coder in ("anna", "ben"):
        path = made.gold / f"{coder}.csv"
        with path.open("a", newline="", encoding="utf-8") as stream:
            writer = csv.writer(stream)
            if not stream.tell():
                writer.writerow(["document", "start", "end", "code", "coder", "quote"])
            writer.writerow(
                ["interview.txt", 0, len(INTERVIEW), "water", coder, quote_cell(INTERVIEW)]
            )
    return open_project(made.root)


def gold_of(project, name="anna"):
    documents, _ = read_documents(project.corpus)
    return read_gold([project.gold / f"{name}.csv"], documents, ["water", "seeds"]).codings


def test_an_interview_of_300000_characters_coded_as_a_whole_comes_from_another_program_and_is_used(
    tmp_path,
):
    assert len(INTERVIEW) > 300_000
    mark = qdpx.selection(1, 0, len(INTERVIEW), "a", qdpx.coding(1))
    other = qdpx.selection(2, 0, len(INTERVIEW), "a", qdpx.coding(2, user=qdpx.USER_B))
    xml = qdpx.project(qdpx.source(1, mark + other, name="interview"))
    sent = qdpx.pack(tmp_path / "nvivo.qdpx", xml, {1: INTERVIEW})
    root = tmp_path / "project"
    told = fourp("import", sent, "--new", root)
    assert told.exit_code == 0, told.output
    toml = root / "fourp.toml"
    settings = toml.read_text().replace('unit = "sentence"', 'unit = "paragraph"')
    toml.write_text(settings.replace('gold = ""  ', 'gold = "Anna"  '))
    assert 'gold = "Anna"' in toml.read_text()
    project = open_project(root)
    assert codings(project)["quote"].tolist() == [INTERVIEW, INTERVIEW]

    agreed = fourp("agree", "-p", root, catch=False)
    assert agreed.exit_code == 0, agreed.output
    assert fourp("gold", "-p", root, catch=False).exit_code == 0
    back = tmp_path / "back.qdpx"
    assert fourp("export", back, "-p", root, catch=False).exit_code == 0
    again = fourp("import", back, "--new", tmp_path / "again", catch=False)
    assert "nothing was lost" in again.stdout
    assert codings(open_project(tmp_path / "again"))["quote"].tolist() == [INTERVIEW, INTERVIEW]


def test_suggestions_for_a_long_interview_are_reconciled_and_its_segments_go_on_sheets(interview):
    with_suggestions(interview)
    done = fourp("reconcile", "-p", interview.root, catch=False)
    assert done.exit_code == 0
    told = (interview.reports / "reconciliation.csv").read_text(encoding="utf-8-sig")
    documents, _ = read_documents(interview.corpus)
    # As Excel would save it: nothing in it is longer than a cell can be.
    with cell_reader(told.splitlines(keepends=True)) as reader:
        assert max(len(cell) for row in reader for cell in row) < 32_768
    path = interview.reports / "decided.csv"
    path.write_text(told.replace("rule: gold codes stand", "cleo"), encoding="utf-8")
    decided = read_decisions(path, documents, ["water", "seeds"]).table
    assert (decided["document"] == "interview.txt").sum() == len(PARAGRAPHS)

    drawn = fourp("next", 7, "--coder", "cleo", "-p", interview.root, catch=False)
    assert drawn.exit_code == 0
    (book,) = interview.reports.rglob("*.xlsx")
    as_csv = book.with_suffix(".csv")
    page = openpyxl.load_workbook(book)
    sheet = page["segments"]
    heads = {cell.value: cell.column for cell in sheet[1]}
    for row in range(2, sheet.max_row + 1):
        sheet.cell(row, heads["water"]).value = "x"
    page.save(book)
    rows = list(csv.reader(as_csv.open(encoding="utf-8-sig", newline="")))
    at = rows[0].index("seeds")
    filled = as_csv.with_name("filled.csv")
    with filled.open("w", newline="", encoding="utf-8-sig") as stream:
        csv.writer(stream).writerows([rows[0], *([*r[:at], "x", *r[at + 1 :]] for r in rows[1:])])
    for path, code in ((book, "water"), (filled, "seeds")):
        taken = fourp("next", "--take-in", path, "--replace", "-p", interview.root, catch=False)
        assert taken.exit_code == 0
        mine = codings(open_project(interview.root))
        mine = mine[mine["coder"] == "cleo"]
        assert set(mine["code"]) == {code}
        assert set(PARAGRAPHS) <= set(mine["quote"])


def test_a_quote_that_no_cell_holds_is_shortened_and_still_held_to_the_text(interview):
    before = gold_of(interview)
    assert (before["quote"] == INTERVIEW).any()
    cell = quote_cell(INTERVIEW)
    assert len(cell) < 3_000
    assert is_shortened(cell)
    assert quote_cell("short") == "short"
    assert quote_cell("🌱" * 16_001) != "🌱" * 16_001
    path = interview.corpus / "interview.txt"
    path.write_text(INTERVIEW.replace("Plot 2-77 was", "Plot 2-77 is."), encoding="utf-8")
    with pytest.raises(GoldError, match="begins as the document does at 0 to 300008, but the rest"):
        gold_of(interview)
    path.write_text(f"Anna: {INTERVIEW}", encoding="utf-8")
    with pytest.raises(GoldError, match="The quote is at 6 to 300014"):
        gold_of(interview)
    assert quote_places(cell, f"Anna: {INTERVIEW}") == [(6, 6 + len(INTERVIEW))]
    assert quote_places(quote_cell("a" * 40_000), "a" * 300_000)[0] == (0, 40_000)


@pytest.mark.parametrize("cut", [32_767, 32_759])
def test_a_gold_file_whose_long_quote_excel_cut_is_still_right(interview, cut):
    path = interview.gold / "anna.csv"
    text = path.read_text(encoding="utf-8-sig").replace(quote_cell(INTERVIEW), INTERVIEW[:cut])
    path.write_text(text, encoding="utf-8")
    assert (gold_of(interview)["quote"] == INTERVIEW).any()
    path.write_text(text.replace("Plot 0-700 was", "Plot 0-700 is."), encoding="utf-8")
    with pytest.raises(GoldError, match="the rest is not the same"):
        gold_of(interview)


def test_a_quote_that_was_cut_short_by_hand_is_still_a_wrong_quote(interview):
    path = interview.gold / "anna.csv"
    text = path.read_text(encoding="utf-8-sig").replace(quote_cell(INTERVIEW), INTERVIEW[:20_000])
    path.write_text(text, encoding="utf-8")
    with pytest.raises(GoldError):
        gold_of(interview)
    assert says(INTERVIEW[:32_767], INTERVIEW)
    assert not says(INTERVIEW[:20_000], INTERVIEW)


def test_a_gold_file_with_a_whole_interview_in_a_cell_is_read(interview):
    path = interview.gold / "anna.csv"
    text = path.read_text(encoding="utf-8-sig").replace(quote_cell(INTERVIEW), INTERVIEW)
    path.write_text(text, encoding="utf-8")
    assert (gold_of(interview)["quote"] == INTERVIEW).any()
    long = interview.root / "long.csv"
    shutil.copy(path, long)
    assert len(read_long(long).marks)
    assert fourp("import", long, "--as", "long", "-p", interview.root, catch=False).exit_code == 0
    assert (gold_of(interview)["quote"] == INTERVIEW).any()


def test_every_table_that_is_read_may_have_a_cell_of_a_document_s_length(tmp_path):
    long = "water " * 50_000
    sentences = tmp_path / "sentences.csv"
    sentences.write_text(f"text,codes\n{long},water\n")
    assert len(read_coded_sentences([sentences], ["water"])["text"][0]) == len(long) - 1
    sites = tmp_path / "sites.csv"
    sites.write_text(f"id,name,group,website\na,{long},G,http://example.org/\n")
    assert len(read_sites(sites)) == 1
    table = tmp_path / "answers.csv"
    table.write_text(f"id,text\na,{long}\n")
    assert len(read_documents([table])[0]["text"][0]) == len(long) - 1
    taguette = tmp_path / "taguette.csv"
    taguette.write_text(f"id,document,tag,content\n1,a.txt,water,{long}\n")
    read = read_taguette(taguette, {"a.txt": long}, coder="anna")
    assert read.marks["end"].tolist() == [len(long)]


def test_reading_in_threads_leaves_the_limit_of_the_csv_module_as_it_was():
    before = csv.field_size_limit()
    lines = ["a,b\n", f"1,{'x' * 200_000}\n"]
    found, inside = [], threading.Barrier(4)

    def read():
        inside.wait()
        for _ in range(20):
            with cell_reader(lines) as reader:
                found.append(len(list(reader)[1][1]))

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [200_000] * 80
    assert csv.field_size_limit() == before


def test_no_table_is_split_into_cells_by_the_way_of_the_limited_reader():
    """Only `delimited` may make readers of the csv module: elsewhere its limit would hold."""
    for path in (ROOT / "fourp_nlp").rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        used = {
            node.attr
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id == "csv"
        }
        assert path.name == "delimited.py" or not used & {
            "reader",
            "DictReader",
            "field_size_limit",
        }, path


def test_a_workbook_for_other_programs_tells_what_its_cells_do_not_hold(interview, tmp_path):
    for name in ("long", "wide", "taguette"):
        path = tmp_path / f"{name}.xlsx"
        told = fourp("export", path, "--as", name, "-p", interview.root, catch=False)
        assert told.exit_code == 0
        assert "they are too long for a cell of Excel: they are cut and marked" in told.stdout, name


def test_an_import_reads_a_table_of_documents_with_a_long_cell(interview):
    attributes = interview.corpus / "documents.csv"
    attributes.write_text(f"document,case,remark\ninterview.txt,East,{'x' * 200_000}\n")
    path = interview.root / "out.qdpx"
    assert fourp("export", path, "-p", interview.root).exit_code == 0
    told = fourp("import", path, "-p", interview.root)
    assert told.exit_code == 0, told.output
    assert "nothing changes" in told.stdout
