"""A definition in six parts goes into one description and comes back, also when people edited it there."""

from hypothesis import given, settings

from fourp_nlp.codebook import Code, Exclusion, Theme
from fourp_nlp.exchange.code_definition import definition_text, read_definition
from tests.codebooks import codebooks


@settings(max_examples=60, deadline=None)
@given(codebooks())
def test_every_definition_comes_back_as_it_was(codebook):
    for code in codebook.all_codes:
        said = read_definition(definition_text(code))
        assert said.id == code.id
        plain = {"id": code.id, "name": code.name, "parent": code.parent, "color": code.color}
        assert Code(**plain, **said.parts) == code
    for theme in codebook.themes:
        said = read_definition(definition_text(theme))
        assert (said.id, said.parts.get("full_definition", "")) == (theme.id, theme.definition)


def test_a_definition_can_be_read_by_people():
    code = Code(
        id="flood_warning",
        name="Flood warning",
        short_definition="What is said before the water comes.",
        when_not_to_use=[
            Exclusion(when="Help afterwards.", use="damage"),
            Exclusion(when="Jokes."),
        ],
        examples=["The siren went at four."],
    )
    assert definition_text(code).splitlines() == [
        "Id: flood_warning",
        "Short definition: What is said before the water comes.",
        "When not to use: Help afterwards. [use: damage]",
        "When not to use: Jokes.",
        "Example: The siren went at four.",
    ]
    theme = Theme(id="t", name="T", definition="All about water.", codes=[code])
    assert definition_text(theme) == "Id: t\nDefinition: All about water."


def test_a_description_of_another_program_is_the_full_definition():
    said = read_definition("Water in the street.\n\nAlso:  cellars.\nExample: It came at night.\n")
    assert said.id == ""
    assert said.parts["full_definition"] == "Water in the street.\n\nAlso: cellars."
    assert said.parts["examples"] == ["It came at night."]


def test_what_somebody_added_below_a_definition_is_not_lost():
    code = Code(id="a", name="A", full_definition="Water.", when_to_use="Rain.")
    said = read_definition(
        definition_text(code) + "\nWhen to use: Snow.\nId: Not an id\nNB: check."
    )
    assert said.id == "a"
    assert said.parts["when_to_use"] == "Rain."
    assert said.parts["full_definition"] == "Water.\nWhen to use: Snow.\nId: Not an id\nNB: check."


def test_brackets_that_belong_to_a_text_stay_in_it():
    for when in ("See [use: rain]", "[use: rain]", "Either [use: -]"):
        code = Code(id="a", name="A", when_not_to_use=[Exclusion(when=when)])
        assert read_definition(definition_text(code)).parts["when_not_to_use"] == [
            Exclusion(when=when)
        ]
