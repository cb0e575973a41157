"""One person's name in several spellings is one coder, and that is told; unknown names are answered with who there is."""

import unicodedata

import pytest

from fourp_nlp.cli import main
from fourp_nlp.codebook import read_codebook
from fourp_nlp.coding.gold.coder_names import matching_coder, name_key, one_spelling, unknown_coder
from fourp_nlp.coding.store import Store
from fourp_nlp.errors import FourpError
from fourp_nlp.study.project import open_project
from fourp_nlp.study.reading.corpus import read_corpus, read_gold_codes
from tests.cases import shared_case
from tests.conftest import write_project

_COMPOSED = unicodedata.normalize("NFC", "José")
_APART = unicodedata.normalize("NFD", "José")
_HEAD = "document,start,end,code,coder,quote\n"


@pytest.fixture
def study(tmp_path):
    return write_project(tmp_path / "study", gold=False)


def _file(study, name, *rows):
    (study.gold / name).write_text(_HEAD + "\n".join(rows) + "\n", encoding="utf-8")


def _gold(study):
    project = open_project(study.root)
    codebook = read_codebook(project.codebook)
    return read_gold_codes(project, read_corpus(project), codebook, without_reference=True)


def _run(capsys, monkeypatch, *arguments):
    monkeypatch.setattr("sys.argv", ["fourp", *map(str, arguments)])
    with pytest.raises(SystemExit) as left:
        main()
    return left.value.code, capsys.readouterr().err


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (_COMPOSED, _APART),
        ("anna", "Anna"),
        ("anna", "anna "),
        ("Anna Roe", "anna  roe"),
        ("Anna Roe", "Anna\u00a0Roe"),
        ("anna", "an\u200bna"),
        ("STRAßE", "strasse"),
    ],
)
def test_spellings_of_one_name(one, other):
    assert name_key(one) == name_key(other)


def test_the_first_spelling_counts_for_all():
    spelt = one_spelling([_APART, _COMPOSED, "ben", "BEN"], ["Ben"])
    assert spelt == {_APART: _COMPOSED, _COMPOSED: _COMPOSED, "ben": "Ben", "BEN": "Ben"}


@pytest.mark.parametrize(
    ("known", "words"),
    [
        (["anna", "ben"], 'there is no coder "bob"; there are anna and ben'),
        (["anna", "ben", "cy"], 'there is no coder "bob"; there are anna, ben and cy'),
        (["anna"], 'there is no coder "bob"; there is anna alone'),
        ([], 'there is no coder "bob"; there are no coders yet'),
    ],
)
def test_an_unknown_name_is_answered_with_who_there_is(known, words):
    assert unknown_coder("bob", known) == words
    with pytest.raises(FourpError, match=words.split(";")[0]):
        matching_coder("bob", known)


def test_two_files_of_one_person_are_one_coder_and_it_is_told(study):
    _file(study, "a.csv", f"meeting0.txt,,,,{_COMPOSED},")
    _file(study, "b.csv", f"meeting1.txt,,,,{_APART},", "meeting2.txt,,,,jos\u00e9 ,")
    gold = _gold(study)
    assert gold.coders == [_COMPOSED]
    assert gold.coded[_COMPOSED] == {"meeting0.txt", "meeting1.txt", "meeting2.txt"}
    (note,) = gold.spellings
    assert f'"{_COMPOSED}" (a.csv) and "{_APART}" with separate accents (b.csv) and "jos' in note
    assert f"one coder, {_COMPOSED}." in note


def test_two_people_are_two_and_nothing_is_told(study):
    _file(study, "a.csv", "meeting0.txt,,,,anna,")
    _file(study, "b.csv", "meeting0.txt,,,,anne,")
    gold = _gold(study)
    assert gold.coders == ["anna", "anne"]
    assert not gold.spellings


def test_what_was_read_is_known_under_either_spelling(study):
    _file(study, "anna.csv", "meeting0.txt,,,,anna,")
    _gold(study)
    with (study.corpus / "meeting0.txt").open("a", encoding="utf-8") as stream:
        stream.write("\nA sentence that nobody has read yet.\n")
    # The file that comes first by its name spells it otherwise.
    _file(study, "a.csv", "meeting1.txt,,,,Anna,")
    gold = _gold(study)
    assert gold.coders == ["Anna"]
    assert gold.changed[["coder", "document"]].to_numpy().tolist() == [["Anna", "meeting0.txt"]]


def test_the_reference_may_be_spelt_otherwise(study):
    _file(study, "a.csv", "meeting0.txt,,,,anna,")
    _file(study, "b.csv", "meeting0.txt,,,,ben,")
    (study.root / "fourp.toml").write_text('[coders]\ngold = "Ben"\n', encoding="utf-8")
    assert _gold(study).reference == "ben"


def test_documents_that_a_mac_named_are_found(study):
    (study.corpus / "caf\u00e9.txt").write_text("We met there.", encoding="utf-8")
    _file(study, "a.csv", "cafe\u0301.txt,,,,anna,")
    assert _gold(study).coded == {"anna": frozenset({"caf\u00e9.txt"})}


@pytest.mark.parametrize(
    "arguments",
    [
        ("agree", "--coders", "anna", "--coders", "bob"),
        ("agree", "--disagreements", "--between", "anna", "bob"),
        ("frequencies", "--coder", "bob"),
        ("frequencies", "--corrected", "--coder", "bob"),
        ("plan", "--coder", "bob"),
        ("gold", "--read-again", "bob"),
        ("export", "out.csv", "--as", "long", "--coder", "bob"),
    ],
)
def test_every_command_says_who_there_is(study, capsys, monkeypatch, arguments):
    _file(study, "a.csv", "meeting0.txt,,,,anna,")
    _file(study, "b.csv", "meeting0.txt,,,,ben,")
    (study.root / "fourp.toml").write_text('[coders]\ngold = "anna"\n', encoding="utf-8")
    monkeypatch.chdir(study.root)
    code, told = _run(capsys, monkeypatch, *arguments)
    assert code == 1
    assert 'there is no coder "bob"; there are anna and ben' in told
    assert "suggestions" not in told


def test_the_shared_case(study, capsys, monkeypatch):
    expected = (shared_case("reading", "agree-unknown-coder") / "expected.txt").read_text("utf-8")
    _file(study, "a.csv", "meeting0.txt,,,,anna,")
    _file(study, "b.csv", "meeting0.txt,,,,ben,")
    (study.root / "fourp.toml").write_text('[coders]\ngold = "anna"\n', encoding="utf-8")
    asked = ("agree", "--coders", "anna", "--coders", "bob", "-p", study.root)
    assert expected.split(" (Not")[0].strip() in _run(capsys, monkeypatch, *asked)[1]


def test_another_spelling_on_the_command_line_is_told(study, capsys, monkeypatch):
    _file(study, "a.csv", "meeting0.txt,,,,anna,")
    _file(study, "b.csv", "meeting0.txt,,,,ben,")
    (study.root / "fourp.toml").write_text('[coders]\ngold = "anna"\n', encoding="utf-8")
    code, told = _run(
        capsys, monkeypatch, "agree", "--coders", "Anna", "--coders", "ben ", "-p", study.root
    )
    assert code == 0
    assert '"Anna" is matched to the coder anna.' in told
    assert '"ben " is matched to the coder ben.' in told


def test_decisions_of_one_person_are_one_persons(study, capsys, monkeypatch):
    _file(study, "a.csv", "meeting0.txt,,,,anna,")
    _file(study, "b.csv", "meeting0.txt,,,,ben,")
    (study.root / "fourp.toml").write_text('[coders]\ngold = "anna"\n', encoding="utf-8")
    decided = study.root / "decided.csv"
    decided.write_text(
        "document,start,end,code,settled,decided_by\n"
        "meeting0.txt,0,5,water,yes,Anna\nmeeting0.txt,0,5,seeds,no,anna\n",
        encoding="utf-8",
    )
    _, told = _run(capsys, monkeypatch, "reconcile", "--decisions", decided, "-p", study.root)
    assert '"Anna" and "anna" are matched to one coder, Anna.' in told
    assert set(Store(study.store).read_decisions()["decided_by"]) == {"Anna"}
