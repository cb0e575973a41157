"""What leaves a project for other programs: every coding at its place, under the identity that it came with."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fourp_nlp.codebook import read_codebook
from fourp_nlp.coding.gold.writer import write_gold
from fourp_nlp.coding.store import Store
from fourp_nlp.documents import normalise, read_documents
from fourp_nlp.errors import GoldError, ProjectError, StoreError
from fourp_nlp.exchange import MEMBERS, NOTES, SOURCES, USERS, VALUES, guid_of
from fourp_nlp.study.exporting.exchange_extras import (
    MACHINE_CODINGS,
    MARK_EXTRAS,
    SOURCE_EXTRAS,
    ExchangeExtras,
    read_extras,
)
from fourp_nlp.study.exporting.export import project_exchange
from fourp_nlp.study.exporting.texts import exchange_segments
from fourp_nlp.study.project import open_project
from fourp_nlp.study.reading.corpus import read_corpus, read_gold_codes
from fourp_nlp.study.study import Study, open_study
from fourp_nlp.tables import CODINGS, conform
from tests.conftest import WATER, write_gold_file, write_project
from tests.exchanges import write_extras
from tests.filled import suggestions_of
from tests.test_cli import fourp


def sent(project, **options):
    codebook = read_codebook(project.codebook)
    corpus = read_corpus(project)
    gold = read_gold_codes(project, corpus, codebook, without_reference=True)
    return project_exchange(Study(project, corpus=corpus, codebook=codebook, gold=gold), **options)


def with_suggestions(project):
    """Keep suggestions: water for every sentence on water, half of them accepted."""
    corpus = read_corpus(project)
    codes = read_codebook(project.codebook).code_ids
    rows = corpus.segments.loc[corpus.segments.index.repeat(len(codes))].reset_index(drop=True)
    rows["code"] = codes * len(corpus.segments)
    hit = rows["text"].isin(WATER) & (rows["code"] == "water")
    suggestions = suggestions_of(
        rows,
        hit,
        accepted=hit & (hit.cumsum() % 2 == 0),
        accepted_from=0.8,
        model="machine@0a1b2c3d",
        why=np.where(hit, "the word “hose”", ""),
    )
    facts = {"unit": project.settings.unit}
    Store(project.store).write_suggestions(suggestions, corpus.documents, facts)
    return int(hit.sum())


def quotes_are_what_stands_there(exchange):
    texts = dict(zip(exchange.sources["guid"], exchange.sources["text"], strict=True))
    marks = exchange.marks
    return all(
        texts[source][start:end] == quote and quote
        for source, start, end, quote in zip(
            marks["source"], marks["start"], marks["end"], marks["quote"], strict=True
        )
    )


def named(exchange, column="user"):
    table = exchange.users.rename(columns={"coder": "name"}) if column == "user" else exchange.nodes
    return exchange.marks[column].map(dict(zip(table["guid"], table["name"], strict=True)))


def test_documents_codes_coders_and_codings_all_go_out(project):
    # Nobody need be the reference: nothing is learned here.
    write_gold_file(project, "ben", but=("meeting0.txt",))
    count = with_suggestions(project)
    exchange = sent(project)
    assert exchange.sources["document"].tolist() == [f"meeting{n}.txt" for n in range(6)]
    assert exchange.nodes["code"].tolist() == ["water", "seeds"]
    assert named(exchange).value_counts().to_dict() == {
        "anna": 24, "ben": 20, "machine@0a1b2c3d": count,
    }  # fmt: skip
    assert exchange.users.set_index("coder")["machine"].to_dict() == {
        "anna": False, "ben": False, "machine@0a1b2c3d": True,
    }  # fmt: skip
    assert quotes_are_what_stands_there(exchange)
    assert exchange.losses.empty
    machine = exchange.marks[named(exchange) == "machine@0a1b2c3d"]
    assert set(machine["probability"]) == {0.9}
    assert set(machine["why"]) == {"the word “hose”"}
    assert machine["made_at"].str.endswith("Z").all()


def test_identities_come_out_the_same_every_time(project):
    with_suggestions(project)
    one, two = sent(project), sent(project)
    for name in ("sources", "nodes", "users", "marks", "notes", "members"):
        frame = getattr(one, name)
        pd.testing.assert_frame_equal(frame, getattr(two, name))
        assert name == "members" or frame["guid"].is_unique
    assert one.sources["guid"].iloc[0] == guid_of("source", "meeting0.txt")
    first = one.marks.iloc[0]
    assert first["guid"] == guid_of(
        "mark", "meeting0.txt", first["start"], first["end"], "water", "anna"
    )


def test_attributes_are_variables_and_cases_hold_their_documents(project):
    exchange = sent(project)
    source = exchange.sources.set_index("document")["guid"]
    values = exchange.values.set_index(["about", "variable"])["value"]
    assert values[source["meeting1.txt"], "case"] == "plot1"
    assert values[source["meeting0.txt"], "group"] == "south"
    assert "date" not in values.index.get_level_values("variable")
    cases = exchange.members[exchange.members["kind"] == "case"]
    assert sorted(cases.loc[cases["name"] == "plot1", "member"]) == sorted(
        source[["meeting1.txt", "meeting4.txt"]]
    )
    assert values[cases.loc[cases["name"] == "plot1", "guid"].iloc[0], "group"] == "north"


def test_dates_are_dates_only_if_all_of_them_are(project):
    def kind_of(second):
        project.attributes.write_text(
            f"document,case,group,date,kind,speaker\nmeeting0.txt,,,2024-02-29,,\nmeeting1.txt,,,{second},,\n",
            encoding="utf-8",
        )
        values = sent(project).values
        return set(values.loc[values["variable"] == "date", "kind"])

    assert kind_of("2023-12-01") == {"Date"}
    assert kind_of("spring 2023") == {"Text"}
    assert kind_of("2023-02-30") == {"Text"}


def test_a_span_goes_out_as_it_was_drawn(project):
    (project.gold / "anna.csv").unlink()
    documents, _ = read_documents(project.corpus)
    text = documents["text"].iloc[0]
    drawn = pd.DataFrame(
        [
            ("meeting0.txt", 4, 11, "water", "anna", text[4:11]),
            ("meeting0.txt", 9, 70, "seeds", "anna", text[9:70]),
        ],
        columns=CODINGS.names,
    )
    write_gold(drawn, project.gold / "anna.csv")
    marks = sent(project).marks
    assert list(zip(marks["start"], marks["end"], marks["quote"], strict=True)) == [
        (4, 11, text[4:11]),
        (9, 70, text[9:70]),
    ]


def test_what_was_read_is_told_and_the_machine_read_everything(project):
    with_suggestions(project)
    read = sent(project).read
    assert read.groupby("coder").size().to_dict() == {"anna": 6, "machine@0a1b2c3d": 6}
    assert (read["end"] > 100).all()
    assert set(read["scope"]) == {"document"}


def test_only_the_coders_and_documents_that_were_asked_for_go_out(project):
    write_gold_file(project, "ben")
    with_suggestions(project)
    exchange = sent(project, coders=["ben"], documents=["meeting2.txt"], suggestions=False)
    assert exchange.sources["document"].tolist() == ["meeting2.txt"]
    assert exchange.users["coder"].tolist() == ["ben"]
    assert set(exchange.marks["source"]) == set(exchange.sources["guid"])
    assert set(exchange.values["about"]) <= {*exchange.sources["guid"], *exchange.members["guid"]}
    assert set(exchange.read["document"]) == {"meeting2.txt"}


def test_a_coder_or_document_that_is_not_there_is_named_with_the_nearest(project):
    with pytest.raises(GoldError, match=r'no coder "ana".*Did you mean'):
        sent(project, coders=["ana"])
    with pytest.raises(ProjectError, match=r"no document 'meeting9.txt'.*Did you mean"):
        sent(project, documents=["meeting9.txt"])


def test_accepted_suggestions_alone(project):
    count = with_suggestions(project)
    assert len(sent(project, suggestions="accepted", coders=["anna"]).marks) == 24 + count // 2


def test_without_suggestions_it_goes_out_and_says_so(project):
    exchange = sent(project)
    assert exchange.users["coder"].tolist() == ["anna"]
    assert "There are no suggestions yet" in exchange.remarks[0]
    with pytest.raises(StoreError):
        sent(project, suggestions="accepted")


def test_suggestions_for_other_documents_or_codes_stay_here_and_a_note_says_so(project):
    with_suggestions(project)
    text = project.codebook.read_text(encoding="utf-8")
    project.codebook.write_text(text + "  - {id: weeds, name: Weeds}\n", encoding="utf-8")
    exchange = sent(project)
    assert exchange.users["coder"].tolist() == ["anna"]
    assert "weeds" in exchange.remarks[0]
    project.codebook.write_text(text, encoding="utf-8")
    (project.corpus / "new.txt").write_text("The pump broke.", encoding="utf-8")
    assert "new.txt" in sent(project).remarks[0]


def test_what_was_coded_a_second_time_goes_out_only_if_asked_for(project):
    project.repeat.mkdir()
    (project.gold / "anna.csv").rename(project.repeat / "anna.csv")
    write_gold_file(project, "anna", but=("meeting1.txt",))
    assert sent(project).users["coder"].tolist() == ["anna"]
    exchange = sent(project, include_repeat=True)
    assert named(exchange).value_counts().to_dict() == {"anna": 20, "anna, again": 24}
    assert exchange.marks["guid"].is_unique


def test_decisions_go_out_as_notes_by_those_who_decided(project):
    first = sent(project).marks.iloc[0]
    corpus = read_corpus(project)
    segment = corpus.segments.iloc[1]
    store = Store(project.store)
    store.write_decisions(
        pd.DataFrame(
            {
                "document": ["meeting0.txt", "meeting0.txt"],
                "start": [int(first["start"]), int(segment["start"])],
                "end": [int(first["end"]), int(segment["end"])],
                "code": ["water", "water"],
                "settled": [True, False],
                "decided_by": ["Carla", "anna"],
            }
        )
    )
    place = {"document": "meeting0.txt", "start": int(first["start"]), "end": int(first["end"])}
    store.log(
        "decisions taken in",
        {"notes": [place | {"code": "water", "decided_by": "Carla", "note": "It is a tap."}]},
    )
    exchange = sent(project)
    notes = exchange.notes[exchange.notes["name"].str.startswith("Decision")].set_index("user")
    users = exchange.users.set_index("coder")["guid"]
    carla, anna = notes.loc[users["Carla"]], notes.loc[users["anna"]]
    assert (carla["about"], carla["start"]) == (first["guid"], -1)
    assert carla["text"] == "Decided by Carla: the code “Water” stands here.\nIt is a tap."
    assert (anna["about"], anna["start"]) == (guid_of("source", "meeting0.txt"), segment["start"])
    assert anna["name"] == "Decision: Water does not stand"
    assert anna["made_at"].endswith("Z")


def test_settled_codes_are_a_coder_of_their_own(project):
    write_gold_file(project, "settled")
    exchange = sent(project)
    assert exchange.users.set_index("coder")["machine"].to_dict() == {
        "anna": False,
        "settled": False,
    }


def test_the_notice_and_what_the_codebook_is_are_notes_on_the_project(project):
    (project.root / "fourp.toml").write_text('notice = "Confidential."\n', encoding="utf-8")
    notes = sent(open_project(project.root)).notes.set_index("name")["text"]
    assert notes["Notice"] == "Confidential."
    assert notes["Codebook"] == "Codebook: Allotment meetings\nId: allotment\nLanguage: en"


def test_the_word_for_a_code_goes_out_and_comes_back(project, tmp_path):
    path = project.root / "corpus" / "codebook.yaml"
    path.write_text("code_noun: topic\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    out, new = tmp_path / "p.qdpx", tmp_path / "new"
    for words in (["export", out, "-p", project.root], ["import", out, "--new", new]):
        result = fourp(*words)
        assert result.exit_code == 0, result.output
    assert open_study(new).codebook.code_noun == "topic"


# What came from another program -------------------------------------------------------------------------

CAME = (
    "  Ana:\tWe dragged the\u00a0hose — 👩‍👧 cafe\u0301 — across   three plots.  \n\n\n\n"
    "\u200bIt “rained” since March.\u00a0 \nالماء في الحوض\u200f.\n"
)


def taken_over(folder, came=CAME, *, spans=(), notes=(), values=(), members=()):
    """Write a project with one document that came with the text `came`, coded there at `spans`."""
    project = write_project(folder, documents=1, gold=False)
    ours = normalise(came)
    (project.corpus / "meeting0.txt").write_bytes(ours.encode())
    (project.exchange / "texts").mkdir(parents=True)
    (project.exchange / "texts" / "s.txt").write_bytes(came.encode())
    rows = []
    for at, (start, end) in enumerate(spans):
        quote = normalise(came[start:end])
        begin = ours.index(quote)
        rows.append(
            (
                "meeting0.txt",
                begin,
                begin + len(quote),
                "water",
                "anna",
                quote,
                f"mark{at}",
                start,
                end,
            )
        )
    columns = [*CODINGS.names, "guid", "came_start", "came_end"]
    frame = pd.DataFrame(rows, columns=columns).assign(made_at="2020-01-02T03:04:05Z")
    source = ("source", "meeting0.txt", True, "pdf", "an interview", "s.txt")
    write_extras(
        project,
        ExchangeExtras(
            sources=pd.DataFrame(
                [source],
                columns=["guid", "document", "has_text", "kind", "description", "original"],
            ),
            users=pd.DataFrame(
                [("user", "anna", False), ("guest", "Guest", False)], columns=USERS.names
            ),
            marks=conform(frame, MARK_EXTRAS),
            notes=conform(pd.DataFrame(notes, columns=NOTES.names), NOTES),
            values=conform(pd.DataFrame(values, columns=VALUES.names), VALUES),
            members=conform(pd.DataFrame(members, columns=MEMBERS.names), MEMBERS),
        ),
    )
    if rows:
        write_gold(conform(frame, CODINGS), project.gold / "anna.csv")
    return project


def test_a_text_that_came_goes_out_as_it_came_with_every_coding_at_its_place(tmp_path):
    at = CAME.index("dragged")
    hose = (at, CAME.index("plots") + 5)
    project = taken_over(tmp_path / "p", spans=[hose])
    exchange = sent(project)
    (source,) = exchange.sources.to_dict("records")
    assert source["text"] == CAME
    assert (source["guid"], source["kind"], source["description"]) == (
        "source",
        "pdf",
        "an interview",
    )
    (mark,) = exchange.marks.to_dict("records")
    assert (mark["guid"], mark["start"], mark["end"]) == ("mark0", *hose)
    assert mark["quote"] == CAME[slice(*hose)]
    assert mark["made_at"] == "2020-01-02T03:04:05Z"
    assert mark["user"] == "user"
    assert exchange.users["coder"].tolist() == ["anna", "Guest"]


def test_white_space_at_the_ends_of_a_span_that_came_goes_out_again(tmp_path):
    start = CAME.index("   three")
    project = taken_over(tmp_path / "p", spans=[(start, start + len("   three plots.  "))])
    (mark,) = sent(project).marks.to_dict("records")
    assert mark["quote"] == "   three plots.  "


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_whatever_is_coded_here_stands_at_the_same_words_in_the_text_that_came(
    tmp_path_factory, data
):
    ours = normalise(CAME)
    start = data.draw(st.integers(0, len(ours) - 1))
    end = data.draw(st.integers(start + 1, len(ours)))
    project = taken_over(tmp_path_factory.mktemp("p") / "p")
    coding = pd.DataFrame(
        [("meeting0.txt", start, end, "water", "anna", ours[start:end])], columns=CODINGS.names
    )
    write_gold(coding, project.gold / "anna.csv")
    exchange = sent(project)
    (mark,) = exchange.marks.to_dict("records")
    assert mark["quote"] == CAME[mark["start"] : mark["end"]]
    assert normalise(mark["quote"]) == normalise(ours[start:end])
    assert exchange.read["end"].tolist() == [len(CAME)]


def test_segments_stand_at_their_places_in_the_text_that_came(tmp_path):
    project = taken_over(tmp_path / "p")
    corpus = read_corpus(project)
    segments = exchange_segments(corpus, sent(project))
    assert len(segments) == len(corpus.segments) > 2
    for ours, theirs in zip(
        corpus.segments.to_dict("records"), segments.to_dict("records"), strict=True
    ):
        assert theirs["text"] == CAME[theirs["start"] : theirs["end"]]
        assert normalise(theirs["text"]) == ours["text"]


def test_a_document_that_was_changed_since_goes_out_as_it_is_now_and_says_so(tmp_path):
    about = ("n1", "source", 3, 9, "", "Memo", "A thought.", "")
    project = taken_over(tmp_path / "p", notes=[about])
    (project.corpus / "meeting0.txt").write_text("We fixed the hose.", encoding="utf-8")
    exchange = sent(project)
    assert exchange.sources["text"].tolist() == ["We fixed the hose."]
    assert exchange.sources["guid"].tolist() == ["source"]
    assert any(
        "meeting0.txt: the original text is not available any more" in r for r in exchange.remarks
    )
    # Its notes stay with it, but their place is gone.
    note = exchange.notes.set_index("guid").loc["n1"]
    assert (note["about"], note["start"], note["end"]) == ("source", -1, -1)
    assert exchange.losses["item"].tolist() == ["places of notes"]


def test_no_file_outside_the_folder_of_texts_is_read(tmp_path):
    project = taken_over(tmp_path / "p", came="plain text")
    (project.exchange / "secret.txt").write_text("plain text", encoding="utf-8")
    table = project.exchange / "sources.csv"
    table.write_text(
        table.read_text(encoding="utf-8-sig").replace("s.txt", "../secret.txt"), encoding="utf-8"
    )
    assert any("not available any more" in remark for remark in sent(project).remarks)


def test_notes_variables_and_sets_that_came_go_out_again(tmp_path):
    project = taken_over(
        tmp_path / "p",
        spans=[(CAME.index("hose"), CAME.index("hose") + 4)],
        notes=[
            ("n1", "mark0", -1, -1, "guest", "", "On a coding.", "2020-01-01T00:00:00Z"),
            ("n2", "source", 4, 9, "user", "Memo", "On a place.", ""),
            ("n3", "gone", -1, -1, "user", "Lost", "On what is gone.", ""),
        ],
        values=[("source", "Age", "Integer", "41"), ("source", "group", "Text", "old")],
        members=[
            ("c1", "case", "plot0", "source", "A plot."),
            ("s1", "set", "Best", "source", ""),
            ("s2", "set", "Gone", "gone", ""),
        ],
    )
    exchange = sent(project)
    notes = exchange.notes.set_index("guid")
    assert notes.loc["n1", ["about", "user", "text"]].tolist() == ["mark0", "guest", "On a coding."]
    assert notes.loc["n2", ["start", "end"]].tolist() == [4, 9]
    assert "n3" not in notes.index
    assert exchange.losses.to_dict("records")[0]["examples"] == "Lost: On what is gone."
    values = exchange.values.set_index(["about", "variable"])["value"]
    assert values["source", "Age"] == "41"
    assert values["source", "group"] == "south"
    members = exchange.members.set_index("guid")
    assert members.loc["c1", ["name", "member", "description"]].tolist() == [
        "plot0",
        "source",
        "A plot.",
    ]
    assert members.loc["s1", "member"] == "source"
    assert members.loc["s2", "member"] == ""


def test_codings_of_a_machine_that_came_go_out_under_its_name(tmp_path):
    project = taken_over(tmp_path / "p")
    ours = normalise(CAME)
    hose = ours.index("hose")
    rows = [
        (
            "meeting0.txt",
            hose,
            hose + 4,
            "water",
            "Robot",
            "hose",
            "r1",
            CAME.index("hose"),
            CAME.index("hose") + 4,
        ),
        ("meeting0.txt", hose + 1, hose + 5, "water", "Robot", "hose", "r2", 5, 9),
        ("meeting0.txt", hose, hose + 4, "gone", "Robot", "hose", "r3", 5, 9),
    ]
    frame = pd.DataFrame(rows, columns=[*CODINGS.names, "guid", "came_start", "came_end"])
    frame = frame.assign(made_at="2020-01-01T00:00:00Z", probability=0.75, why="a rule")
    kept = read_extras(project)
    robot = pd.DataFrame([("robot", "Robot", True)], columns=USERS.names)
    write_extras(
        project, replace(kept, users=robot, machine_codings=conform(frame, MACHINE_CODINGS))
    )
    exchange = sent(project)
    (mark,) = exchange.marks.to_dict("records")
    assert [mark[key] for key in ("guid", "user", "quote", "probability", "why")] == [
        "r1", "robot", "hose", 0.75, "a rule",
    ]  # fmt: skip
    assert exchange.users["machine"].tolist() == [True]
    assert exchange.losses["count"].tolist() == [1, 1]
    assert sent(project, suggestions=False).marks.empty


def test_a_document_that_changed_its_case_is_only_in_the_new_one(tmp_path):
    project = taken_over(tmp_path / "p", members=[("c1", "case", "old plot", "source", "")])
    members = sent(project).members
    assert members.loc[members["member"] == "source", "name"].tolist() == ["plot0"]
    assert members.loc[members["name"] == "old plot", "member"].tolist() == [""]


def test_sources_that_came_without_a_text_go_out_with_their_name(tmp_path):
    project = taken_over(tmp_path / "p")
    sources = conform(
        pd.DataFrame(
            [
                ("source", "meeting0.txt", True, "text", "", "s.txt"),
                ("film", "Walk.mp4", False, "video", "", ""),
            ],
            columns=["guid", "document", "has_text", "kind", "description", "original"],
        ),
        SOURCE_EXTRAS,
    )
    write_extras(project, ExchangeExtras(sources=sources))
    exchange = sent(project)
    assert exchange.sources[["document", "has_text", "kind"]].to_numpy().tolist() == [
        ["meeting0.txt", True, "text"],
        ["Walk.mp4", False, "video"],
    ]
    assert set(exchange.sources.columns) == set(SOURCES.columns)


def test_a_variable_has_one_kind_throughout(tmp_path):
    project = taken_over(
        tmp_path / "p", values=[("source", "date", "Text", "May"), ("user", "x", "Text", "y")]
    )
    project.attributes.write_text(
        "document,case,group,date,kind,speaker\nmeeting0.txt,,,2024-01-01,,\n", encoding="utf-8"
    )
    values = sent(project).values
    assert values[["variable", "kind", "value"]].to_numpy().tolist() == [
        ["date", "Date", "2024-01-01"]
    ]


def test_what_was_read_in_part_stands_at_its_place_in_the_text_that_came(tmp_path):
    project = taken_over(tmp_path / "p")
    ours = normalise(CAME)
    start, end = ours.index("It “rained”"), ours.index("March") + 5
    (project.gold / "anna.csv").write_text(
        "document,start,end,code,coder,quote,scope\n"
        f"meeting0.txt,{start},{end},,anna,{ours[start:end]},segment\n",
        encoding="utf-8",
    )
    (read,) = sent(project).read.to_dict("records")
    assert (read["coder"], read["scope"]) == ("anna", "segment")
    assert read["quote"] == CAME[read["start"] : read["end"]] == ours[start:end]
