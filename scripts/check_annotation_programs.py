r"""Hand random projects to the annotation programs themselves, and read back what they make of them.

    python scripts/check_annotation_programs.py --taguette PYTHON --doccano PYTHON \
        --argilla PYTHON --label-studio PYTHON

Each PYTHON is the interpreter of an environment in which that program is installed (Taguette 1.5.2;
doccano 1.8.4 with pandas 1.5.3, numpy 1.26.4, marshmallow 3 and setuptools below 80; Argilla's client 2.8.0
and requests; label-studio-sdk 2.1.2). Programs that are not named are left out.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from fourp_nlp.exchange import (
    read_argilla,
    read_doccano,
    read_label_studio,
    read_taguette,
    read_taguette_codebook,
    write_argilla,
    write_doccano,
    write_label_studio,
    write_taguette,
    write_taguette_codebook,
)
from tests.annotated import CODES, PEOPLE, PIECES, codings, project, readings, texts_of, values_of


def main() -> None:
    """Check the programs that are named."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name in ("taguette", "doccano", "argilla", "label-studio"):
        parser.add_argument(f"--{name}", help=f"interpreter of an environment with {name}")
    parser.add_argument("--keep", type=Path, help="folder for what the programs write")
    chosen = vars(parser.parse_args())
    with tempfile.TemporaryDirectory() as made:
        folder = chosen.pop("keep") or Path(made)
        folder.mkdir(parents=True, exist_ok=True)
        checks = {
            "taguette": taguette, "doccano": doccano, "argilla": argilla, "label_studio": label_studio,
        }  # fmt: skip
        for name, check in checks.items():
            if chosen[name]:
                place = folder / name
                place.mkdir(exist_ok=True)
                for old in place.glob("*.*"):
                    old.unlink()
                print(f"{name}:")
                check(chosen[name], place)


def drawn(coders: tuple[str, ...], seed: int = 4):
    """Return a project of forty short texts with three hundred codings."""
    draw = random.Random(seed)
    texts: list[str] = []
    while len(texts) < 40:
        text = "".join(draw.choice(PIECES) for _ in range(draw.randint(1, 30)))
        if text.strip() and text not in texts:
            texts.append(text)
    marks = []
    for _ in range(300):
        at = draw.randrange(len(texts))
        start = draw.randrange(len(texts[at]))
        end = draw.randrange(start + 1, len(texts[at]) + 1)
        coder = draw.choice(coders)
        marks.append(
            (at, start, end, draw.choice(CODES), coder, 0.5 if coder == "fourp" else float("nan"))
        )
    values = [(0, "group", "Text", "north"), (1, "year", "Integer", "2024")]
    return project(texts, marks, [(0, "anna"), (1, "anna"), (2, PEOPLE[1])], values=values)


def run(python: str, script: str, *arguments: object) -> None:
    """Run a script with another program's interpreter."""
    command = [python, str(ROOT / "scripts" / "annotation_programs" / script), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    print("  " + done.stdout.strip().replace("\n", "\n  "))
    if done.returncode:
        sys.exit(done.stderr[-2000:])


def same(name: str, back, before, **options) -> None:
    """Print what came back."""
    found, given = codings(back, **options), codings(before, **options)
    print(
        f"  {name}: {len(found & given)} of {len(given)} codings as they were, {len(found - given)} others; "
        f"texts {'as they were' if texts_of(back) == texts_of(before) else 'differ'}"
    )


def taguette(python: str, folder: Path) -> None:
    """Check Taguette."""
    ours = drawn(("anna",))
    write_taguette(ours, folder / "ours.sqlite3")
    write_taguette_codebook(ours, folder / "ours.csv")
    run(python, "in_taguette.py", folder / "ours.sqlite3", folder, folder / "ours.csv")
    same(
        "its own export of our project",
        read_taguette(folder / "imported-export.sqlite3", coder="anna"),
        ours,
    )
    for suffix in ("csv", "xlsx"):
        back = read_taguette(folder / f"imported-highlights.{suffix}", texts_of(ours), coder="anna")
        bare = {_bare(row) for row in codings(ours)}
        wrong = sum(_bare(row) not in bare for row in codings(back))
        losses = zip(back.losses["item"], back.losses["count"], strict=True)
        told = "; ".join(f"{item}: {count}" for item, count in losses)
        print(
            f"  its table of highlights ({suffix}): {len(codings(back))} placed, {wrong} wrongly; {told}"
        )
        nodes = read_taguette_codebook(folder / f"imported-codebook.{suffix}").nodes
        alike = nodes["guid"].tolist() == ours.nodes["guid"].tolist()
        print(f"  its codebook ({suffix}): the same codes: {alike}")
    own = read_taguette(folder / "own.sqlite3")
    found = Counter((row[0], row[3], row[5], "".join(row[4].split())) for row in codings(own))
    said = {tuple(row) for row in json.loads((folder / "own.json").read_text())}
    given = Counter((name, tag, who, "".join(text.split())) for name, tag, who, text in said)
    alike = f"{(found & given).total()} of {given.total()}"
    print(f"  a project of its own making: {alike} codings with its words and coders")
    back = read_taguette(folder / "own-highlights.csv", texts_of(own))
    bare = {_bare(row) for row in codings(own)}
    wrong = sum(_bare(row) not in bare for row in codings(back))
    print(f"  its table of highlights: {len(codings(back))} placed, {wrong} wrongly")


def _bare(row: tuple) -> tuple:
    """Return a coding without the white space at its ends and without its coder."""
    document, start, _, label, quote = row[:5]
    first = start + len(quote) - len(quote.lstrip())
    return document, first, first + len(quote.strip()), label


def doccano(python: str, folder: Path) -> None:
    """Check doccano."""
    ours = drawn((*PEOPLE, "fourp"))
    for kind in ("sequence", "whole"):
        file = folder / f"{kind}.jsonl"
        write_doccano(ours, file, whole=kind == "whole")
        run(
            python,
            "in_doccano.py",
            file,
            folder / f"{kind}-labels.json",
            folder / f"{kind}-back.jsonl",
            kind,
        )
        back, before = read_doccano(folder / f"{kind}-back.jsonl"), read_doccano(file)
        same(f"{kind}, its export", back, ours if kind == "sequence" else before)
        rest = readings(back) == readings(ours) and values_of(back) == values_of(ours)
        print(f"  who read what, and variables: the same: {rest}")


def argilla(python: str, folder: Path) -> None:
    """Check Argilla's client."""
    ours = drawn((*PEOPLE, "fourp"))
    for kind in ("spans", "whole"):
        file = folder / f"{kind}.json"
        write_argilla(ours, file, whole=kind == "whole")
        run(
            python,
            "in_argilla.py",
            file,
            folder / f"{kind}-settings.json",
            folder / f"{kind}-back.json",
        )
        back, before = read_argilla(folder / f"{kind}-back.json"), read_argilla(file)
        same(f"{kind}, its records", back, ours if kind == "spans" else before, probability=True)
        rest = readings(back) == readings(ours) and values_of(back) == values_of(ours)
        print(f"  who read what, and variables: the same: {rest}")


def label_studio(python: str, folder: Path) -> None:
    """Check Label Studio's SDK."""
    ours = drawn((*PEOPLE, "fourp"))
    for kind in ("labels", "choices"):
        file = folder / f"{kind}.json"
        write_label_studio(ours, file, whole=kind == "choices")
        run(python, "in_label_studio.py", folder / f"{kind}-labels.xml", file, folder)
        before = read_label_studio(file)
        if kind == "labels":
            same("what was written, read again", before, ours, probability=True)
        back = read_label_studio(folder / "min" / "result.json", coders={"7": "anna"})
        people = {row for row in codings(before) if not row[-1]}
        found = codings(back)
        alike = f"{len(found & people)} of {len(people)}"
        others = len(found - people)
        print(f"  {kind}, its JSON-MIN: {alike} codings of people as they were, {others} others")


if __name__ == "__main__":
    main()
