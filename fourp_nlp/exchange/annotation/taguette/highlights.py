"""Taguette: tables of highlights, and its codebook.

What the tables hold is what Taguette's `export.py` writes: a row for each highlight and tag, with the
words but without their place. Places are in the project itself: see `_project_reader`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from fourp_nlp.documents import normalise
from fourp_nlp.errors import ExchangeError
from fourp_nlp.exchange.annotation.coder_selection import chosen_answers
from fourp_nlp.exchange.annotation.exchange_builder import ExchangeBuilder, Mark
from fourp_nlp.exchange.annotation.json_records import Where
from fourp_nlp.exchange.annotation.label_names import label_nodes, labels_of
from fourp_nlp.exchange.annotation.row_writer import rows_of
from fourp_nlp.exchange.annotation.taguette._project_reader import read_project
from fourp_nlp.exchange.annotation.taguette._project_writer import write_project
from fourp_nlp.exchange.annotation.taguette._sheets import read_sheet, write_sheet
from fourp_nlp.exchange.exchange import NODES, Exchange, Losses
from fourp_nlp.exchange.identity import guid_of
from fourp_nlp.exchange.offset_units import CODE_POINTS
from fourp_nlp.exchange.sqlite_reader import is_sqlite
from fourp_nlp.exchange.written_contents import NOBODY
from fourp_nlp.spreadsheets import cell_is_formula, unguarded
from fourp_nlp.tables import conform, empty

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    from fourp_nlp.exchange.annotation.label_names import Naming
    from fourp_nlp.exchange.written_contents import Contents

__all__ = [
    "read_taguette",
    "read_taguette_codebook",
    "write_taguette",
    "write_taguette_codebook",
]

_COLUMNS = ("id", "document", "tag", "content")
_PATH_LIMIT = 200


def write_taguette(
    exchange: Exchange,
    path: str | os.PathLike[str],
    *,
    coder: str | None = None,
    labels: Naming = "id",
    contents: Contents | None = None,
) -> pd.DataFrame:
    """Write a project that Taguette imports, or a table of highlights such as it exports.

    A Taguette project does not say who made a highlight. Without a coder's name the codings of all people
    are written, each place and code once, and those of a machine only if there are no people's.

    Parameters
    ----------
    exchange : Exchange
        A project.
    path : str or os.PathLike
        The .sqlite3 to be written (Taguette: Import a project), or a .csv or .xlsx of highlights.
    coder : str, optional
        The only coder, person or machine, whose codings are written; empty: nobody's.
    labels : {"id", "name"}
        What codes are called.
    contents : Contents, optional
        Counts what is in the file.

    Returns
    -------
    pandas.DataFrame
        The table LOSSES.

    Raises
    ------
    ExchangeError
        If the suffix is another.
    FourpError
        If the file cannot be written.
    """
    target = Path(path)
    suffix = target.suffix.lower()
    if suffix not in {".sqlite3", ".csv", ".xlsx"}:
        raise ExchangeError(
            f"Taguette has no files of the kind '{suffix}'.",
            file=target,
            cure="Write a project as .sqlite3, or a table of highlights as .csv or .xlsx.",
        )
    rows = rows_of(
        exchange, unit="document", segments=None, whole=False, labels=labels, program="Taguette",
        holds={"description"} if suffix == ".sqlite3" else (),
    )  # fmt: skip
    losses = rows.losses
    people = not exchange.users["machine"].all()
    highlights: list[tuple[str, int, int, str]] = []
    texts: dict[str, str] = {}
    for row in rows:
        document = str(row.meta["document"])
        texts[document] = row.text
        for answer in chosen_answers(row, coder, losses):
            if answer is None:
                continue
            if coder is None and answer.machine and people:
                losses.add(
                    "codings of a machine",
                    "Taguette does not store who coded, so they would look like people's codings; name the "
                    "machine to export only its codings",
                    [answer.coder],
                    count=len(answer.spans),
                )
                continue
            highlights += [(document, span.start, span.end, span.label) for span in answer.spans]
    frame = pd.DataFrame(highlights, columns=["document", "start", "end", "label"])
    repeated = frame.duplicated()
    losses.add(
        "codings that several coders gave",
        "Taguette stores a passage and a tag only once",
        count=int(repeated.sum()),
    )
    frame = frame[~repeated].sort_values(["document", "start", "end", "label"], kind="stable")
    losses.add("names of coders", "Taguette does not store who made a highlight",
               sorted({c for c in exchange.users["coder"] if c}))  # fmt: skip
    variables = exchange.values
    losses.add(
        "variables of documents",
        "Taguette knows none",
        variables["variable"].unique(),
        count=len(variables),
    )
    losses.add(
        "who read what",
        "Taguette does not say which documents were read",
        exchange.read["document"].unique(),
        count=len(exchange.read),
    )
    codable = exchange.nodes[exchange.nodes["codable"]]
    tags = labels_of(exchange.nodes, by=labels)[codable["guid"]]
    long = tags.str.len() > _PATH_LIMIT
    losses.add("ends of long tags", f"a tag has {_PATH_LIMIT} characters at most", tags[long])
    if suffix == ".sqlite3":
        described = dict(zip(tags.str.slice(stop=_PATH_LIMIT), codable["description"], strict=True))
        frame = frame.assign(label=frame["label"].str.slice(stop=_PATH_LIMIT))
        write_project(target, exchange.name, texts, described, frame, losses)
    else:
        _write_highlights(frame, texts, target, losses)
    if contents is not None:
        contents.documents, contents.codes = len(texts), len(codable)
        contents.codings = {NOBODY: len(frame)} if len(frame) else {}
    return losses.table()


def _write_highlights(
    frame: pd.DataFrame, texts: Mapping[str, str], path: Path, losses: Losses
) -> None:
    places = frame[["document", "start", "end"]]
    content = [
        texts[document][start:end]
        for document, start, end in zip(*(places[name] for name in places), strict=True)
    ]
    losses.add(
        "places of codings",
        "the table holds their words alone",
        count=len(places.drop_duplicates()),
    )
    sheet = pd.DataFrame(
        {
            "id": places.groupby(["document", "start", "end"], sort=False).ngroup() + 1,
            "document": frame["document"],
            "tag": frame["label"],
            "content": content,
        }
    )
    write_sheet(sheet, path, losses, sheet="highlights")


def read_taguette(
    path: str | os.PathLike[str],
    documents: Mapping[str, str] | None = None,
    *,
    coder: str = "",
    project: str | None = None,
) -> Exchange:
    """Read a Taguette project (.sqlite3), or the table of highlights that it exports.

    The table has no places of passages: each is placed where its words occur exactly once in the document,
    white space aside (Taguette joins paragraphs with a space). Passages that occur more than once or
    nowhere are listed as lost.

    Parameters
    ----------
    path : str or os.PathLike
        The .sqlite3, .csv or .xlsx.
    documents : mapping of str to str, optional
        Texts by document's id; needed for a table. Taguette's names of documents are their ids, or the
        same without folder and suffix.
    coder : str, optional
        Who coded: a table does not say, and an exported project calls everybody admin.
    project : str, optional
        The project's name, where a database holds several.

    Returns
    -------
    Exchange
        The project; for a table, with the documents that it names.

    Raises
    ------
    ExchangeError
        If the file is neither, or a table is read without documents.
    UnsafeExchangeError
        If the file is beyond the limits, or not what it says.
    """
    file = Path(path)
    if is_sqlite(file):
        return read_project(file, coder=coder, project=project)
    if documents is None:
        raise ExchangeError(
            "A table of Taguette's highlights has no places.",
            file=file,
            cure="Give the documents' texts; or export the project as SQLite3, which has the places.",
        )
    return _read_highlights(file, documents, coder)


def _read_highlights(file: Path, documents: Mapping[str, str], coder: str) -> Exchange:
    rows = read_sheet(file, needed=_COLUMNS, what="Taguette's table of highlights")
    builder = ExchangeBuilder(file, "Taguette", counting=CODE_POINTS)
    losses = builder.losses
    rows = rows.assign(**{name: rows[name].map(unguarded) for name in ("document", "tag")})
    id_of = _ids(rows["document"].unique().tolist(), documents)
    unknown = ~rows["document"].isin(id_of)
    losses.add(
        "documents that are not there",
        "no document has this name, or more than one; their highlights were left out",
        rows.loc[unknown, "document"].unique(),
    )
    untagged = ~unknown & (rows["tag"].str.strip() == "")
    losses.add(
        "highlights without a tag",
        "a highlight without a tag is no coding",
        rows.loc[untagged, "content"],
    )
    kept = rows[~unknown & ~untagged]
    lost: dict[str, list[str]] = {"more than once": [], "nowhere": []}
    counts = dict.fromkeys(lost, 0)
    squashed: dict[str, _Squashed] = {}
    numbers: dict[str, int] = {}
    places: dict[tuple[str, str], tuple[int, int] | str] = {}
    loose = 0
    for line, name, tag, content in zip(
        kept["line"].tolist(), kept["document"], kept["tag"], kept["content"], strict=True
    ):
        document = id_of[name]
        if document not in squashed:
            squashed[document] = _Squashed(documents[document])
            numbers[document] = builder.add_record(
                documents[document], {"document": document}, Where(file, line)
            )
        key = (document, content)
        if key not in places:
            places[key] = squashed[document].find(content)
            if places[key] == "nowhere":
                places[key] = squashed[document].find(unguarded(content))
        place = places[key]
        if isinstance(place, str):
            counts[place] += 1
            lost[place].append(f"{name}: {content[:50]}")
            continue
        loose += documents[document][place[0] : place[1]] != content
        builder.add_mark(
            Mark(
                numbers[document], place[0], place[1], tag.strip(), coder, machine=False, line=line
            )
        )
    for where, examples in lost.items():
        losses.add(
            f"highlights whose words occur {where}",
            "the table has no places of passages; the project exported as SQLite3 has them",
            examples,
            count=counts[where],
        )
    if loose:
        builder.remarks.append(
            f"{loose:,} codings were placed by their words without regard to white space."
        )
    return builder.build()


class _Squashed:
    """A text without its white space, and the place of each character."""

    def __init__(self, text: str) -> None:
        self.text = text
        kept = [at for at, sign in enumerate(text) if not sign.isspace()]
        self.places = np.array(kept, dtype=np.int64)
        self.bare = "".join(text.split())

    def find(self, content: str) -> tuple[int, int] | str:
        """Return the place of words, or how often they occur if that is not once."""
        if content.strip():
            at = self.text.find(content)
            if at >= 0:
                again = self.text.find(content, at + 1) >= 0
                return "more than once" if again else (at, at + len(content))
        # The document was normalised; words that are not found unchanged are normalised too.
        for form in (content, normalise(content)):
            bare = "".join(form.split())
            at = self.bare.find(bare) if bare else -1
            if at >= 0:
                if self.bare.find(bare, at + 1) >= 0:
                    return "more than once"
                return int(self.places[at]), int(self.places[at + len(bare) - 1]) + 1
        return "nowhere"


def _ids(names: list[str], documents: Mapping[str, str]) -> dict[str, str]:
    """Return the ids of the documents that Taguette's names mean, where there is exactly one."""
    by_stem: dict[str, set[str]] = {}
    for document in documents:
        base = document.rsplit("/", 1)[-1]
        for form in (base, base.rsplit(".", 1)[0]):
            by_stem.setdefault(form.casefold(), set()).add(document)
    ids = {}
    for name in names:
        base = name.strip().rsplit("/", 1)[-1]
        if name in documents:
            ids[name] = name
            continue
        for form in (base, base.rsplit(".", 1)[0]):
            documents_with_stem = by_stem.get(form.casefold(), set())
            if len(documents_with_stem) == 1:
                (ids[name],) = documents_with_stem
                break
    return ids


def write_taguette_codebook(
    exchange: Exchange,
    path: str | os.PathLike[str],
    *,
    labels: Naming = "id",
    contents: Contents | None = None,
) -> pd.DataFrame:
    """Write a codebook that Taguette imports: its columns are those that Taguette writes itself.

    Parameters
    ----------
    exchange : Exchange
        A project.
    path : str or os.PathLike
        The .csv, which Taguette imports, or .xlsx.
    labels : {"id", "name"}
        What codes are called.
    contents : Contents, optional
        Counts what is in the file.

    Returns
    -------
    pandas.DataFrame
        The table LOSSES.

    Raises
    ------
    FourpError
        If the file cannot be written.
    """
    losses = Losses()
    nodes = exchange.nodes[exchange.nodes["codable"]]
    tags = labels_of(exchange.nodes, by=labels)[nodes["guid"]]
    losses.add(
        "codes below a theme",
        "Taguette's tags are a plain list; their themes stay in the codebook",
        exchange.nodes.loc[exchange.nodes["parent"] != "", "name"],
    )
    losses.add(
        "colours of codes", "Taguette's tags have none", nodes.loc[nodes["color"] != "", "name"]
    )
    losses.add(
        "ends of long tags",
        f"a tag has {_PATH_LIMIT} characters at most",
        tags[tags.str.len() > _PATH_LIMIT],
    )
    tags = tags.str.slice(stop=_PATH_LIMIT)
    if Path(path).suffix.lower() != ".xlsx":
        cells = pd.concat([tags, nodes["description"]])
        losses.add(
            "cells that look like a formula",
            "they have an apostrophe before them, which Taguette will show",
            cells[cells.map(cell_is_formula)],
        )
    marks = exchange.marks.groupby("node")
    counts = pd.DataFrame(
        {"highlights": marks.size(), "documents": marks["source"].nunique()}
    ).reindex(nodes["guid"], fill_value=0)
    sheet = pd.DataFrame(
        {
            "tag": tags.to_numpy(),
            "description": nodes["description"].to_numpy(),
            "number of highlights": counts["highlights"].to_numpy(),
            "number of documents": counts["documents"].to_numpy(),
        }
    )
    write_sheet(sheet, path, losses, sheet="codebook")
    if contents is not None:
        contents.codes = len(nodes)
    return losses.table()


def read_taguette_codebook(path: str | os.PathLike[str]) -> Exchange:
    """Read the codebook that Taguette exports.

    Parameters
    ----------
    path : str or os.PathLike
        The .csv or .xlsx.

    Returns
    -------
    Exchange
        Its codes, in their order.

    Raises
    ------
    ExchangeError
        If the file is no such codebook, or names a tag twice.
    UnsafeExchangeError
        If the file is beyond the limits, or not what it says.
    """
    file = Path(path)
    rows = read_sheet(file, needed=("tag",), what="Taguette's codebook")
    tags = rows["tag"].map(unguarded).str.strip()
    for wrong, problem in (
        (tags == "", "The row names no tag."),
        (tags.duplicated(), "The file has the tag twice."),
    ):
        if wrong.any():
            raise ExchangeError(
                problem, file=file, place=f"row {rows.loc[wrong, 'line'].iloc[0]}",
                cure="Correct the row, or delete it.",
            )  # fmt: skip
    nodes = label_nodes(tags) if len(tags) else empty(NODES)
    parents = (
        rows["parent"].map(unguarded).str.strip()
        if "parent" in rows
        else pd.Series("", index=rows.index)
    )
    known = parents.isin(set(tags))
    losses = Losses()
    losses.add("parents of tags", "no tag has this name", parents[(parents != "") & ~known])
    if "description" in rows:
        described = rows["description"].map(unguarded).str.replace("\r\n", "\n").str.strip()
        nodes = nodes.assign(description=described.to_numpy())
    above = [
        guid_of("node", name) if is_known else ""
        for name, is_known in zip(parents, known, strict=True)
    ]
    nodes = _parents_first(nodes.assign(parent=above))
    return Exchange(
        name=file.stem,
        origin="Taguette",
        nodes=conform(nodes, NODES),
        losses=losses.table(),
    ).conformed()


def _parents_first(nodes: pd.DataFrame) -> pd.DataFrame:
    """Return nodes with each parent before its children; a circle is cut open."""
    parent = dict(zip(nodes["guid"], nodes["parent"], strict=True))
    order: dict[str, None] = {}
    for guid in nodes["guid"]:
        path: list[str] = []
        at = guid
        while at and at not in order and at not in path:
            path.append(at)
            at = parent[at]
        if at in path:
            parent[path[-1]] = ""
        for node in reversed(path):
            order.setdefault(node)
    moved = nodes.set_index("guid", drop=False).loc[list(order)].reset_index(drop=True)
    return moved.assign(parent=moved["guid"].map(parent))
