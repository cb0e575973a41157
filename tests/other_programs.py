"""What other programs make of a project of ours: a .qdpx in, and the .qdpx that they export after importing it.

None of these programs is run. Each function does to the XML what is known of one of them, from files that
came back from it and from its published source. All are deterministic: `seed` tells one export from the
next, as identities and colours that a program draws by chance differ from one to the next.

    back = as_qualcoder(project.qdpx, tmp_path / "back.qdpx", seed=1)
"""

from __future__ import annotations

import random
import re
import uuid
import zipfile
from dataclasses import dataclass, field
from html import escape
from itertools import product
from typing import TYPE_CHECKING

from lxml import etree

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Q = "{urn:QDA-XML:project:1.0}"
_GUID = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_IDENTITIES = frozenset({
    "guid", "targetGUID", "creatingUser", "modifyingUser", "creatingUserGUID", "modifyingUserGUID",
    "originGUID", "sourceGUID", "fromSyncPoint", "toSyncPoint", "representedGUID", "plainTextPath",
    "richTextPath", "path",
})  # fmt: skip
_PALETTE = ["#" + "".join(parts) for parts in product(("30", "70", "B0", "F0"), repeat=3)]


class ImportStopsError(Exception):
    """The other program's import would end half-way, with an error."""


def _chance(seed: int) -> random.Random:
    return random.Random(seed)


def read_zip(path: Path) -> tuple[etree._Element, dict[str, bytes]]:
    """Return the root of a project's XML, and its further files by name."""
    with zipfile.ZipFile(path) as package:
        files = {name: package.read(name) for name in package.namelist() if name[-1] != "/"}
    qde = next(name for name in files if name.endswith(".qde"))
    return etree.fromstring(files.pop(qde)), files


def write_zip(path: Path, xml: etree._Element | str, files: dict[str, bytes]) -> Path:
    """Write a project, and return its path."""
    text = (
        xml.encode("utf-8-sig") if isinstance(xml, str) else etree.tostring(xml, encoding="utf-8")
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in {"project.qde": text, **files}.items():
            package.writestr(name, content)
    return path


def edited(path: Path, out: Path, edit: Callable[[etree._Element], None]) -> Path:
    """Write a project whose XML somebody edited in place; its texts stay."""
    root, files = read_zip(path)
    edit(root)
    return write_zip(out, root, files)


def _respelt(path: Path, out: Path, spell: Callable[[str], str]) -> Path:
    """Write a project with every identity in another spelling, in the XML and in the names of files."""
    root, files = read_zip(path)

    def new(text: str) -> str:
        return _GUID.sub(lambda found: spell(found[0]), text)

    for element in root.iter():
        for name in _IDENTITIES.intersection(element.attrib):
            element.set(name, new(element.get(name)))
    return write_zip(out, root, {new(name): content for name, content in files.items()})


def with_new_guids(path: Path, out: Path, *, seed: int = 0) -> Path:
    """A program that gives every thing a new identity, and changes nothing else."""
    draw, given = _chance(seed), {}

    def new(guid: str) -> str:
        if guid.lower() not in given:
            given[guid.lower()] = str(uuid.UUID(int=draw.getrandbits(128), version=4))
        return given[guid.lower()]

    return _respelt(path, out, new)


def as_atlasti(path: Path, out: Path) -> Path:
    """A program that keeps identities, in capital letters."""
    return _respelt(path, out, str.upper)


def without_notes(path: Path, out: Path) -> Path:
    """A program that takes over no notes, nor what refers to them; descriptions stay."""

    def edit(root: etree._Element) -> None:
        for name in ("Notes", "NoteRef", "MemberNote", "Links"):
            for element in list(root.iter(Q + name)):
                element.getparent().remove(element)

    return edited(path, out, edit)


def without_descriptions(path: Path, out: Path) -> Path:
    """A program that takes over no descriptions, of anything."""

    def edit(root: etree._Element) -> None:
        for element in list(root.iter(Q + "Description")):
            element.getparent().remove(element)

    return edited(path, out, edit)


def otherwise_sorted(path: Path, out: Path, *, seed: int = 0) -> Path:
    """A program that lists users, variables, cases, sets, sources, notes and selections in its own order.

    The order of codes stays, which is the codebook's.
    """
    draw = _chance(seed)

    def edit(root: etree._Element) -> None:
        for name in ("Users", "Variables", "Cases", "Sets", "Sources", "Notes", "TextSource"):
            for listed in root.iter(Q + name):
                for kind in dict.fromkeys(child.tag for child in listed):
                    own = listed.findall(kind)
                    at = listed.index(own[0])
                    draw.shuffle(own)
                    for number, child in enumerate(own):
                        listed.remove(child)
                        listed.insert(at + number, child)

    return edited(path, out, edit)


@dataclass
class _QualCoder:
    """What QualCoder's database holds of a project."""

    folds: bool
    draw: random.Random
    users: dict[str, str] = field(default_factory=dict)
    cats: list[tuple[str, str, int, int]] = field(default_factory=list)  # name, memo, id, above
    codes: list[list] = field(
        default_factory=list
    )  # name, memo, colour, category, code above, GUIDs
    kinds: dict[str, tuple[str, str]] = field(default_factory=dict)  # of variables: memo, kind
    named: dict[str, str] = field(default_factory=dict)  # variables by GUID
    values: list[tuple[str, object, str]] = field(default_factory=list)
    cases: list[tuple[str, str]] = field(default_factory=list)
    sources: list[tuple[str, str, str, str, str]] = field(default_factory=list)
    codings: dict[tuple, tuple[str, str, str]] = field(default_factory=dict)
    annotations: list[tuple[int, str, str, str, str, str]] = field(default_factory=list)
    journal: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    memo: str = ""

    def owner(self, element: etree._Element) -> str:
        guid = element.get("creatingUser") or element.get("modifyingUser")
        return self.users.get(guid, "default")


def as_qualcoder(path: Path, out: Path, *, seed: int = 0, folds: bool = True) -> Path:
    """QualCoder: imported into a new project, and exported.

    Every identity is new. Users are those who own documents or codings, `default` where nobody is named.
    Codings keep place, code, coder and date, and have the description of their selection as a memo; a
    selection without a coding is an annotation. Notes with a file and a name, to which no document refers,
    are entries of the journal; all others go, and so do links and sets, of which variables are made. Cases
    lose their documents. Colours are taken from a palette. Of the annotations of a document, it says of the
    first alone where it belongs.

    Parameters
    ----------
    folds : bool, default True
        Whether a code with codes below it becomes a category with a code of the same name in it, as in
        3.8.2; later versions keep codes below codes.

    Raises
    ------
    ImportStopsError
        Where its import ends half-way: two entries of the journal of one name, a document without a file, a
        note without a date.
    """
    root, files = read_zip(path)
    made = _QualCoder(folds, _chance(seed))
    texts = {name.rpartition("/")[2]: content for name, content in files.items()}
    _take_in(root, texts, made)
    return _given_out(made, out)


def _said(element: etree._Element) -> str:
    return element.findtext(Q + "Description") or ""


def _when(element: etree._Element) -> str:
    when = element.get("creationDateTime") or element.get("modifiedDateTime")
    if when is None:
        raise ImportStopsError(f"{element.tag.rpartition('}')[2]} without a date")
    return when


def _file(texts: dict[str, bytes], written: str) -> str:
    text = texts[written.rpartition("/")[2]].decode()
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _take_in(root: etree._Element, texts: dict[str, bytes], made: _QualCoder) -> None:
    made.users = {user.get("guid"): user.get("name") for user in root.iter(Q + "User")}
    for code in root.iterfind(f"{Q}CodeBook/{Q}Codes/{Q}Code"):
        _take_code(code, made, 0, 0)
    for variable in root.iter(Q + "Variable"):
        numeric = variable.get("typeOfVariable") in {"Integer", "Float"}
        kind = "numeric" if numeric else "character"
        made.kinds.setdefault(variable.get("name"), (_said(variable), kind))
        made.named[variable.get("guid")] = variable.get("name")
    made.memo = _said(root)
    _take_sources(root, texts, made)
    _take_notes(root, texts, made)
    for case in root.iterfind(f"{Q}Cases/{Q}Case"):
        if case.get("name") is not None:
            made.cases.append((case.get("name"), _said(case)))
            _take_values(case, case.get("name"), made)
    guids = [source.get("guid") for source in root.iter(Q + "TextSource")]
    for each in root.iterfind(f"{Q}Sets/{Q}Set"):
        within = [ref.get("targetGUID") for ref in each.iterfind(Q + "MemberSource")]
        name = each.get("name")
        if within and name not in made.kinds:
            made.kinds[name] = (_said(each), "character")
            made.values += [(name, guids.index(guid), name) for guid in within if guid in guids]


def _take_sources(root: etree._Element, texts: dict[str, bytes], made: _QualCoder) -> None:
    for number, source in enumerate(root.iter(Q + "TextSource")):
        if source.get("plainTextPath") is None:
            raise ImportStopsError("a document without a file")
        text = _file(texts, source.get("plainTextPath"))
        name = source.get("name")
        if name in {each[0] for each in made.sources}:
            name = f"1_{name}"
        made.sources.append((name, text, _said(source), made.owner(source), _when(source)))
        for selection in source.iterfind(Q + "PlainTextSelection"):
            _take_selection(selection, made, number, root, texts)
        _take_values(source, number, made)


def _take_notes(root: etree._Element, texts: dict[str, bytes], made: _QualCoder) -> None:
    referring = {
        note.get("targetGUID"): number
        for number, source in enumerate(root.iter(Q + "TextSource"))
        for note in source.iterfind(Q + "NoteRef")
    }
    for note in root.iterfind(f"{Q}Notes/{Q}Note"):
        path, name, of = (
            note.get("plainTextPath"),
            note.get("name"),
            referring.get(note.get("guid")),
        )
        place, when = note.find(Q + "PlainTextSelection"), _when(note)
        if of is not None:
            if place is not None:
                made.annotations.append((
                    of, place.get("startPosition"), place.get("endPosition"),
                    note.findtext(Q + "PlainTextContent") or "", made.owner(note), when,
                ))  # fmt: skip
        elif path and name:
            if name in made.journal:
                raise ImportStopsError(f"a second entry of the journal called {name}")
            made.journal[name] = (_file(texts, path), made.owner(note), when)


def _take_code(code: etree._Element, made: _QualCoder, category: int, above: int) -> None:
    name, memo, below = code.get("name"), _said(code), code.findall(Q + "Code")
    codable = code.get("isCodable") != "false"
    if not codable or (below and made.folds):
        known = [each[2] for each in made.cats if each[0] == name]
        own = known[0] if known else len(made.cats) + 1
        if not known:
            made.cats.append((name, memo, own, category))
        category, inside = own, 0
    if codable:
        known = [at for at, each in enumerate(made.codes, 1) if each[0] == name]
        inside = known[0] if known else len(made.codes) + 1
        if not known:
            colour = code.get("color")
            colour = _near(colour) if colour else made.draw.choice(_PALETTE)
            made.codes.append(
                [name, memo, colour, 0 if above else category, above, code.get("guid")]
            )
    for each in below:
        if codable and not made.folds:
            _take_code(each, made, 0, inside)
        else:
            _take_code(each, made, category, 0)


def _near(colour: str) -> str:
    def parts(written: str) -> list[int]:
        return [int(written[at : at + 2], 16) for at in (1, 3, 5)]

    own = parts(colour)
    return min(
        _PALETTE, key=lambda each: sum((a - b) ** 2 for a, b in zip(own, parts(each), strict=True))
    )


def _take_selection(
    selection: etree._Element,
    made: _QualCoder,
    number: int,
    root: etree._Element,
    texts: dict[str, bytes],
) -> None:
    start, end = selection.get("startPosition"), selection.get("endPosition")
    memo, owner, when = _said(selection), made.owner(selection), _when(selection)
    codings = selection.findall(Q + "Coding")
    for coding in codings:
        code = coding.find(Q + "CodeRef").get("targetGUID")
        made.codings.setdefault((number, start, end, code, owner), (memo, when, ""))
    if codings:
        return
    for link in root.iter(Q + "Link"):
        if not memo and link.get("targetGUID") == selection.get("guid"):
            for note in root.iter(Q + "Note"):
                if note.get("guid") == link.get("originGUID") and note.get("plainTextPath"):
                    memo = _file(texts, note.get("plainTextPath"))
    made.annotations.append((number, start, end, memo, owner, when))


def _take_values(element: etree._Element, about: object, made: _QualCoder) -> None:
    for value in element.iterfind(Q + "VariableValue"):
        name = made.named[value.find(Q + "VariableRef").get("targetGUID")]
        said = next((child.text for child in value if child.tag.endswith("Value")), None)
        made.values.append((name, about, (said or "").strip()))


def _given_out(made: _QualCoder, out: Path) -> Path:
    def guid() -> str:
        return str(uuid.UUID(int=made.draw.getrandbits(128), version=4))

    owners = {key[4] for key in made.codings} | {source[3] for source in made.sources}
    users = {name: guid() for name in sorted(owners)}
    codes = {code[5]: guid() for code in made.codes}
    variables = {name: guid() for name in made.kinds}
    files: dict[str, bytes] = {}
    xml = [
        '<?xml version="1.0" encoding="utf-8"?>\n<Project '
        'xmlns:xsd="http://www.w3.org/2001/XMLSchema" name="study.qda" origin="QualCoder 3.9" '
        f'creatingUserGUID="{guid()}" creationDateTime="2026-01-01T00:00:00Z" '
        'xmlns="urn:QDA-XML:project:1.0">\n<Users>\n'
    ]
    xml += [f'<User guid="{own}" name="{escape(name)}" />\n' for name, own in users.items()]
    xml.append("</Users>\n")
    if made.codes:
        xml += ["<CodeBook>\n<Codes>\n", _codes_out(made, codes, guid), "</Codes>\n</CodeBook>\n"]
    if made.kinds:
        xml.append("<Variables>\n")
        for name, (memo, kind) in made.kinds.items():
            typed = "Float" if kind == "numeric" else "Text"
            xml.append(
                f'<Variable guid="{variables[name]}" name="{escape(name)}" typeOfVariable="{typed}" >'
                f"\n<Description>{escape(memo)}</Description>\n</Variable>\n"
            )
        xml.append("</Variables>\n")
    if made.cases:
        xml.append("<Cases>\n")
        for name, memo in made.cases:
            xml.append(f'<Case guid="{guid()}" name="{escape(name)}">\n')
            xml.append(f"<Description>{escape(memo)}</Description>\n")
            xml += [_values_out(made, name, variables), "</Case>\n"]
        xml.append("</Cases>\n")
    notes: dict[int, str] = {}
    xml.append("<Sources>\n")
    for number, (name, text, memo, owner, when) in enumerate(made.sources):
        rich, plain = f"{guid()}.txt", f"{guid()}.txt"
        files |= dict.fromkeys((f"Sources/{rich}", f"Sources/{plain}"), text.encode("utf-8-sig"))
        xml.append(
            f'<TextSource richTextPath="internal://{rich}" plainTextPath="internal://{plain}" '
            f'creatingUser="{users[owner]}" creationDateTime="{when}" guid="{guid()}" '
            f'name="{escape(name)}">\n'
            + (f"<Description>{escape(memo)}</Description>\n" * bool(memo))
        )
        for (of, start, end, code, coder), (said, coded_at, _) in made.codings.items():
            if of == number and code in codes:
                xml.append(
                    f'<PlainTextSelection guid="{guid()}" startPosition="{start}" endPosition="{end}" '
                    f'name="{escape(text[int(start) : int(end)])}" creatingUser="{users[coder]}" '
                    f'creationDateTime="{coded_at}">\n'
                    + f"<Description>{escape(said)}</Description>\n"
                    * bool(said)
                    + f'<Coding guid="{guid()}" creatingUser="{users[coder]}" >\n'
                    f'<CodeRef targetGUID="{codes[code]}" />\n</Coding>\n</PlainTextSelection>\n'
                )
        first = next((at for at, each in enumerate(made.annotations) if each[0] == number), -1)
        if first >= 0:
            notes[first] = guid()
            xml.append(f'<NoteRef targetGUID="{notes[first]}" />\n')
        xml += [_values_out(made, number, variables), "</TextSource>\n"]
    xml.append("</Sources>\n")
    if made.journal or made.annotations:
        xml.append("<Notes>\n")
        for name, (text, owner, when) in made.journal.items():
            own = guid()
            files[f"Sources/{own}.txt"] = text.encode("utf-8-sig")
            xml.append(
                f'<Note guid="{own}" creatingUser="{users.get(owner, "")}" creationDateTime="{when}" '
                f'name="{escape(name)}"  plainTextPath="internal://{own}.txt" >\n<Description /></Note>\n'
            )
        for at, (_, start, end, memo, owner, when) in enumerate(made.annotations):
            xml.append(
                f'<Note guid="{notes.get(at) or guid()}" creatingUser="{users.get(owner, "")}" '
                f'creationDateTime="{when}" >\n<PlainTextContent>{escape(memo)}</PlainTextContent>\n'
                f'<PlainTextSelection guid="{guid()}" startPosition="{start}" endPosition="{end}" />\n'
                "</Note>\n"
            )
        xml.append("</Notes>\n")
    xml.append(f"<Description>{escape(made.memo)}</Description>\n</Project>")
    return write_zip(out, "".join(xml), files)


def _codes_out(made: _QualCoder, guids: dict[str, str], new: Callable[[], str]) -> str:
    def code(at: int) -> str:
        name, memo, colour, _, _, guid = made.codes[at]
        below = [n for n, each in enumerate(made.codes) if each[4] == at + 1]
        inside = f"<Description>{escape(memo)}</Description>\n" * bool(memo)
        inside += "".join(code(n) for n in below)
        return (
            f'<Code guid="{guids[guid]}" name="{escape(name)}" isCodable="true" color="{colour}">\n'
            f"{inside}</Code>\n"
        )

    def category(name: str, memo: str, own: int, depth: int) -> str:
        codes = "".join(code(n) for n, each in enumerate(made.codes) if each[3] == own)
        cats = "".join(category(*each[:3], depth + 1) for each in made.cats if each[3] == own)
        inside = codes + cats if depth == 0 else cats + codes
        said = f"<Description>{escape(memo)}</Description>\n" * bool(memo)
        head = f'<Code guid="{new()}" name="{escape(name)}" isCodable="false">\n'
        return f"{head}{said}{inside}</Code>\n"

    top = [code(n) for n, each in enumerate(made.codes) if not each[3] and not each[4]]
    return "".join(top + [category(*each[:3], 0) for each in made.cats if not each[3]])


def _values_out(made: _QualCoder, about: object, variables: dict[str, str]) -> str:
    said = ""
    for name, of, value in made.values:
        if of != about or type(of) is not type(about):
            continue
        numeric = made.kinds[name][1] == "numeric"
        kind = "Float" if numeric else "Text"
        inside = "" if numeric and not value else f"<{kind}Value>{escape(value)}</{kind}Value>\n"
        ref = f'<VariableRef targetGUID="{variables[name]}" />\n'
        said += f"<VariableValue>\n{ref}{inside}</VariableValue>\n"
    return said
