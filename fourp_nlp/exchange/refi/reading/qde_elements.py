"""QDA-XML as it is written: the elements of a .qde, collected while it streams by, nothing interpreted.

No tree is built, so that a project of hundreds of megabytes costs what is kept of it. A document type
is refused before anything that it declares could be used.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fourp_nlp.errors import ExchangeError, UnsafeExchangeError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = [
    "Applied",
    "Collection",
    "Found",
    "FoundCode",
    "FoundSource",
    "Holder",
    "Selection",
    "Target",
    "Value",
    "Variable",
]

_DEPTH = 256
_THINGS = 1_500_000


@dataclass(slots=True)
class FoundCode:
    """An element Code."""

    guid: str
    parent: FoundCode | None
    name: str
    color: str
    codable: str
    description: str = ""


@dataclass(slots=True)
class FoundSource:
    """A source of any kind; `kind` is its element's name."""

    kind: str
    guid: str
    name: str
    path: str
    holders: list[Holder] = field(default_factory=list)
    description: str = ""
    user: str = ""
    made_at: str = ""
    modified_by: str = ""
    modified_at: str = ""


@dataclass(slots=True)
class Holder:
    """What holds a text: a text source, a representation, a transcript, a note."""

    kind: str
    source: FoundSource | None
    guid: str
    name: str
    plain: str
    rich: str
    user: str
    made_at: str
    content: str | None = None
    description: str = ""
    points: dict[str, str] = field(default_factory=dict)
    modified_by: str = ""
    modified_at: str = ""


@dataclass(slots=True)
class Selection:
    """A part of a source; `kind` is its element's name, `row` its place among all selections."""

    row: int
    kind: str
    source: FoundSource | None
    holder: Holder | None
    guid: str
    name: str
    start: str
    end: str
    user: str
    made_at: str
    description: str = ""
    shown: Holder | None = None
    modified_by: str = ""
    modified_at: str = ""


@dataclass(slots=True)
class Applied:
    """An element Coding: of a selection, or of a whole source; `row` is its place among all codings."""

    row: int
    guid: str
    user: str
    made_at: str
    selection: Selection | None
    source: FoundSource | None
    holder: Holder | None
    code: str = ""


@dataclass(slots=True)
class Variable:
    """An element Variable."""

    guid: str
    name: str
    kind: str
    description: str = ""


@dataclass(slots=True)
class Value:
    """An element VariableValue; `kind` is the name of the element with its value, None if it has none."""

    about: FoundSource | Collection | Holder | None
    variable: str = ""
    kind: str = ""
    value: str | None = None


@dataclass(slots=True)
class Collection:
    """An element Case or Set, and the GUIDs that it refers to, by the reference's element."""

    kind: str
    guid: str
    name: str
    members: list[tuple[str, str]] = field(default_factory=list)
    description: str = ""


@dataclass
class Found:
    """Everything that is kept of a .qde, in the order in which it stands there.

    Attributes
    ----------
    root, namespace, name, origin, description, user, made_at, modified_by, modified_at : str
        Of the root element.
    users : list of (guid, name, id)
        Elements User.
    codes, sources, selections, applied, variables, collections, notes : list
        The elements of these kinds.
    had : list of Value
        Elements VariableValue.
    references : list of (object, str)
        What a NoteRef stands in (None for the project), and the GUID that it names.
    links : list of (str, str, str)
        Names, and the GUIDs of what they go from and to.
    graphs : list of str
        Names.
    unknown : collections.Counter
        Elements that QDA-XML 1.0 does not have, by name.
    """

    root: str = ""
    namespace: str = ""
    name: str = ""
    origin: str = ""
    description: str = ""
    user: str = ""
    made_at: str = ""
    modified_by: str = ""
    modified_at: str = ""
    users: list[tuple[str, str, str]] = field(default_factory=list)
    codes: list[FoundCode] = field(default_factory=list)
    sources: list[FoundSource] = field(default_factory=list)
    selections: list[Selection] = field(default_factory=list)
    applied: list[Applied] = field(default_factory=list)
    variables: list[Variable] = field(default_factory=list)
    had: list[Value] = field(default_factory=list)
    collections: list[Collection] = field(default_factory=list)
    notes: list[Holder] = field(default_factory=list)
    references: list[tuple[Any, str]] = field(default_factory=list)
    links: list[tuple[str, str, str]] = field(default_factory=list)
    graphs: list[str] = field(default_factory=list)
    unknown: Counter[str] = field(default_factory=Counter)


_SELECTIONS = frozenset({
    "PlainTextSelection", "PictureSelection", "PDFSelection", "AudioSelection", "VideoSelection",
    "TranscriptSelection",
})  # fmt: skip
_SOURCES = frozenset({"TextSource", "PictureSource", "PDFSource", "AudioSource", "VideoSource"})
_HOLDERS = frozenset({"Representation", "TextDescription", "Transcript"})
_VALUES = frozenset({
    "TextValue", "BooleanValue", "IntegerValue", "FloatValue", "DateValue", "DateTimeValue",
})  # fmt: skip
_REFERENCES = frozenset({
    "CodeRef", "SourceRef", "SelectionRef", "MemberCode", "MemberSource", "MemberNote",
})  # fmt: skip
_KNOWN = frozenset({
    "Project", "CodeBook", "Users", "Codes", "Variables", "Cases", "Sources", "Notes", "Links",
    "Sets", "Graphs", "Vertex", "Edge",
})  # fmt: skip


class Target:
    """What the parser tells: elements beginning, their text, elements ending."""

    def __init__(self, file: object, place: str, root: str) -> None:
        self.found = Found()
        self.refusal: ExchangeError | None = None
        self._file, self._place, self._root = file, place, root
        self._stack: list[Any] = []
        self._text: list[str] | None = None
        self._things = 0
        make: dict[str, Callable[[str, Mapping[str, str], Any], Any]] = {
            "User": self._user,
            "Code": self._code,
            "Variable": self._variable,
            "VariableValue": self._value,
            "VariableRef": self._variable_ref,
            "Case": self._collection,
            "Set": self._collection,
            "Note": self._note,
            "NoteRef": self._note_ref,
            "Link": self._link,
            "Graph": self._graph,
            "Coding": self._coding,
            "SyncPoint": self._sync_point,
            "Description": self._words,
            "PlainTextContent": self._words,
        }
        make |= dict.fromkeys(_SELECTIONS, self._selection)
        make |= dict.fromkeys(_SOURCES, self._source)
        make |= dict.fromkeys(_HOLDERS, self._holder)
        make |= dict.fromkeys(_VALUES, self._words)
        make |= dict.fromkeys(_REFERENCES, self._reference)
        self._make = make

    def doctype(self, name: str, _public: str | None, _system: str | None) -> None:
        """Refuse a document type."""
        self._refuse(
            UnsafeExchangeError(
                f"The XML has a document type ({name}), which no REFI-QDA program writes: it could "
                "declare entities that unfold without end or read other files.",
                file=self._file,
                place=self._place,
                cure="Do not trust it; ask for a fresh copy.",
            )
        )

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Take the beginning of an element."""
        namespace, _, name = tag.rpartition("}")
        stack = self._stack
        if not stack:
            self._begin(name, namespace[1:], attributes)
            stack.append(None)
            return
        if len(stack) >= _DEPTH:
            self._refuse(
                UnsafeExchangeError(
                    f"The XML is nested deeper than {_DEPTH} elements.",
                    file=self._file,
                    place=self._place,
                    cure="Do not trust it; ask for a fresh copy.",
                )
            )
        make = self._make.get(name)
        if make is None:
            if name not in _KNOWN and (name in self.found.unknown or len(self.found.unknown) < 100):
                self.found.unknown[name] += 1
            stack.append(stack[-1] if name in _KNOWN else _ELSEWHERE)
            return
        self._things += 1
        if self._things > _THINGS:
            self._refuse(
                UnsafeExchangeError(
                    f"The project holds more than {_THINGS:,} things.",
                    file=self._file,
                    place=self._place,
                    cure="If it is genuine, export it in parts.",
                )
            )
        stack.append(make(name, attributes, stack[-1]))

    def data(self, text: str) -> None:
        """Take characters between tags."""
        if self._text is not None:
            self._text.append(text)

    def end(self, _tag: str) -> None:
        """Take the end of an element."""
        made = self._stack.pop()
        if type(made) is _Words:
            self._said(made.owner, made.name, "".join(self._text or ()))
            self._text = None

    def close(self) -> None:
        """Do nothing: the parser asks for it."""

    def _said(self, owner: Any, name: str, text: str) -> None:
        # What may be said once counts once: a second time, the first stands.
        if name == "PlainTextContent":
            if isinstance(owner, Holder) and owner.content is None:
                owner.content = text
        elif name != "Description":
            if isinstance(owner, Value):
                owner.kind, owner.value = name.removesuffix("Value"), text
        elif owner is None:
            if len(self._stack) == 1:
                self.found.description = self.found.description or text
        elif hasattr(owner, "description"):
            owner.description = owner.description or text

    def _refuse(self, error: ExchangeError) -> None:
        self.refusal = error
        raise error

    def _begin(self, name: str, namespace: str, attributes: Mapping[str, str]) -> None:
        if name != self._root:
            expected = "project" if self._root == "Project" else "codebook"
            self._refuse(
                ExchangeError(
                    f"This is no QDA-XML {expected}: its root element is {name[:60]}, not {self._root}.",
                    file=self._file,
                    place=self._place,
                    cure="A project ends in .qdpx, a codebook in .qdc; export it again.",
                )
            )
        self.found.root, self.found.namespace = name, namespace
        self.found.name = attributes.get("name", "")
        self.found.origin = attributes.get("origin", "")
        self.found.user = attributes.get("creatingUserGUID", "")
        self.found.made_at = attributes.get("creationDateTime", "")
        self.found.modified_by = attributes.get("modifyingUserGUID", "")
        self.found.modified_at = attributes.get("modifiedDateTime", "")

    def _words(self, name: str, _attributes: Mapping[str, str], parent: Any) -> Any:
        self._text = []
        return _Words(parent, name)

    def _user(self, _name: str, attributes: Mapping[str, str], _parent: object) -> None:
        get = attributes.get
        self.found.users.append((get("guid", ""), get("name", ""), get("id", "")))

    def _code(self, _name: str, attributes: Mapping[str, str], parent: object) -> FoundCode:
        get = attributes.get
        above = parent if isinstance(parent, FoundCode) else None
        made = FoundCode(
            get("guid", ""), above, get("name", ""), get("color", ""), get("isCodable", "")
        )
        self.found.codes.append(made)
        return made

    def _variable(self, _name: str, attributes: Mapping[str, str], _parent: object) -> Variable:
        get = attributes.get
        made = Variable(get("guid", ""), get("name", ""), get("typeOfVariable", ""))
        self.found.variables.append(made)
        return made

    def _value(self, _name: str, _attributes: Mapping[str, str], parent: object) -> Value:
        about = parent if isinstance(parent, FoundSource | Collection | Holder) else None
        made = Value(about)
        self.found.had.append(made)
        return made

    def _variable_ref(self, _name: str, attributes: Mapping[str, str], parent: object) -> None:
        if isinstance(parent, Value):
            parent.variable = attributes.get("targetGUID", "")

    def _collection(self, name: str, attributes: Mapping[str, str], _parent: object) -> Collection:
        made = Collection(name.lower(), attributes.get("guid", ""), attributes.get("name", ""))
        self.found.collections.append(made)
        return made

    def _source(self, name: str, attributes: Mapping[str, str], _parent: object) -> Any:
        get = attributes.get
        made = FoundSource(
            name, get("guid", ""), get("name", ""), get("path", ""), **_stamp(attributes)
        )
        self.found.sources.append(made)
        if name != "TextSource":
            return made
        holder = _hold(name, made, attributes)
        made.holders.append(holder)
        return holder

    def _holder(self, name: str, attributes: Mapping[str, str], parent: object) -> Holder | None:
        if isinstance(parent, Selection):
            # The words that a stretch of a page shows.
            parent.shown = _hold("shown", parent.source, attributes)
            return parent.shown
        if not isinstance(parent, FoundSource):
            return None
        made = _hold(name, parent, attributes)
        parent.holders.append(made)
        return made

    def _note(self, name: str, attributes: Mapping[str, str], _parent: object) -> Holder:
        made = _hold(name, None, attributes)
        self.found.notes.append(made)
        return made

    def _selection(self, name: str, attributes: Mapping[str, str], parent: object) -> Selection:
        get = attributes.get
        holder = parent if isinstance(parent, Holder) else None
        source = parent if isinstance(parent, FoundSource) else holder.source if holder else None
        start, end = (
            ("fromSyncPoint", "toSyncPoint")
            if name == "TranscriptSelection"
            else ("startPosition", "endPosition")
        )
        made = Selection(
            len(self.found.selections), name, source, holder, get("guid", ""), get("name", ""),
            get(start, ""), get(end, ""), **_stamp(attributes),
        )  # fmt: skip
        self.found.selections.append(made)
        return made

    def _coding(self, _name: str, attributes: Mapping[str, str], parent: object) -> Applied:
        get = attributes.get
        selection = parent if isinstance(parent, Selection) else None
        holder = parent if isinstance(parent, Holder) else None
        source = parent if isinstance(parent, FoundSource) else holder.source if holder else None
        made = Applied(
            len(self.found.applied), get("guid", ""), get("creatingUser", ""),
            get("creationDateTime", ""), selection, source, holder,
        )  # fmt: skip
        self.found.applied.append(made)
        return made

    def _reference(self, name: str, attributes: Mapping[str, str], parent: object) -> None:
        # Projects write targetGUID; codebooks write guid.
        target = attributes.get("targetGUID") or attributes.get("guid", "")
        if isinstance(parent, Applied):
            parent.code = target
        elif isinstance(parent, Collection):
            parent.members.append((name, target))

    def _note_ref(self, _name: str, attributes: Mapping[str, str], parent: object) -> None:
        if parent is not None or len(self._stack) == 1:
            self.found.references.append((parent, attributes.get("targetGUID", "")))

    def _link(self, _name: str, attributes: Mapping[str, str], _parent: object) -> _Elsewhere:
        get = attributes.get
        self.found.links.append((get("name", ""), get("originGUID", ""), get("targetGUID", "")))
        return _ELSEWHERE

    def _graph(self, _name: str, attributes: Mapping[str, str], _parent: object) -> _Elsewhere:
        self.found.graphs.append(attributes.get("name", ""))
        return _ELSEWHERE

    def _sync_point(self, _name: str, attributes: Mapping[str, str], parent: object) -> None:
        if isinstance(parent, Holder):
            get = attributes.get
            parent.points[get("guid", "").strip().lower()] = get("position", "")


def _hold(kind: str, source: FoundSource | None, attributes: Mapping[str, str]) -> Holder:
    get = attributes.get
    return Holder(
        kind, source, get("guid", ""), get("name", ""), get("plainTextPath", ""),
        get("richTextPath", ""), **_stamp(attributes),
    )  # fmt: skip


def _stamp(attributes: Mapping[str, str]) -> dict[str, Any]:
    """Return who made a thing and who changed it last, and when."""
    get = attributes.get
    return {
        "user": get("creatingUser", ""),
        "made_at": get("creationDateTime", ""),
        "modified_by": get("modifyingUser", ""),
        "modified_at": get("modifiedDateTime", ""),
    }


class _Words:
    __slots__ = ("name", "owner")

    def __init__(self, owner: Any, name: str) -> None:
        self.owner, self.name = owner, name


class _Elsewhere:
    """Stands for a link or a graph, which are counted and not taken."""


_ELSEWHERE = _Elsewhere()
