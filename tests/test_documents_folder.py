"""Tables of texts, attributes, and folders of many files."""

import hashlib
import os

import openpyxl
import pandas as pd
import pytest

from fourp_nlp.documents import NOTE, read_attributes, read_document, read_documents
from fourp_nlp.errors import DocumentError
from fourp_nlp.tables import DOCUMENTS, SKIPPED


def _files(folder, **texts):
    for name, text in texts.items():
        path = folder / name.replace("__", "/").replace("_dot_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def test_each_row_of_a_table_is_a_paragraph(tmp_path):
    (tmp_path / "a.csv").write_text('id;Text\n1;"We met, in May."\n2;Then we left.\n3;\n')
    assert read_document(tmp_path / "a.csv") == "We met, in May.\n\nThen we left."


def test_a_column_of_documents_divides_a_table(tmp_path):
    (tmp_path / "a.tsv").write_text(
        "document\tspeaker\tanswer\nx\tANN\tWe met.\ny\t\tNo.\nx\tBO\tYes.\n"
    )
    documents, skipped = read_documents(tmp_path)
    assert documents["document"].tolist() == ["a.tsv#x", "a.tsv#y"]
    assert documents["text"].tolist() == ["ANN: We met.\n\nBO: Yes.", "No."]
    assert skipped.empty
    with pytest.raises(DocumentError, match="2 documents"):
        read_document(tmp_path / "a.tsv")


def test_the_only_column_of_sentences_is_found(tmp_path):
    (tmp_path / "a.csv").write_text(
        "n,town,q7\n1,Elm,We went out to meet people\n2,Oak,They were glad to see us\n"
    )
    assert read_document(tmp_path / "a.csv").startswith("We went out")


def test_a_table_without_text_names_its_columns(tmp_path):
    (tmp_path / "a.csv").write_text("n,town\n1,Elm\n")
    with pytest.raises(DocumentError, match=r"columns are: n, town.*'text'"):
        read_document(tmp_path / "a.csv")


def test_sheets_of_a_workbook_follow_one_another(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["n", "comment"])
    book.active.append([1, "Good day"])
    second = book.create_sheet("more")
    second.append(["comment"])
    second.append(["Good night"])
    book.create_sheet("numbers").append([1, 2])
    book.save(tmp_path / "a.xlsx")
    assert read_document(tmp_path / "a.xlsx") == "Good day\n\nGood night"


def test_a_folder_becomes_two_tables(tmp_path):
    _files(
        tmp_path,
        b_dot_txt="Bee.",
        a__c_dot_md="# Cee",
        out__d_dot_txt="Dee.",
        README_dot_md="no",
        codebook_dot_yaml="no",
        _dot_hidden_dot_txt="no",
        e_dot_xyz="no",
    )
    (tmp_path / "~$b.docx").write_text("lock")
    seen = []
    documents, skipped = read_documents(
        tmp_path, exclude=["out"], progress=lambda done, total: seen.append((done, total))
    )
    assert list(documents.columns) == list(DOCUMENTS.columns)
    assert list(skipped.columns) == SKIPPED.names
    assert documents["document"].tolist() == ["b.txt", "a/c.md"]
    assert documents["sha256"][0] == hashlib.sha256(b"Bee.").hexdigest()
    assert documents["case"].tolist() == ["", ""]
    assert skipped["path"].tolist() == [str(tmp_path / "e.xyz")]
    assert seen == [(1, 3), (2, 3), (3, 3)]


def test_single_files_of_one_name_are_told_apart(tmp_path):
    _files(tmp_path, x__a_dot_txt="One.", y__a_dot_txt="Two.", y__b_dot_txt="Three.")
    documents, _ = read_documents(
        [tmp_path / "x/a.txt", tmp_path / "y/a.txt", tmp_path / "y/b.txt"]
    )
    assert documents["document"].tolist() == ["x/a.txt", "y/a.txt", "b.txt"]


def test_attributes_reach_their_documents(tmp_path):
    _files(tmp_path, a_dot_txt="One.", s__b_dot_txt="Two.", t_dot_csv="document,text\nx,Hi\ny,Ho\n")
    (tmp_path / "documents.csv").write_text(
        "document,case,group,extra\na.txt,Elmford,Ontario,?\nt.csv,Oak,,\nt.csv#y,Ash,,\ngone.txt,X,,\n"
    )
    documents, skipped = read_documents(tmp_path)
    rows = documents.set_index("document")
    assert rows.loc["a.txt", ["case", "group", "date"]].tolist() == ["Elmford", "Ontario", ""]
    assert rows.loc["s/b.txt", "case"] == ""
    assert rows.loc["t.csv#x", "case"] == "Oak"
    assert rows.loc["t.csv#y", "case"] == "Ash"
    reasons = dict(zip(skipped["path"], skipped["reason"], strict=True))
    assert "no such file" in reasons["gone.txt"]
    assert reasons[str(tmp_path / "s/b.txt")].startswith(NOTE)
    assert len(reasons) == 2


def test_attributes_of_an_unreadable_file_are_not_called_missing(tmp_path):
    _files(tmp_path, a_dot_txt=" ")
    (tmp_path / "documents.csv").write_text("document\na.txt\n")
    _, skipped = read_documents(tmp_path)
    assert skipped["path"].tolist() == [str(tmp_path / "a.txt")]


def test_attributes_that_name_a_document_twice_are_refused(tmp_path):
    path = tmp_path / "documents.csv"
    path.write_text("document,case\na.txt,x\nb.txt,x\n./a.txt,y\n")
    with pytest.raises(DocumentError, match=r"documents\.csv, line 4: .*'a\.txt' is named twice"):
        read_attributes(path)


def test_attributes_need_their_column(tmp_path):
    path = tmp_path / "documents.csv"
    path.write_text("file,case\na.txt,x\n")
    with pytest.raises(DocumentError, match="no column 'document'"):
        read_attributes(path)


def test_attributes_can_be_a_frame(tmp_path):
    _files(tmp_path, a_dot_txt="One.")
    frame = pd.DataFrame({"document": ["a.txt"], "case": ["Elm"]})
    documents, skipped = read_documents(tmp_path / "a.txt", attributes=frame)
    assert documents["case"].tolist() == ["Elm"]
    assert skipped.empty


def test_a_missing_folder_is_an_error(tmp_path):
    with pytest.raises(DocumentError, match="no such file or folder"):
        read_documents(tmp_path / "nowhere")


def test_a_file_over_the_limit_is_skipped(tmp_path):
    _files(tmp_path, a_dot_txt="One.", b_dot_txt="Two two two.")
    documents, skipped = read_documents(tmp_path, max_bytes=6)
    assert documents["document"].tolist() == ["a.txt"]
    assert "limit" in skipped["reason"][0]


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is closed to the superuser")
def test_a_closed_folder_is_named(tmp_path):
    _files(tmp_path, a_dot_txt="One.", sub__b_dot_txt="Two.")
    (tmp_path / "sub").chmod(0)
    documents, skipped = read_documents(tmp_path)
    (tmp_path / "sub").chmod(0o700)
    assert documents["document"].tolist() == ["a.txt"]
    assert skipped["path"].tolist() == [str(tmp_path / "sub")]
    assert "permissions" in skipped["reason"][0]


def test_ids_are_composed_and_printable(tmp_path):
    (tmp_path / "cafe\u0301\n.txt").write_text("Hi.")
    with open(os.fsencode(tmp_path) + b"/bad\xff.txt", "w") as stream:  # noqa: PTH123
        stream.write("Ho.")
    documents, skipped = read_documents(tmp_path)
    assert sorted(documents["document"]) == ["bad\ufffd.txt", "café\ufffd.txt"]
    assert skipped.empty
