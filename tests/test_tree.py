"""Codebooks become trees of nodes and come back; the trees of other programs become codebooks."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fourp_nlp.codebook import Code, Codebook, Theme, read_codebook, write_codebook
from fourp_nlp.exchange import NODES, codebook_to_nodes, guid_of, nodes_to_codebook
from fourp_nlp.tables import conform
from tests.codebooks import FILLED, TEXTS, codebooks
from tests.conftest import ROOT


def nodes_of(*rows):
    """Make a table of nodes of (guid, parent, name) with, where given, what differs from a plain code."""
    plain = {"code": "", "description": "", "color": "", "codable": True}
    frame = pd.DataFrame(
        [
            dict(zip(("guid", "parent", "name"), row[:3], strict=True)) | plain | dict(*row[3:])
            for row in rows
        ]
    )
    return conform(frame, NODES)


@st.composite
def trees(draw):
    """Draw nodes as another program may hand them over: any names, any depth, in any order."""
    count = draw(st.integers(1, 9))
    rows = []
    for at in range(count):
        up = draw(st.integers(-1, at - 1))
        rows.append(
            (
                f"g{at}",
                f"g{up}" if up >= 0 else "",
                draw(st.one_of(FILLED, TEXTS, st.sampled_from(["Other", "other", "Code 2", "-"]))),
                {
                    "description": draw(st.one_of(TEXTS, st.just("Two\n\nparagraphs\nId: other"))),
                    "codable": draw(st.booleans()),
                    "color": draw(st.sampled_from(["", "#00FF00", "red"])),
                },
            )
        )
    return nodes_of(*draw(st.permutations(rows)))


def tree_of(nodes, *columns):
    return {row[0]: row[1:] for row in nodes[["guid", "parent", *columns]].itertuples(index=False)}


@settings(max_examples=120, deadline=None)
@given(codebooks(deep=False, whole=False))
def test_a_codebook_that_goes_out_as_a_tree_comes_back_equal(codebook):
    nodes = codebook_to_nodes(codebook)
    for known in (nodes, nodes.assign(code="")):
        back = nodes_to_codebook(known, id=codebook.id, title=codebook.title)
        assert back.codebook == codebook
        assert back.losses.empty
        pd.testing.assert_frame_equal(back.nodes, nodes)


@settings(max_examples=120, deadline=None)
@given(trees())
def test_a_tree_that_was_taken_over_goes_out_as_it_came(nodes):
    made = nodes_to_codebook(nodes, id="x")
    out = codebook_to_nodes(made.codebook, made.nodes)
    assert tree_of(out, "name", "description") == tree_of(nodes, "name", "description")
    # In the order in which it came, too.
    assert out["guid"].tolist() == made.nodes["guid"].tolist()
    assert dict(zip(out["guid"], out["code"], strict=True)) == dict(
        zip(made.nodes["guid"], made.nodes["code"], strict=True)
    )


@settings(max_examples=60, deadline=None)
@given(trees())
def test_any_tree_becomes_a_codebook_that_can_be_written_and_read(tmp_path_factory, nodes):
    made = nodes_to_codebook(nodes, id="x")
    path = write_codebook(made.codebook, tmp_path_factory.mktemp("c") / "c.yaml")
    assert read_codebook(path) == made.codebook
    assert set(made.codebook.code_ids) <= set(made.nodes["code"])
    assert made.nodes.loc[made.nodes["code"] != "", "code"].is_unique


@settings(max_examples=60, deadline=None)
@given(trees())
def test_the_same_nodes_always_get_the_same_ids(nodes):
    first = nodes_to_codebook(nodes, id="x")
    again = nodes_to_codebook(nodes, id="y")
    assert first.nodes["code"].tolist() == again.nodes["code"].tolist()
    # And keep them once they are known.
    known = nodes_to_codebook(first.nodes, id="x")
    pd.testing.assert_frame_equal(known.nodes, first.nodes)
    assert known.codebook == first.codebook


def test_themes_of_the_study_are_nodes_that_are_not_applied_to_text():
    codebook = read_codebook(ROOT / "corpus" / "codebook.yaml")
    nodes = codebook_to_nodes(codebook)
    assert len(nodes) == 4 + 11
    assert nodes.loc[nodes["parent"] == "", "name"].tolist() == [t.name for t in codebook.themes]
    assert nodes["codable"].tolist() == (nodes["parent"] != "").tolist()
    assert nodes["guid"].tolist() == [guid_of("node", code) for code in nodes["code"]]
    back = nodes_to_codebook(nodes.assign(code=""), id=codebook.id, title=codebook.title).codebook
    assert back.themes == codebook.themes


def test_a_code_at_the_top_with_codes_below_becomes_a_theme_and_is_one_node_again():
    nodes = nodes_of(
        ("1", "", "Flood"), ("2", "1", "Warning"), ("3", "2", "Too late"), ("4", "", "Rain")
    )
    made = nodes_to_codebook(nodes, id="x")
    assert [(theme.id, theme.name) for theme in made.codebook.themes] == [
        ("flood_theme", "Flood"),
        ("rain_theme", "Rain"),
    ]
    assert [(code.id, code.parent) for code in made.codebook.all_codes] == [
        ("flood", ""),
        ("warning", ""),
        ("too_late", "warning"),
        ("rain", ""),
    ]
    assert made.nodes["code"].tolist() == ["flood", "warning", "too_late", "rain"]
    assert codebook_to_nodes(made.codebook)["name"].tolist() == [
        "Flood",
        "Warning",
        "Too late",
        "Rain",
    ]


def test_a_list_of_codes_becomes_a_codebook_of_one_level():
    made = nodes_to_codebook(nodes_of(("1", "", "Flood"), ("2", "", "Rain")), id="x", title="River")
    assert made.codebook == Codebook(
        id="x", title="River", codes=[Code(id="flood", name="Flood"), Code(id="rain", name="Rain")]
    )


def test_the_theme_of_a_code_is_the_nearest_folder_and_no_folder_becomes_a_code():
    nodes = nodes_of(
        ("1", "", "Study", {"codable": False}),
        ("2", "1", "Feelings", {"codable": False}),
        ("3", "2", "Fear"),
        ("4", "3", "Kinds", {"codable": False}),
        ("5", "4", "Panic"),
        ("6", "", "Empty", {"codable": False}),
    )
    made = nodes_to_codebook(nodes, id="x")
    (theme,) = made.codebook.themes
    assert (theme.id, theme.name) == ("feelings", "Feelings")
    assert [(code.id, code.parent) for code in theme.codes] == [("fear", ""), ("panic", "fear")]
    assert made.folders == ["Study", "Kinds", "Empty"]
    assert made.losses.empty
    out = codebook_to_nodes(made.codebook, made.nodes)
    pd.testing.assert_frame_equal(out, made.nodes)


def test_a_code_keeps_its_name_and_id_beside_a_folder_of_its_name():
    nodes = nodes_of(
        ("1", "", "Study", {"codable": False}),
        ("2", "1", "Fear", {"codable": False}),
        ("3", "2", "Fear of police"),
        ("4", "2", "Fear"),
    )
    made = nodes_to_codebook(nodes, id="x")
    (theme,) = made.codebook.themes
    assert (theme.id, theme.name) == ("fear_theme", "Fear")
    assert [(code.id, code.name) for code in theme.codes] == [
        ("fear_of_police", "Fear of police"),
        ("fear", "Fear"),
    ]
    assert made.losses.empty
    pd.testing.assert_frame_equal(codebook_to_nodes(made.codebook, made.nodes), made.nodes)


def test_where_nothing_may_be_applied_what_has_nothing_below_it_becomes_codes_and_is_told():
    nodes = nodes_of(("1", "", "Flood", {"codable": False}), ("2", "1", "Tide", {"codable": False}))
    made = nodes_to_codebook(nodes, id="x")
    assert made.codebook.code_ids == ["tide"]
    assert made.losses[["item", "count", "examples"]].to_numpy().tolist() == [
        ["themes and folders", 1, "Tide"]
    ]


def test_names_that_stand_twice_are_told_apart_by_what_they_stand_below():
    nodes = nodes_of(
        ("1", "", "Causes", {"codable": False}),
        ("2", "1", "Other"),
        ("3", "", "Effects", {"codable": False}),
        ("4", "3", "other"),
        ("5", "3", "OTHER"),
    )
    made = nodes_to_codebook(nodes, id="x")
    assert [code.name for code in made.codebook.all_codes] == [
        "Other",
        "other (Effects)",
        "OTHER (Effects) 2",
    ]
    assert made.codebook.code_ids == ["other", "other_2", "other_3"]
    (told,) = made.losses.to_dict("records")
    assert (told["item"], told["count"]) == ("names of codes", 2)
    assert "other: now other (Effects)" in told["examples"]
    # They go out under the names that they had.
    out = codebook_to_nodes(made.codebook, made.nodes)
    assert out["name"].tolist() == ["Causes", "Other", "Effects", "other", "OTHER"]


@pytest.mark.parametrize(
    ("name", "id_"),
    [
        ("Coût élevé", "cout_eleve"),
        ("Übergröße", "ubergrosse"),
        ("Øst & Vest", "ost_vest"),
        ("Łódź – 2", "lodz_2"),
        ("فيضان", "code_1"),
        ("🌊", "code_1"),
        ("ﬁre", "fire"),
    ],
)
def test_ids_are_made_from_names_in_any_script(name, id_):
    assert nodes_to_codebook(nodes_of(("1", "", name)), id="x").codebook.code_ids == [id_]


def test_an_id_in_the_description_counts_over_the_name():
    nodes = nodes_of(
        ("1", "", "Flood"),
        ("2", "", "High water", {"description": "Id: flood\nWater in the street."}),
    )
    made = nodes_to_codebook(nodes, id="x")
    assert made.codebook.code_ids == ["flood_2", "flood"]


def test_what_was_changed_here_goes_out_changed_and_the_rest_as_it_came():
    nodes = nodes_of(
        ("{F}", "", "Flood", {"description": "Two\n\nparagraphs.", "color": "#112233"}),
        ("R", "", "Rain\tfall", {"description": "a  b", "color": "#445566"}),
    )
    made = nodes_to_codebook(nodes, id="x")
    flood, rain = made.codebook.codes
    changed = made.codebook.model_copy(
        update={
            "codes": [
                flood.model_copy(update={"name": "Floods", "color": "#ABCDEF"}),
                rain.model_copy(update={"examples": ["It poured."]}),
                Code(id="wind", name="Wind"),
            ]
        }
    )
    out = codebook_to_nodes(changed, made.nodes)
    assert out["guid"].tolist() == ["{F}", "R", guid_of("node", "wind")]
    assert out["name"].tolist() == ["Floods", "Rain\tfall", "Wind"]
    assert out["color"].tolist() == ["#ABCDEF", "#445566", ""]
    assert out["description"].iloc[0] == "Two\n\nparagraphs."
    assert "It poured." in out["description"].iloc[1]


def test_nodes_that_hang_in_the_air_or_stand_below_themselves_are_put_at_the_top_and_told():
    nodes = nodes_of(
        ("1", "gone", "A"), ("2", "3", "B"), ("3", "2", "C"), ("4", "4", "D"), ("1", "", "A again")
    )
    made = nodes_to_codebook(nodes, id="x")
    assert sorted(code.name for code in made.codebook.all_codes) == ["A", "B", "C", "D"]
    assert made.losses["count"].tolist() == [1, 1, 2]


def test_a_tree_of_ten_thousand_codes_one_below_the_other_is_taken():
    rows = [(str(at), str(at - 1) if at else "", f"Level {at}") for at in range(10_000)]
    made = nodes_to_codebook(nodes_of(*rows[::-1]), id="x")
    assert made.codebook.all_codes[-1].parent == "level_9998"
    assert len(codebook_to_nodes(made.codebook, made.nodes)) == 10_000


def test_a_reference_to_a_code_that_is_not_there_is_kept_as_text_and_told():
    book = Codebook(
        id="x",
        codes=[
            Code(id="a", name="A", when_not_to_use=[{"when": "Rain.", "use": "b"}]),
            Code(id="b", name="B"),
        ],
    )
    nodes = codebook_to_nodes(book)
    made = nodes_to_codebook(nodes[nodes["code"] == "a"], id="x")
    assert made.codebook.codes[0].when_not_to_use[0].when == "Rain. (b)"
    assert made.losses["examples"].tolist() == ["A: b"]


def test_a_theme_that_only_has_the_name_of_its_code_stays_a_theme():
    book = Codebook(
        id="x",
        themes=[
            Theme(
                id="flood",
                name="Flood",
                definition="All about water.",
                codes=[
                    Code(id="flood_itself", name="flood"),
                    Code(id="a", name="A", parent="flood_itself"),
                ],
            )
        ],
    )
    nodes = codebook_to_nodes(book)
    assert nodes["name"].tolist() == ["Flood", "flood", "A"]
    assert nodes["codable"].tolist() == [False, True, True]
    assert nodes_to_codebook(nodes.assign(code=""), id="x").codebook == book
