"""Parses the cells of a table into codes: one, several, or none."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from fourp_nlp.exchange.tables.code_paths import find_by_path, path_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fourp_nlp.exchange.tables.code_nodes import Codes

__all__ = ["CellCodes", "codes_in_cells", "names_no_code"]

# Between codes, and hardly within a name; the others stand in names as well.
_SURE = re.compile(r"[;|\n\r\u2028]")
_ANY = re.compile(r"[;|\n\r\u2028,/+&•·、，；]")
_BULLET = re.compile(r"^(?:[-*•·–○●▪◦] |[•·○●▪◦])")
# What ATLAS.ti puts behind a code: how often it is used.
_USED = re.compile(r" ?(?:\{[0-9]{1,9}-[0-9]{1,9}\}~?|Gr=[0-9]{1,9})$")
_MOST_PARTS = 60
_SHOWN = 5
_NOTHING = frozenset({"", "-", "–", "—", "--", "n/a", "na", "#n/a", "?", ".", "/"})
_NO_CODE = frozenset(
    {"none", "no code", "no codes", "not coded: none", "no code applies", "kein code", "keine", "keiner",
     "kein kode", "aucun", "aucun code", "ninguno", "ningún código", "ningun codigo"}
)  # fmt: skip


class NewCode(NamedTuple):
    """A code that is not known.

    Attributes
    ----------
    label : str
        Its label in the table.
    name : str
        Its name.
    parents : tuple of str
        Its parents from the top, as far as the label names them.
    """

    label: str
    name: str
    parents: tuple[str, ...] = ()


@dataclass
class CellCodes:
    """What cells name.

    Attributes
    ----------
    labels : dict of str to list of str
        The codes that each cell names, in order.
    new : dict of str to NewCode
        Codes that are not known, by their labels.
    remarks : list of str
        What the user should know, as sentences.
    """

    labels: dict[str, list[str]] = field(default_factory=dict)
    new: dict[str, NewCode] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)


def names_no_code(cell: str, codes: Codes) -> bool:
    """Return whether a cell says that no code applies, which is not the same as a blank cell.

    Parameters
    ----------
    cell : str
        The cell.
    codes : Codes
        The codes that are known: one may have such a name.
    """
    return " ".join(cell.casefold().split()) in _NO_CODE and not codes.find(cell)


def codes_in_cells(cells: Iterable[str], codes: Codes) -> CellCodes:
    """Find the codes that each cell names.

    A cell is one code if it is a known code's name. Else it is divided at semicolons, bars, line ends,
    commas, slashes and the like if all parts are known codes, or occur alone in other cells. At a separator
    that hardly any name contains, a part may be new if another is known. An unclear cell is one code, with a
    remark.

    Parameters
    ----------
    cells : iterable of str
        The cells.
    codes : Codes
        The codes that are known.

    Returns
    -------
    CellCodes
        The codes of each cell.
    """
    different = list(dict.fromkeys(cells))
    reader = _Reader(codes, different)
    # What holds the fewest signs first: what it is shows what others are made of.
    order = sorted(different, key=lambda cell_text: len(_ANY.findall(cell_text)))
    for _ in range(2):
        reader.begin()
        for cell in order:
            reader.read(cell)
    reader.add_remarks()
    return CellCodes(reader.labels, reader.new_codes(), reader.remarks)


class _Reader:
    def __init__(self, codes: Codes, cells: list[str]) -> None:
        self.codes = codes
        self.labels: dict[str, list[str]] = {}
        self.remarks: list[str] = []
        self._known: dict[str, str] = {}  # label by what was said
        self._alone = {_folded(cell) for cell in cells if cell.strip() and not _ANY.search(cell)}
        self._often = _independent_parts(cells)
        self.begin()
        self._loose: dict[str, dict[str, None]] = {}
        self._shared: dict[str, None] = {}

    def begin(self) -> None:
        """Begin anew, with what is known by now."""
        self._whole: set[str] = set()
        self._divided: list[str] = []
        self._unclear: list[str] = []
        self._new: dict[str, NewCode] = {}

    def read(self, cell: str) -> None:
        text = cell.strip()
        if text.casefold() in _NOTHING or names_no_code(text, self.codes):
            self.labels[cell] = []
            return
        if self._find(text):
            self.labels[cell] = [self._label(text)]
            return
        parts = [part for line in _lines(text) for part in self._parts(line)]
        self.labels[cell] = list(dict.fromkeys(self._label(part) for part in parts))
        for part in parts:
            if part not in self._unclear:
                (self._whole if _ANY.search(part) else self._alone).add(_folded(part))
        if len(parts) > 1:
            self._divided.append(" ".join(text.split()))

    def _find(self, name: str) -> str:
        """Return the label of the known code that is meant, by its name or path."""
        if name not in self._known:
            label = self.codes.find(name)
            if label and name != label and len(self.codes.labels_named(name)) > 1:
                self._shared.setdefault(f"{name}: {', '.join(self.codes.labels_named(name))}")
            path = None if label else find_by_path(name, self.codes)
            if path is not None and path.label:
                label = path.label
                if path.loose:
                    self._loose.setdefault(label, {}).setdefault(name)
            self._known[name] = label
        return self._known[name]

    def _parts(self, line: str) -> list[str]:
        """Return the codes that a line names."""
        known_codes = self._segmented(line)
        if known_codes is not None:
            return known_codes
        pieces = [piece.strip() for piece in _SURE.split(line)]
        pieces = [piece for piece in pieces if piece]
        if len(pieces) > 1:
            parts = [part for piece in pieces for part in self._parts(piece)]
            if any(self._is_known(part) or _folded(part) in self._often for part in parts):
                return parts
        loose = [part.strip() for part in _ANY.split(line)[:_MOST_PARTS] if part.strip()]
        if len(loose) > 1:
            if all(
                _folded(part) in self._often or self._is_known(part) or path_of(part)
                for part in loose
            ):
                return loose
            if any(self._is_known(part) for part in loose) or len(pieces) > 1:
                self._unclear.append(line)
        return [line]

    def _segmented(self, line: str) -> list[str] | None:
        """Return the fewest known codes that a line consists of; None if it does not."""
        cuts = [sign.span() for sign in _ANY.finditer(line)]
        if not cuts:
            return [line]
        if len(cuts) > _MOST_PARTS:
            return None
        starts = [0, *(end for _, end in cuts)]
        ends = [*(start for start, _ in cuts), len(line)]
        best: list[list[str] | None] = [[], *([None] * len(ends))]
        for after in range(1, len(ends) + 1):
            for first in range(after):
                before = best[first]
                part = line[starts[first] : ends[after - 1]].strip()
                if before is None or (part and not self._is_known(part)):
                    continue
                shortest = best[after]
                if shortest is None or len(before) + bool(part) < len(shortest):
                    best[after] = [*before, part] if part else before
        return best[-1] or None

    def _is_known(self, part: str) -> bool:
        return bool(self._find(part)) or _folded(part) in self._alone | self._whole

    def _label(self, text: str) -> str:
        """Return the label of a code; one that is not known is a new one."""
        if label := self._find(text):
            return label
        path = find_by_path(text, self.codes)
        parents, name = ((), text) if path is None else (tuple(path.parents), path.name)
        key = _folded(" > ".join((*parents, name)))
        new_code = self._new.setdefault(
            key, NewCode(" ".join(" > ".join((*parents, name)).split()), name, parents)
        )
        return new_code.label

    def new_codes(self) -> dict[str, NewCode]:
        """Return the new codes; one that is named alone and once below another is that one."""
        by_name: dict[str, list[str]] = {}
        for key, code in self._new.items():
            if code.parents:
                by_name.setdefault(_folded(code.name), []).append(key)
        same = {
            self._new[name].label: self._new[keys[0]].label
            for name, keys in by_name.items()
            if name in self._new and len(keys) == 1
        }
        for cell, labels in self.labels.items():
            self.labels[cell] = list(dict.fromkeys(same.get(label, label) for label in labels))
        return {code.label: code for code in self._new.values() if code.label not in same}

    def add_remarks(self) -> None:
        self._separate_same_names()
        if self._divided:
            self.remarks.append(
                f"{len(self._divided)} cell(s) name several codes and were divided: {_some(self._divided)}."
            )
        if self._unclear:
            self.remarks.append(
                f"{len(self._unclear)} cell(s) may name several codes, some of them unknown. Each was "
                f"read as the name of one code: {_some(self._unclear)}. If there are several, put each code "
                "on a line of its own in the cell, or add it to the codebook."
            )
        for names in self._loose.values():
            self.remarks.append(
                f"The codebook has this code below another parent than the table: {_some(list(names))}. "
                "It is the only one of its name, and was used."
            )
        if self._shared:
            self.remarks.append(
                "Several codes have the same name, and the first was used: "
                f"{_some(list(self._shared))}. Name the code by its id, or as Parent > Child."
            )

    def _separate_same_names(self) -> None:
        """Separate codes of one name below different parents."""
        for label, names in list(self._loose.items()):
            if len(names) > 1:
                del self._loose[label]
                for name in names:
                    self._known[name] = ""
                for cell, labels in self.labels.items():
                    if label in labels and any(name in cell for name in names):
                        parts = [part for line in _lines(cell) for part in self._parts(line)]
                        self.labels[cell] = list(dict.fromkeys(self._label(p) for p in parts))


def _independent_parts(cells: Iterable[str]) -> set[str]:
    """Return the parts of cells that occur beside changing others: these are codes by themselves."""
    company: dict[str, set[str]] = {}
    for cell in cells:
        if not _ANY.search(cell):
            continue
        parts = {_folded(part_text) for part_text in _ANY.split(cell)[:_MOST_PARTS]} - {""}
        for part in parts:
            others = parts - {part}
            company[part] = company[part] & others if part in company else others
    return {part for part, always in company.items() if not always}


def _lines(cell: str) -> list[str]:
    lines = [_USED.sub("", _BULLET.sub("", line.strip())).strip() for line in cell.splitlines()]
    return [line for line in lines if line] or [cell]


def _some(names: list[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return "; ".join(f"'{' '.join(name.split())[:80]}'" for name in names[:_SHOWN]) + more


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())
