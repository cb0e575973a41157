"""Through .qdpx and back, by the command itself: what people do in other programs, and come back with."""

from __future__ import annotations

import json
import zipfile

import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from typer.testing import CliRunner

from fourp_nlp.cli import app
from fourp_nlp.codebook import read_codebook
from fourp_nlp.coding.store import Store
from fourp_nlp.documents import read_documents
from fourp_nlp.errors import FourpError
from fourp_nlp.exchange import guid_of, read_qdpx, write_qdpx
from fourp_nlp.study.importing.target import new_target, read_target
from fourp_nlp.study.project import open_project
from fourp_nlp.study.reading.corpus import no_progress, read_corpus
from tests.conftest import write_gold_file
from tests.test_export import sent, with_suggestions
from tests.test_import import (
    KEY,
    again,
    codings,
    codings_of,
    everything,
    exchanges,
    planned,
    study,
    taken,
    with_new_code,
)


def fourp(*words):
    done = CliRunner().invoke(app, [str(word) for word in words])
    if isinstance(done.exception, FourpError):
        return 1, str(done.exception), done
    assert not done.exception or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.stdout, done


def of(project, path, **options):
    """Write a project as .qdpx; nothing may be lost."""
    exchange = sent(project, **options)
    assert write_qdpx(exchange, path).empty
    return path


@settings(
    max_examples=20,
    deadline=None,
    # What fails is small already, and every try is three projects on disk.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(exchanges())
def test_any_project_goes_out_and_comes_back_the_same_to_the_character(tmp_path_factory, came):
    folder = tmp_path_factory.mktemp("any")
    one, _ = taken(came, new_target(folder / "one"))
    if read_documents(one.corpus)[0].empty:
        return
    lost = write_qdpx(sent(one), folder / "out.qdpx")
    back = read_qdpx(folder / "out.qdpx")
    # Read once for all that is asked of it: no plan changes a project.
    first, stands = read_target(one, no_progress), everything(one.root)
    assert not planned(back, first).changes
    two, plan = taken(back, new_target(folder / "two"))
    # A source of nothing but white space is no document; its name goes on without a text.
    blank = int((plan.documents["status"] == "without text").sum())
    told = [("texts of sources", blank)] if blank else []
    assert list(zip(plan.losses["item"], plan.losses["count"], strict=True)) == told
    assert everything(one.root) == stands
    second = read_target(two, no_progress)
    if "names of documents" in set(lost["item"]):
        # Several came under one name: a new project makes other ids of the names with numbers.
        assert sorted(first.texts.values()) == sorted(second.texts.values())
        return
    assert first.texts == second.texts
    pd.testing.assert_frame_equal(codings_of(first), codings_of(second))
    assert first.codebook.themes == second.codebook.themes
    assert first.codebook.codes == second.codebook.codes
    read = ["coder", "document", "start", "end", "scope"]
    for each in (first, second):
        assert not each.coded.duplicated(read).any()
    assert set(first.coded[read].itertuples(index=False, name=None)) == set(
        second.coded[read].itertuples(index=False, name=None)
    )
    machines = [each.extras.machine_codings.sort_values(KEY)[KEY] for each in (first, second)]
    assert machines[0].to_numpy().tolist() == machines[1].to_numpy().tolist()
    write_qdpx(sent(two), folder / "again.qdpx")
    assert not again(read_qdpx(folder / "again.qdpx"), two).changes


def test_the_whole_way_by_command(project, tmp_path):
    write_gold_file(project, "ben", but=("meeting0.txt",))
    (project.root / "fourp.toml").write_text(
        'title = "Allotment"\n[coders]\ngold = "anna"\n', encoding="utf-8"
    )
    project = open_project(project.root)
    with_suggestions(project)
    path = of(project, tmp_path / "out.qdpx")
    code, said, _ = fourp("import", path, "--project", project.root)
    assert code == 0
    assert "nothing changes" in said
    code, said, _ = fourp("import", path, "--new", tmp_path / "new")
    assert code == 0
    assert "nothing was lost" in said
    assert "fourp run --project" in said
    new = open_project(tmp_path / "new")
    pd.testing.assert_frame_equal(codings(new), codings(project))
    assert read_codebook(new.codebook) == read_codebook(project.codebook)
    documents = read_corpus(new).documents
    assert documents[["case", "group"]].equals(read_corpus(project).documents[["case", "group"]])
    code, said, _ = fourp("import", path, "--new", tmp_path / "new")
    assert code == 1
    assert "is a project already" in said


def edited_elsewhere(project, path):
    """What a researcher does in another program: this and that, all at once."""
    count = with_suggestions(project)
    exchange = read_qdpx(of(project, path))
    marks, texts = exchange.marks.copy(), exchange.sources["text"].tolist()
    guids = exchange.sources["guid"].tolist()
    anna = marks["user"] == guid_of("user", "anna")
    machine = marks["user"] == guid_of("user", "machine@0a1b2c3d")
    at = {n: marks.index[anna & (marks["source"] == guid)] for n, guid in enumerate(guids)}
    # A coding is removed, one is added, one is moved, one of the machine is removed.
    added = marks.loc[at[1][0]].copy()
    added[["guid", "start", "end", "quote"]] = [guid_of("x", 1), 4, 7, texts[1][4:7]]
    marks.loc[at[2][0], "end"] -= 3
    marks.loc[at[2][0], "quote"] = marks.loc[at[2][0], "quote"][:-3]
    gone = [at[3][0], marks.index[machine & (marks["source"] == guids[4])][0]]
    # A text gets a heading, and everything in it moves.
    texts[5] = "Meeting six\n\n" + texts[5]
    shifted = marks["source"] == guids[5]
    marks.loc[shifted, ["start", "end"]] += len("Meeting six\n\n")
    marks = pd.concat([marks.drop(index=gone), added.to_frame().T], ignore_index=True)
    nodes = exchange.nodes.assign(name=["Wet things", "Seeds"])
    made = exchange.__class__(
        **{
            **vars(exchange),
            "marks": marks.astype(exchange.marks.dtypes.to_dict()),
            "nodes": nodes,
            "sources": exchange.sources.assign(text=texts),
        }
    )
    path.unlink()
    write_qdpx(made, path)
    return count


def in_capitals(path):
    """Write the GUIDs of a .qdpx as other programs do: in capitals."""
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    exchange = read_qdpx(path)
    text = files["project.qde"].decode()
    for table in (exchange.sources, exchange.nodes, exchange.users, exchange.marks):
        for guid in table["guid"]:
            text = text.replace(f'"{guid}"', f'"{guid.upper()}"')
    path.unlink()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, text.encode() if name == "project.qde" else content)


@pytest.mark.parametrize("loud", [False, True])
def test_what_was_edited_elsewhere_is_told_and_taken_as_far_as_asked(project, tmp_path, loud):
    path = tmp_path / "back.qdpx"
    count = edited_elsewhere(project, path)
    if loud:
        in_capitals(path)
    before = everything(project.root)
    code, said, _ = fourp("import", path, "--project", project.root, "--dry-run", "--json")
    assert code == 0
    assert everything(project.root) == before
    rows = [json.loads(line) for line in said.splitlines()]
    (coder,) = [row for row in rows if row["kind"] == "coder"]
    assert {name: coder[name] for name in ("same", "new", "moved", "gone")} == {
        "same": 22, "new": 1, "moved": 1, "gone": 1,
    }  # fmt: skip
    (machine,) = [row for row in rows if row["kind"] == "machine"]
    assert machine["kept"] == count - 1
    assert machine["removed"] == 1
    assert [row["status"] for row in rows if row["kind"] == "document"] == [
        *["known"] * 5,
        "edited",
    ]
    assert [row["status"] for row in rows if row["kind"] == "code"] == ["renamed", "known"]

    code, said, _ = fourp("import", path, "--project", project.root, "--decided-by", "Anna Berg")
    assert code == 0
    assert f"decisions: {count - 1} for a code, 1 against" in said
    assert len(codings(project)) == 24 + 2
    assert read_codebook(project.codebook).names["water"] == "Water"
    assert len(Store(project.store).read_decisions()) == count
    code, said, _ = fourp("import", path, "--project", project.root, "--decided-by", "Anna Berg")
    assert "nothing changes" in said

    code, said, _ = fourp("import", path, "--project", project.root, "--replace")
    assert code == 0
    assert len(codings(project)) == 24
    assert read_codebook(project.codebook).names["water"] == "Wet things"
    text = (project.corpus / "meeting5.txt").read_text(encoding="utf-8")
    assert text.startswith("Meeting six\n\n")
    assert (project.gold / "anna.csv.before").exists()
    code, said, _ = fourp("import", path, "--project", project.root, "--replace")
    assert "nothing changes" in said


def test_one_bad_file_does_not_keep_the_others_out(project, tmp_path):
    good = of(project, tmp_path / "good.qdpx")
    bad = tmp_path / "bad.qdpx"
    bad.write_bytes(b"no zip at all")
    code, said, done = fourp("import", bad, good, "--project", project.root)
    assert code == 3
    assert "1 of 2 files" in said
    assert "bad.qdpx" in done.stderr
    code, _, done = fourp("import", bad, tmp_path / "none.qdpx", "--project", project.root)
    assert code == 1
    assert done.stderr.count("Error:") == 2
    code, said, _ = fourp("import", bad, "--project", project.root)
    assert code == 1
    assert "bad.qdpx" in said


def test_two_files_make_one_new_project(project, tmp_path):
    (tmp_path / "a").mkdir()
    one = of(project, tmp_path / "one.qdpx", documents=["meeting0.txt"])
    two = of(project, tmp_path / "two.qdpx", documents=["meeting1.txt", "meeting0.txt"])
    code, _, _ = fourp("import", one, two, "--new", tmp_path / "new")
    assert code == 0
    new = open_project(tmp_path / "new")
    assert read_corpus(new).documents["document"].tolist() == ["meeting0.txt", "meeting1.txt"]
    assert len(codings(new)) == 8


def test_strict_writes_nothing_where_anything_would_be_lost(project, tmp_path):
    path = tmp_path / "new.qdpx"
    write_qdpx(with_new_code(project), path)
    before = everything(project.root)
    words = ("import", path, "--project", project.root, "--new-codes", "ignore")
    code, said, _ = fourp(*words, "--strict")
    assert code == 1
    assert "nothing was written" in said
    assert everything(project.root) == before
    assert fourp(*words)[0] == 0


def test_a_codebook_alone_becomes_a_file(project, tmp_path):
    write_qdpx(study(), tmp_path / "study.qdpx")
    target = tmp_path / "codebook.yaml"
    code, said, _ = fourp("import", tmp_path / "study.qdpx", "--to", target, "--dry-run")
    assert (code, target.exists()) == (0, False)
    code, said, _ = fourp("import", tmp_path / "study.qdpx", "--to", target)
    assert code == 0
    assert read_codebook(target).code_ids == ["water", "seeds"]
    code, said, _ = fourp("import", tmp_path / "study.qdpx", "--to", target)
    assert code == 1
    assert "nothing was changed" in said
    code, _, _ = fourp("import", tmp_path / "study.qdpx", "--to", target, "--new", tmp_path / "x")
    assert code == 2


def test_names_are_changed_as_asked(project, tmp_path):
    path = of(project, tmp_path / "out.qdpx")
    new = tmp_path / "new"
    code, _, _ = fourp("import", path, "--new", new, "--rename", "anna=A. Berg")
    assert code == 0
    assert (new / "gold" / "A. Berg.csv").exists()
    assert fourp("import", path, "--new", tmp_path / "y", "--rename", "anna")[0] == 2
    code, said, _ = fourp("import", path, "--new", tmp_path / "y", "--machine", "nobody")
    assert code == 1
    assert "anna" in said
