"""The methods section of an article: true to the project, safe in every format, and never over a person's work."""

from __future__ import annotations

import dataclasses
import io
import re
import shutil
from pathlib import Path

import docx
import numpy as np
import pytest

from fourp_nlp.agreement import agreement_of_codes, estimate_alpha_sets
from fourp_nlp.codebook import read_codebook
from fourp_nlp.coding.store import Store
from fourp_nlp.errors import GoldError, ProjectError, StoreError
from fourp_nlp.reporting import REFERENCES, Blank, bibtex, methods_files, methods_text
from fourp_nlp.reporting.methods.references import read_references
from fourp_nlp.study.machine.suggestions import stored_suggestions
from fourp_nlp.study.measuring.estimates import estimate_frequencies
from fourp_nlp.study.project import open_project
from fourp_nlp.study.reading.corpus import read_corpus, read_gold_codes
from fourp_nlp.study.reconciling.adjudication import adjudicate
from fourp_nlp.study.reporting.methods import methods_facts, write_methods
from fourp_nlp.study.study import Study
from fourp_nlp.tables import SUGGESTIONS, empty
from tests.conftest import WATER, gold_labels, write_gold_file, write_project
from tests.test_cli import fourp, records
from tests.test_disagreements import as_anna, as_bruno_sees_it, recode, settings, sheet, taken
from tests.test_disagreements import fill_in as decide
from tests.test_next import draw
from tests.test_next import fill_in as code_sheet
from tests.test_next import taken as take_in_sheet
from tests.test_retest import code_again

NAMES = ["methods.docx", "methods.md", "methods.tex", "methods.bib"]
HOSTILE = r'a\input{/etc/passwd}$x_1^2$%&#~ <b onload="x">|[y](http://z.example)*`{@k} "--'


@pytest.fixture
def pair(tmp_path):
    """Anna coded all six documents, Bruno three of them, and they differ in the first."""
    project = write_project(tmp_path / "allotment")
    write_gold_file(project, "bruno", but=tuple(f"meeting{n}.txt" for n in (3, 4, 5)))
    recode(project, "bruno", as_bruno_sees_it)
    return settings(project, gold="anna")


@pytest.fixture(scope="module")
def coded_by_machine(tmp_path_factory):
    """Anna and Bruno coded, the machine learned from Anna, and a precision was promised."""
    project = write_project(tmp_path_factory.mktemp("machine") / "allotment")
    write_gold_file(project, "bruno", but=("meeting4.txt", "meeting5.txt"))
    recode(project, "bruno", as_bruno_sees_it)
    project = settings(project, gold="anna")
    assert fourp("run", "--precision", 0.5, "-p", project.root).exit_code == 0
    return project


def facts_of(project, *, machine=False, **options):
    codebook = read_codebook(project.codebook)
    corpus = read_corpus(project)
    gold = read_gold_codes(project, corpus, codebook)
    suggestions = stored_suggestions(project, corpus, codebook) if machine else empty(SUGGESTIONS)
    return methods_facts(
        Study(project, corpus=corpus, gold=gold, codebook=codebook, suggestions=suggestions),
        **{"resamples": 100, **options},
    )


def plain(sentence):
    """Return a sentence as its words, without citations."""
    parts = (f"[{run.what}]" if isinstance(run, Blank) else run for run in sentence)
    return "".join(part for part in parts if isinstance(part, str))


def told(facts, title=None):
    """Return the text, or one paragraph of it, as plain words."""
    return " ".join(
        plain(sentence)
        for paragraph in methods_text(facts).paragraphs
        if title in {None, paragraph.title}
        for sentence in paragraph.sentences
    )


def titles(facts):
    return [paragraph.title for paragraph in methods_text(facts).paragraphs]


def grid(facts, name):
    (found,) = [each for each in methods_text(facts).tables if each.name == name]
    return [dict(zip(found.head, row, strict=True)) for row in found.rows]


def entries(bib):
    """Parse BibTeX: key to fields. Anything that is not `@kind{key, name = {value}, …}` is an error."""
    found, at = {}, 0
    while at < len(bib):
        head = re.compile(r"\s*@(\w+)\{(\w+),").match(bib, at)
        assert head, bib[at : at + 60]
        at, fields = head.end(), {"kind": head[1]}
        while not (end := re.compile(r"\s*\}\s*").match(bib, at)):
            name = re.compile(r"\s*(\w+) = \{").match(bib, at)
            assert name, bib[at : at + 60]
            at = start = name.end()
            depth = 1
            while depth:
                depth += {"{": 1, "}": -1}.get(bib[at], 0)
                at += 1
            fields[name[1]] = bib[start : at - 1]
            assert bib[at] == ","
            at += 1
        at = end.end()
        assert head[2] not in found
        found[head[2]] = fields
    return found


def balanced(tex):
    """Return whether LaTeX's braces are, leaving out those that are escaped, and comments."""
    depth = 0
    for mark in re.findall(r"\\.|[{}]", re.sub(r"(?<!\\)%.*", "", tex)):
        depth += {"{": 1, "}": -1}.get(mark, 0)
        if depth < 0:
            return False
    return depth == 0


def word(content):
    """Return the paragraphs and tables' cells of a Word document."""
    opened = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in opened.tables for row in table.rows for cell in row.cells]
    return [paragraph.text for paragraph in opened.paragraphs], cells


def test_one_coder_is_told_without_agreement_and_with_what_is_left_to_say(project):
    facts = facts_of(project)
    text = told(facts)
    assert "The corpus held 6 documents of 3 cases in 2 groups" in text
    assert "cut into 36 segments" in text
    assert "One person coded: anna. anna read 36 segments in 6 documents." in text
    assert "agreement between people is not known" in text
    assert not {"Agreement", "Machine coder"} & set(titles(facts))
    assert "Codes were counted by case, as occurrences" in told(facts, "Frequencies")
    assert "scikit-learn" not in text
    assert not re.search(r"kappa|machine|settled|adjudicated|nan\b|None", text)
    said = fourp("report", "--methods", "-p", project.root)
    assert said.exit_code == 0, said.output
    assert [(project.reports / name).exists() for name in NAMES] == [True] * 4
    for blank in methods_text(facts).blanks:
        assert f"  [{blank}]" in said.output
    assert "state who the coders were and how they were trained" in said.output
    assert "does not mention a machine" in said.output
    assert not (project.reports / "report.html").exists()


def test_figures_of_two_coders_are_those_of_the_agreement_module(pair):
    facts = facts_of(pair, resamples=200, seed=3)
    codebook, corpus = read_codebook(pair.codebook), read_corpus(pair)
    gold = read_gold_codes(pair, corpus, codebook)
    (segments, anna, _), (others, bruno, _) = (
        gold_labels(corpus, gold, codebook, coder) for coder in ("anna", "bruno")
    )
    shared = segments["document"].isin(set(others["document"])).to_numpy()
    labels, documents = np.stack([anna[shared], bruno], axis=1), others["document"].to_numpy()
    table = agreement_of_codes(labels, codebook.code_ids, documents, units=("all",))
    water = table[table["code"] == "water"].set_index("coefficient")["value"]
    (row, _) = grid(facts, "agreement-people-1")
    assert row["Code"] == "Water"
    assert row["Kappa"].startswith(f"{water['cohen_kappa']:.2f} [")
    assert row["Alpha"].startswith(f"{water['krippendorff_alpha']:.2f} [")
    assert row["AC1"].startswith(f"{water['gwet_ac1']:.2f} [")
    assert row["Agreement"] == f"{water['percent']:.1%}" == "88.9%"
    assert row["Prevalence"] == "33.3%"
    text = told(facts)
    alpha = table[table["coefficient"] == "krippendorff_alpha"]["value"]
    assert f"alpha ranged from {alpha.min():.2f} (Water) to {alpha.max():.2f} (Seeds)" in text
    sets = estimate_alpha_sets(labels, documents).value
    assert f"Alpha of the sets of codes was {sets:.2f} (95% CI " in text
    assert "The codes of anna and bruno were compared on 18 segments of 3 documents" in text
    assert "effective number of codings" in text
    assert "bootstrap samples" not in text  # nothing is drawn for these
    assert "probably too narrow" not in text  # cautions come with the values, from one rule
    assert (
        text.count("18 segments of 3 documents") == 1
    )  # of two people, agreement says what both read
    assert (
        "anna coded all documents as a whole; bruno coded 3 documents as a whole (meeting0.txt, meeting1.txt "
        "and meeting2.txt). All segments of these were read, and none was drawn. [state how the documents that"
        in text
    )
    assert (
        "they disagreed about 2 (3 pairs of a segment and a code). None of these was adjudicated."
        in text
    )


def test_three_coders_have_no_kappa_of_two(pair):
    write_gold_file(pair, "carla", but=("meeting0.txt",))
    facts = facts_of(pair)
    assert set(grid(facts, "agreement-people-1")[0]) == {
        "Code", "All", "Some", "Each", "Prevalence", "Agreement", "Positive", "Alpha", "AC1"
    }  # fmt: skip
    assert "kappa" not in told(facts).replace("Kappa", "kappa")
    assert "cohen1960" not in methods_text(facts).citations
    assert "The codes of anna, bruno and carla were compared on 36 segments" in told(facts)


def test_too_few_documents_for_intervals_are_told_and_not_filled_in(tmp_path):
    project = write_project(tmp_path / "allotment", documents=2)
    write_gold_file(project, "bruno")
    facts = facts_of(settings(project, gold="anna"))
    text = told(facts)
    assert "There are no intervals: 2 documents: too few to draw from." in text
    assert "95%" not in text
    assert "efron1993" not in methods_text(facts).citations
    assert [row["Alpha"] for row in grid(facts, "agreement-people-1")] == ["1.00", "1.00"]


def test_what_is_undefined_says_why(pair):
    for coder in ("anna", "bruno"):
        recode(pair, coder, lambda rows: [row for row in rows if row[3] != "seeds"])
    facts = facts_of(pair)
    rows = {row["Code"]: row for row in grid(facts, "agreement-people-1")}
    # As Bruno sees it, one segment is water that was seeds; Anna gave seeds to none.
    assert rows["Seeds"]["Kappa"] == "–"
    (table,) = [each for each in methods_text(facts).tables if each.name == "agreement-people-1"]
    assert any(note.startswith("– undefined: ") and "Seeds" in note for note in table.notes)
    assert rows["Seeds"]["Both"] == "0"
    text = told(facts)
    assert "No coder gave Seeds to any of these segments, so alpha and kappa cannot be" in text
    assert f"For Water (prevalence {rows['Water']['Prevalence']}), alpha was " in text


def test_codes_of_two_people_in_one_file_are_not_called_kept_apart(pair):
    assert "files of their own" in told(facts_of(pair))
    both = pair.gold / "anna.csv"
    bruno = (pair.gold / "bruno.csv").read_text(encoding="utf-8").split("\n", 1)[1]
    both.write_text(both.read_text(encoding="utf-8") + bruno, encoding="utf-8")
    (pair.gold / "bruno.csv").unlink()
    facts = facts_of(pair)
    assert "files of their own" not in told(facts)
    assert "[state whether the coders worked independently of each other]" in told(facts)


def test_decisions_and_settled_codes_are_counted(pair):
    path = sheet(pair, ".csv")
    decide(path, lambda row: as_anna(row) if row["code"] == "water" else {})
    taken(pair, path)
    facts = facts_of(pair)
    text = told(facts, "Resolution of disagreements")
    assert "they disagreed about 2 (3 pairs of a segment and a code)" in text
    assert "Of these, 2 were decided (2 by anna and bruno)" in text
    assert "and 1 pair remained open." in text
    assert "adjudicated codes" not in text
    codebook, corpus = read_codebook(pair.codebook), read_corpus(pair)
    adjudicate(
        Study(pair, corpus=corpus, gold=read_gold_codes(pair, corpus, codebook), codebook=codebook)
    )
    facts = facts_of(pair)
    text = told(facts, "Resolution of disagreements")
    assert facts.adjudicated == (35, 1, facts.adjudicated.codings)
    assert "The adjudicated codes cover 35 segments" in text
    assert "1 segment that people had read is not among them" in text
    assert "Two people coded: anna and bruno." in told(facts)
    assert not any("settled" in compared.coders for compared in facts.compared)


def test_a_repeat_is_told_as_one_coder_with_themselves(project):
    code_again(project, but=("meeting5.txt",), missing=WATER[0])
    facts = facts_of(project)
    text = told(facts, "Agreement")
    assert "anna coded 30 segments of 5 documents a second time, [state how long after" in text
    rows = {row["Code"]: row for row in grid(facts, "agreement-retest-1")}
    assert rows["Seeds"]["Agreement"] == "100.0%"
    assert float(rows["Water"]["Alpha"][:4]) < 1
    assert "One person coded: anna." in told(facts)
    (project.repeat / "anna.csv").write_text(
        (project.repeat / "anna.csv").read_text(encoding="utf-8").replace(",anna,", ",nobody,"),
        encoding="utf-8",
    )
    with pytest.raises(GoldError, match="'nobody' coded again"):
        facts_of(project)


def test_draws_are_told_once_their_sheets_were_taken_in(tmp_path):
    project = write_project(tmp_path / "allotment", gold=False)
    random, chosen = draw(project, 9), draw(project, 6, by="diversity", seed=2)
    draw(project, 3, seed=4)  # never coded
    code_sheet(random.files[1])
    code_sheet(chosen.files[1], only=4)
    for made in (random, chosen):
        take_in_sheet(project, made.files[1])
    facts = facts_of(project)
    text = told(facts, "Selection of segments for coding")
    assert "15 segments were drawn in 2 draws, and 13 of them coded" in text
    assert (
        "9 segments were drawn at random without replacement, with known inclusion probabilities (0.250)"
        in text
    )
    assert "6 segments were selected on purpose (to be unlike each other" in text
    rows = grid(facts, "draws")
    assert [(row["Strategy"], row["Seed"], row["Coded"], row["Probability"]) for row in rows] == [
        ("random", "1", "9", "0.250"),
        ("diversity", "2", "4", "–"),
    ]
    assert "anna read 13 segments" in told(facts)


def test_whole_documents_coded_after_a_draw_were_not_coded_from_its_sheet(project):
    draw(project, 5, include_coded=True)
    assert facts_of(project).draws == ()


def test_the_machine_is_told_from_its_card_and_its_suggestions(coded_by_machine):
    project = coded_by_machine
    facts = facts_of(project, machine=True)
    text = told(facts)
    machine = facts.machine
    assert f"The machine coder ({machine.id}) was a kernel ridge regression" in text
    assert "It learned from the codes of anna on 36 segments of 6 documents (fourp_nlp" in text
    assert "The encoder was not fine-tuned." in text
    assert (
        "a precision of 0.50 could be guaranteed with a confidence of 0.90 for all codes together"
        in text
    )
    assert "For all these segments, from whose documents it had learned" in text
    assert "compared in the same way with the codes of bruno on 24 segments of 4 documents" in text
    suggestions = Store(project.store).read_suggestions()
    made = int(suggestions["suggested"].sum())
    assert f"It made {made} suggestions" in text
    rows = {row["Code"]: row for row in grid(facts, "machine")}
    assert rows["Water"]["Positive segments"] == "12"
    pooled = machine.calibration[machine.calibration["level"] == "overall"].iloc[0]
    assert rows["All codes, pooled"]["Brier"] == f"{pooled['brier']:.3f}"
    agreement = grid(facts, "agreement-machine-1")
    assert {"Precision", "Recall", "F1"} <= set(agreement[0])
    assert "Codes were counted by case, as occurrences" in text
    assert "not corrected for its errors" in text
    assert "[state whether the coders saw the machine's suggestions before they coded]" in text
    assert not re.search(r"\bnan\b|None(?! of)", text)


def test_tables_are_numbered_in_the_order_in_which_the_text_names_them(coded_by_machine):
    tex = methods_files(methods_text(facts_of(coded_by_machine, machine=True)), date="2026-01-02")[
        "methods.tex"
    ].decode()
    named = list(dict.fromkeys(re.findall(r"\\ref\{tab:([\w-]+)\}", tex)))
    assert named == re.findall(r"\\label\{tab:([\w-]+)\}", tex)
    assert len(named) == 3


def test_a_model_older_than_the_gold_codes_leaves_a_blank_where_it_learned_from(
    coded_by_machine, tmp_path
):
    shutil.copytree(coded_by_machine.root, tmp_path / "copy")
    project = open_project(tmp_path / "copy")
    recode(project, "anna", lambda rows: rows[:-1])
    text = told(facts_of(project, machine=True))
    assert "It learned from [state whose codes: codes, codebook or documents changed since" in text
    assert fourp("train", "-p", project.root).exit_code == 0
    with pytest.raises(StoreError, match=r"The suggestions are by machine@.*Run `fourp suggest`"):
        facts_of(project, machine=True)


def test_suggestions_that_are_out_of_date_are_not_passed_over(coded_by_machine, tmp_path):
    shutil.copytree(coded_by_machine.root, tmp_path / "copy")
    project = open_project(tmp_path / "copy")
    (project.corpus / "meeting9.txt").write_text("The pump is new.", encoding="utf-8")
    result = fourp("report", "--methods", "-p", project.root)
    assert isinstance(result.exception, StoreError)
    assert "meeting9.txt" in str(result.exception)
    assert not (project.reports / "methods.md").exists()


def test_a_machine_that_learned_nothing_is_not_said_to_have_learned(project):
    assert fourp("suggest", "-p", project.root).exit_code == 0
    facts = facts_of(project, machine=True)
    assert facts.machine.kind == "definitions"
    text = told(facts)
    assert "learned nothing from coded text" in text
    assert not re.search(r"It learned|Brier|threshold|regression|fine-tuned|had learned", text)
    assert [table.name for table in methods_text(facts).tables] == ["agreement-machine-1"]


def test_the_model_that_comes_with_the_package_is_not_said_to_know_the_study(tmp_path):
    root = tmp_path / "study"
    assert fourp("init", root).exit_code == 0
    texts = ("Our nurses were taught what to ask.", "It rained on us.", "Two posters were printed.")
    for number, text in enumerate(texts):
        (root / "corpus" / f"day{number}.txt").write_text(text, encoding="utf-8")
    rows = [f"day{number}.txt,,,,kim," for number in (1, 2)]
    rows.append(f"day0.txt,0,{len(texts[0])},train_service_providers,kim,{texts[0]}")
    head = "document,start,end,code,coder,quote"
    (root / "gold" / "kim.csv").write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    assert fourp("suggest", "-p", root).exit_code == 0
    facts = facts_of(open_project(root), machine=True)
    assert facts.machine.kind == "shipped"
    text = told(facts)
    assert "the model that comes with fourp_nlp" in text
    assert "not from the codes of this study" in text
    assert not re.search(r"It learned from|Brier|threshold|had not seen", text)
    assert [table.name for table in methods_text(facts).tables] == ["agreement-machine-1"]


def test_fine_tuning_and_decisions_against_the_machine_are_told(coded_by_machine):
    facts = facts_of(coded_by_machine, machine=True)
    recipe = {"folds": 3, "rounds": 6, "layers": 3, "rate": 5e-4, "share": 0.4}
    machine = dataclasses.replace(
        facts.machine, fine_tuned=recipe, standing=facts.machine.confirmed - 1
    )
    (people, against) = facts.decisions
    assert against.coders == ("anna", machine.id)
    against = against._replace(pairs=5, disputed=4, by=(("carla", 3),), standing=1)
    text = told(dataclasses.replace(facts, machine=machine, decisions=(people, against)))
    assert "not fine-tuned" not in text
    assert "3 networks, each on 2 of 3 parts of the documents (upper 3 layers, 6 rounds" in text
    assert "with a weight of 0.40 in the score" in text
    assert "there were 5 differences (4 segments)." in text
    assert "Of these, 3 were decided (3 by carla); in 1 of them the code was kept" in text
    assert "and in the other 2 the codes of anna were kept." in text
    assert f"after people's decisions, {machine.standing} " in text


@pytest.fixture(scope="module")
def sampled(tmp_path_factory):
    """Anna coded a random sample, and the machine learned from it."""
    project = write_project(
        tmp_path_factory.mktemp("sampled") / "allotment", documents=12, gold=False
    )
    drawn = draw(project, 48)
    code_sheet(drawn.files[1])
    take_in_sheet(project, drawn.files[1])
    for words in (["train"], ["suggest"]):
        assert fourp(*words, "-p", project.root).exit_code == 0
    return project


def test_corrected_frequencies_are_told_with_their_sample_and_their_table(sampled):
    facts = facts_of(sampled, machine=True)
    corrected = facts.corrected
    assert (corrected.coder, corrected.coded, corrected.segments) == ("anna", 48, 72)
    text = told(facts, "Frequencies")
    assert "corrected for its errors" in text
    assert "not corrected" not in text
    assert "for all 72 segments and the codes that anna gave to 48 of them (66.7%)" in text
    assert "[state any other frequencies that you report" in text
    table = next(each for each in methods_text(facts).tables if each.name == "corrected")
    estimates = estimate_frequencies(Study(sampled)).table
    water = estimates[(estimates["level"] == "corpus") & (estimates["code"] == "water")]
    shown = dict(zip(water["method"], water["value"].map("{:.3f}".format), strict=True))
    (row,) = [row for row in table.rows if row[0] == "Water"]
    assert [cell.split()[0] for cell in row[2:]] == [
        shown[method] for method in ("naive", "corrected", "gold")
    ]


def test_the_text_is_of_the_study_as_it_is_now_whatever_lies_among_the_reports(sampled, tmp_path):
    shutil.copytree(sampled.root, tmp_path / "copy")
    project = open_project(tmp_path / "copy")
    before = told(facts_of(project, machine=True))
    for words in (["frequencies", "--corrected", "--target", "documents"], ["report"]):
        assert fourp(*words, "-p", project.root).exit_code == 0
    assert told(facts_of(project, machine=True)) == before
    for path in project.reports.glob("*.csv"):
        path.write_text("edited,by,hand\n1,2,3\n", encoding="utf-8")
    assert told(facts_of(project, machine=True)) == before
    # Gold codes that change are told at once, though no report was written anew.
    (path,) = project.gold_files
    gold = path.read_text(encoding="utf-8-sig")
    path.write_text(gold.replace('"water"', '""', 1), encoding="utf-8")  # read, and not coded
    corrected = methods_facts(Study(project), resamples=100).corrected
    positives = {code.code: code.positives for code in corrected.codes}
    assert positives["water"] == gold.count('"water"') - 1


def test_a_missing_sample_is_named_and_not_passed_over(coded_by_machine, tmp_path):
    shutil.copytree(coded_by_machine.root, tmp_path / "copy")
    project = open_project(tmp_path / "copy")
    (project.corpus / "meeting9.txt").write_text("The pump is new.\n", encoding="utf-8")
    assert fourp("suggest", "-p", project.root).exit_code == 0
    facts = facts_of(project, machine=True)
    assert facts.corrected is None
    assert "fourp next" in facts.uncorrected
    assert "were not corrected for its errors" in told(facts, "Frequencies")
    result = fourp("report", "--methods", "-p", project.root)
    assert "Frequencies are not corrected for the machine's errors: " in result.output


def test_nothing_coded_is_said_with_its_cure(tmp_path):
    project = write_project(tmp_path / "allotment", gold=False)
    with pytest.raises(GoldError, match=r"gold: Nothing is coded.*import a sheet"):
        facts_of(project)
    result = fourp("report", "--methods", "-p", project.root)
    assert isinstance(result.exception, GoldError)
    assert not project.reports.exists()


@pytest.mark.parametrize("place", ["people", "machine"])
def test_every_work_cited_is_in_the_bibliography_and_no_other(place, pair, coded_by_machine):
    project = pair if place == "people" else coded_by_machine
    text = methods_text(facts_of(project, machine=place == "machine"))
    files = methods_files(text, date="2026-01-02")
    keys = set(entries(files["methods.bib"].decode()))
    tex, md = files["methods.tex"].decode(), files["methods.md"].decode()
    assert keys == set(text.citations)
    cited = {key for group in re.findall(r"\\citep\{([^}]+)\}", tex) for key in group.split(",")}
    assert cited == keys
    assert set(re.findall(r"(?<!\\)@(\w+)", md)) == keys
    references = [
        line for line in word(files["methods.docx"])[0] if re.match(r".+ \(\d{4}\)\. ", line)
    ]
    assert len(references) == len(keys)
    assert ("gwet2008" in keys, "platt1999" in keys) == (True, place == "machine")


def test_every_reference_is_complete_and_valid_bibtex():
    bib = bibtex(REFERENCES)
    assert bib.isascii()
    found = entries(bib)
    assert set(found) == set(REFERENCES)
    needed = {
        "article": {"author", "title", "journal", "year", "volume", "pages"},
        "book": {"author", "title", "publisher", "year"},
        "incollection": {"author", "title", "booktitle", "publisher", "year", "pages"},
        "inproceedings": {"author", "title", "booktitle", "year", "pages"},
        "misc": {"author", "title", "year", "doi"},
    }
    for key, fields in found.items():
        assert needed[fields["kind"]] <= set(fields), key
        assert re.fullmatch(r"\d{4}", fields["year"])
        assert key.endswith(fields["year"])
        assert re.fullmatch(r"C?\d+--C?\d+", fields.get("pages", "1--2")), key
        assert re.fullmatch(r"10\.\d{4,}/\S+", fields.get("doi", "10.1000/x")), key


@pytest.mark.parametrize(
    ("key", "entry"),
    [
        (
            "feinstein1990",
            "Feinstein, A. R., & Cicchetti, D. V. (1990). High agreement but low kappa: I. The problems of two "
            "paradoxes. Journal of Clinical Epidemiology, 43(6), 543–549. "
            "https://doi.org/10.1016/0895-4356(90)90158-L",
        ),
        (
            "krippendorff2019",
            "Krippendorff, K. (2019). Content analysis: An introduction to its methodology (4th ed.). SAGE. "
            "https://doi.org/10.4135/9781071878781",
        ),
        (
            "platt1999",
            "Platt, J. C. (1999). Probabilistic outputs for support vector machines and comparisons to "
            "regularized likelihood methods. In Advances in large margin classifiers (pp. 61–74). MIT Press.",
        ),
        (
            "sarndal1992",
            "Särndal, C.-E., Swensson, B., & Wretman, J. (1992). Model assisted survey sampling. Springer.",
        ),
        (
            "decrouez2012",
            "Decrouez, G., & Robinson, A. P. (2012). Confidence intervals for the weighted sum of two "
            "independent binomial proportions. Australian & New Zealand Journal of Statistics, 54(3), 281–299.",
        ),
    ],
)
def test_a_list_of_references_is_written_from_the_bibtex_file(key, entry):
    assert "".join(piece for piece, _ in REFERENCES[key].parts) == entry


@pytest.mark.parametrize(
    "fault", ["@book{a1990,\n  title = {A}\n}", "@book{a1990\n}", "@book{a1990,\n  title = {A},"]
)
def test_an_entry_that_the_reader_does_not_understand_is_refused(fault):
    with pytest.raises(ValueError, match=r"references\.bib has an entry that cannot be read"):
        read_references(f"@misc{{b1990,\n  title = {{B}},\n}}\n\n{fault}\n")


def test_hostile_names_stay_text_in_every_format(pair):
    recode(pair, "bruno", lambda rows: [[*row[:4], HOSTILE, row[5]] for row in rows])
    facts = facts_of(pair)
    assert facts.readers[1].coder == HOSTILE
    files = methods_files(methods_text(facts), date="2026-01-02")
    tex, md = files["methods.tex"].decode(), files["methods.md"].decode()
    escaped = (
        r"a\textbackslash{}input\{/etc/passwd\}\$x\_1\textasciicircum{}2\$\%\&\#\textasciitilde{} "
        r"\textless{}b onload=\textquotedbl{}x\textquotedbl{}\textgreater{}\textbar{}{[}y{]}"
        r"(http://z.example){*}\textasciigrave{}\{@k\} \textquotedbl{}-{}-"
    )
    assert f"Two people coded: anna and {escaped}." in tex
    assert balanced(tex)
    assert r"\input" not in tex
    assert r"\<b onload" in md
    assert not re.search(r"(?<!\\)\]\(", md)
    assert r"\[y\](http\://z.example)\*\`\{\@k\}" in md
    assert all(line.count(" | ") == 9 for line in md.splitlines() if line.startswith("| "))
    paragraphs, _ = word(files["methods.docx"])
    assert any(f"Two people coded: anna and {HOSTILE}." in line for line in paragraphs)
    assert any(HOSTILE in line and line.startswith("Table 1.") for line in paragraphs)


def test_control_characters_and_line_ends_break_no_format(pair):
    facts = facts_of(pair)
    bad = facts.readers[1]._replace(coder="b\x0br\n\n# u\ud800no")
    files = methods_files(
        methods_text(dataclasses.replace(facts, readers=(facts.readers[0], bad))), date="2026-01-02"
    )
    paragraphs, _ = word(files["methods.docx"])
    assert any("anna and br # uno." in line for line in paragraphs)
    assert r"anna and br \# uno." in files["methods.md"].decode()
    assert r"anna and br \# uno." in files["methods.tex"].decode()


def test_the_same_project_gives_the_same_files_again(pair):
    facts = facts_of(pair)
    first = write_methods(pair, facts)
    before = [path.read_bytes() for path in first.files]
    assert [path.name for path in first.files] == NAMES
    again = write_methods(pair, facts_of(pair))
    assert [path.read_bytes() for path in again.files] == before


def test_what_a_person_edited_is_not_written_over(pair, tmp_path):
    assert fourp("report", "--methods", "-p", pair.root).exit_code == 0
    path = pair.reports / "methods.md"
    path.write_text(path.read_text(encoding="utf-8") + "\nMy own words.\n", encoding="utf-8")
    before = {name: (pair.reports / name).read_bytes() for name in NAMES}
    write_gold_file(pair, "carla")  # so that there is something new to say
    result = fourp("report", "--methods", "-p", pair.root)
    assert isinstance(result.exception, ProjectError)
    assert re.search(r"methods\.md\. Nothing was written.*--overwrite", str(result.exception))
    assert "methods.tex" not in str(result.exception)
    assert {name: (pair.reports / name).read_bytes() for name in NAMES} == before
    elsewhere = tmp_path / "elsewhere"
    assert fourp("report", "--methods", "--to", elsewhere, "-p", pair.root).exit_code == 0
    assert "carla" in (elsewhere / "methods.md").read_text(encoding="utf-8")
    assert {name: (pair.reports / name).read_bytes() for name in NAMES} == before
    assert fourp("report", "--methods", "--overwrite", "-p", pair.root).exit_code == 0
    assert "My own words" not in path.read_text(encoding="utf-8")
    # Now they are as they were written again, and follow the project.
    (pair.gold / "carla.csv").unlink()
    assert fourp("report", "--methods", "-p", pair.root).exit_code == 0
    assert "carla" not in path.read_text(encoding="utf-8")


def test_a_file_of_that_name_that_is_somebodys_own_is_not_written_over(pair):
    pair.reports.mkdir()
    own = pair.reports / "methods.docx"
    own.write_bytes(b"not ours")
    with pytest.raises(ProjectError, match=r"not written by it: methods\.docx"):
        write_methods(pair, facts_of(pair))
    assert own.read_bytes() == b"not ours"
    assert [path.name for path in pair.reports.iterdir()] == ["methods.docx"]


def test_programs_are_told_files_and_blanks(pair):
    rows = records(fourp("report", "--methods", "--json", "-p", pair.root).stdout)
    assert [list(row) for row in rows] == [["file", "to_fill_in"]] * 4
    assert [row["file"].rsplit(".", 1)[1] for row in rows] == ["docx", "md", "tex", "bib"]
    assert rows[0]["to_fill_in"] == rows[2]["to_fill_in"]
    assert rows[3]["to_fill_in"] == []
    for row in rows[1:3]:
        text = Path(row["file"]).read_text(encoding="utf-8")
        assert all(f"[{blank}" in text.replace("\\", "") for blank in row["to_fill_in"])


def test_what_is_to_be_filled_in_is_highlighted_in_word(pair):
    text = methods_text(facts_of(pair))
    opened = docx.Document(io.BytesIO(methods_files(text, date="2026-01-02")["methods.docx"]))
    marked = [
        run.text for line in opened.paragraphs for run in line.runs if run.font.highlight_color
    ]
    assert marked == [f"[{blank}]" for blank in text.blanks]
    assert opened.core_properties.author == ""


def test_options_of_the_methods_go_with_them(pair):
    assert fourp("report", "--overwrite", "-p", pair.root).exit_code == 2
    assert fourp("report", "--to", pair.root, "-p", pair.root).exit_code == 2


def test_whole_documents_are_told_under_selection_and_nowhere_else(pair):
    paragraphs = {each.title: each for each in methods_text(facts_of(pair)).paragraphs}
    selection = paragraphs["Selection of segments for coding"]
    text = " ".join(plain(sentence) for sentence in selection.sentences)
    assert "as a whole" in text
    for title, paragraph in paragraphs.items():
        if paragraph is not selection:
            assert not any("as a whole" in plain(sentence) for sentence in paragraph.sentences), (
                title
            )


def test_drawn_segments_are_not_said_to_be_whole_documents(tmp_path):
    uncoded = write_project(tmp_path / "p", gold=False)
    made = draw(uncoded, 9)
    code_sheet(made.files[1])
    take_in_sheet(uncoded, made.files[1])
    facts = facts_of(uncoded)
    assert all(reader.whole == () for reader in facts.readers)
    text = told(facts)
    assert "9 segments were drawn in 1 draw" in text
    assert "as a whole" not in text
