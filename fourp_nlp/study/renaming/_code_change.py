"""How ids of codes change in rows of gold files, in what was read, in decisions and in draws."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from fourp_nlp.coding.gold.codes_looked_for import codes_in_cell
from fourp_nlp.coding.gold.columns import LOOKED_FOR, SCOPE
from fourp_nlp.columns import PART
from fourp_nlp.errors import GoldError
from fourp_nlp.study.renaming._gold_rows import set_cell
from fourp_nlp.tables import DRAWS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from fourp_nlp.codebook import Codebook
    from fourp_nlp.coding.gold.scope_edits import GoldTable
    from fourp_nlp.coding.reading.reading_record import CodeList, ReadRecord
    from fourp_nlp.coding.reading.undecided import Undecided
    from fourp_nlp.study.renaming._gold_rows import Outcome

__all__ = ["DECISION_CODE", "DECISION_VALUE", "CodeChange"]

DECISION_CODE, DECISION_VALUE = 3, 4


class CodeChange:
    """How ids of codes change: one, several into one, or one that goes."""

    def __init__(self, into: Mapping[str, str], before: Codebook, after: Codebook) -> None:
        self.into = dict(into)
        self.target = next(iter(into.values()))
        self.before, self.after = before.definitions, after.definitions

    @property
    def may_differ(self) -> bool:
        """Whether codes that people agreed on may differ afterwards, or the other way round."""
        return len(self.into) > 1

    @property
    def same_definitions(self) -> dict[str, str]:
        """Hashes of definitions in which nothing but ids of codes changes, by those of before."""
        pairs = (
            (digest, self.after.get(self.into.get(code, code)))
            for code, digest in self.before.items()
        )
        return {before: after for before, after in pairs if after and after != before}

    def listed(self, codes: Sequence[str]) -> list[str] | None:
        """Return a list of codes that were looked for; None if it has some of those that are merged only."""
        has = [code for code in codes if code in self.into]
        if not has:
            return list(codes)
        if len(has) < len(self.into):
            return None
        new = [self.target if code in self.into else code for code in codes]
        return [code for code in dict.fromkeys(new) if code]

    def row(self, path: Path, table: GoldTable, row: list[str]) -> Outcome:
        """Change a row of a gold file."""
        codes = codes_in_cell(table.cell(row, LOOKED_FOR))
        code = table.cell(row, "code")
        listed = self.listed(codes)
        if listed is None or (codes and not listed):
            if table.cell(row, SCOPE).lower() != PART:
                raise self._looked_for_some(path, codes, listed)
            listed = self._of_one_passage(codes, code)
        changed = listed != codes and set_cell(table, row, LOOKED_FOR, " ".join(listed))
        changed |= self._rejected(table, row)
        if codes and not listed:
            return None
        if code not in self.into:
            return changed
        if self.target:
            return set_cell(table, row, "code", self.target) or changed
        return None

    def _of_one_passage(self, codes: Sequence[str], given: str) -> list[str]:
        """Return which codes were decided on in a passage where somebody looked for some of them only.

        A code that was given applies whatever the others would have been; of one that was not given,
        nothing is known.
        """
        listed = [code for code in codes if code not in self.into]
        return [*listed, self.target] if self.target and given in self.into else listed

    def _looked_for_some(
        self, path: Path, codes: Sequence[str], listed: Sequence[str] | None
    ) -> GoldError:
        some = ", ".join(code for code in codes if code in self.into)
        return GoldError(
            f"By the column looked_for, somebody looked for {some} "
            + ("alone." if listed is not None else "and not for all codes that are merged."),
            file=path,
            cure="Correct that column, or move the file out of the folder of gold files.",
        )

    def _rejected(self, table: GoldTable, row: list[str]) -> bool:
        """Change the cell that names rejected suggestions, each with its probability."""
        parts = [part.strip() for part in table.cell(row, "rejected").split(";") if part.strip()]
        names = [part.partition(" ")[0] for part in parts]
        if not any(name in self.into for name in names):
            return False
        is_given = table.cell(row, "code") in self.into
        kept: dict[str, str] = {}
        for name, part in zip(names, parts, strict=True):
            new = self.into.get(name, name)
            if new and not (is_given and name in self.into):
                number = part.partition(" ")[2]
                kept[new] = max(kept.get(new, ""), number)
        cell = "; ".join(f"{name} {number}".strip() for name, number in kept.items())
        return set_cell(table, row, "rejected", cell)

    def record(self, record: ReadRecord) -> ReadRecord:
        """Change the record of what was read."""
        lists = tuple(self._code_list(each) for each in record.lists)
        seen: dict[str, Sequence[tuple[str, str]]] = {}
        for code, history in record.seen.items():
            new = self.into.get(code, code)
            if new and (new == code or new not in record.seen):
                seen[new] = [(self._hash(code, new, digest), date) for digest, date in history]
        return replace(record, lists=lists, seen=seen)

    def _code_list(self, codes: CodeList) -> CodeList:
        listed = self.listed([code for code, _ in codes])
        if listed is None:
            # Where some of them were looked for, the merged code was not.
            listed = [code for code, _ in codes if code not in self.into]
        before = dict(codes)
        merged = len(self.into) > 1
        hashes = {}
        for code in listed:
            if code == self.target and (merged or code not in before):
                sources = [old for old in self.into if old in before]
                old = sources[0]
                # Who merges codes says that the codings of all of them mean the merged one.
                hashes[code] = self.after[code] if merged else self._hash(old, code, before[old])
            else:
                hashes[code] = self._hash(code, code, before[code])
        return tuple(hashes.items())

    def _hash(self, old: str, new: str, digest: str) -> str:
        """Return the hash of a definition, in which nothing but ids of codes has changed."""
        return self.after[new] if new in self.after and digest == self.before.get(old) else digest

    def undecided(self, each: Undecided) -> Undecided | None:
        """Change a coding that waits for a decision."""
        code = each.cells.get("code", "")
        codes = codes_in_cell(each.cells.get(LOOKED_FOR, ""))
        if codes:
            listed = self.listed(codes) or self._of_one_passage(codes, code)
            if not listed:
                return None
            each.cells[LOOKED_FOR] = " ".join(listed)
        if code in self.into:
            if not self.target:
                return None
            each.cells["code"] = self.target
        return each

    def decisions(self, rows: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        """Change decisions; the merged code does not apply only where none of its parts does."""
        kept: dict[tuple[Any, ...], tuple[Any, ...]] = {}
        against: dict[tuple[Any, ...], set[str]] = {}
        for row in rows:
            code = row[DECISION_CODE]
            if code not in self.into:
                kept[row[: DECISION_CODE + 1]] = row
                continue
            if not self.target:
                continue
            new = (*row[:DECISION_CODE], self.target, *row[DECISION_VALUE:])
            key = new[: DECISION_CODE + 1]
            if not row[DECISION_VALUE]:
                against.setdefault(key, set()).add(code)
                if key in kept or len(against[key]) < len(self.into):
                    continue
            kept[key] = new
        return list(kept.values())

    def draws(self, rows: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        """Change the codes that sheets of draws asked for."""
        at = DRAWS.names.index("options")
        return [(*row[:at], self._options(row[at]), *row[at + 1 :]) for row in rows]

    def _options(self, text: str) -> str:
        options = json.loads(text)
        before = json.dumps(options, sort_keys=True)
        for name in ("codes", "suggested"):
            codes = options.get(name)
            if isinstance(codes, list):
                listed = self.listed(codes)
                options[name] = (
                    [code for code in codes if code not in self.into] if listed is None else listed
                )
        if options.get("code") in self.into and self.target:
            options["code"] = self.target
        definitions = options.get("definitions")
        if isinstance(definitions, dict):
            defined = tuple((str(code), str(digest)) for code, digest in definitions.items())
            options["definitions"] = dict(self._code_list(defined))
        changed = json.dumps(options, sort_keys=True) != before
        return json.dumps(options, ensure_ascii=False) if changed else text
