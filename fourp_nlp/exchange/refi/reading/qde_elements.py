"""Collects the elements of a .qde as it streams by, without interpreting them.

No tree is built, so a project of hundreds of megabytes needs memory only for what is kept of it. A document
type is refused before anything that it declares can be used.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fourp_nlp.errors import ExchangeError, UnsafeExchangeError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = [
    "CodeElement",
    "CodingElement",
    "CollectionElement",
    "QdeContents",
    "QdeParserTarget",
    "SelectionElement",
    "SourceElement",
    "TextHolder",
    "ValueElement",
    "VariableElement",
]

_MAX_DEPTH = 256
_MAX_ELEMENTS = 1_500_000


@dataclass(slots=True)
class CodeElement:
    """An element Code."""

    guid: str
    parent: CodeElement | None
    name: str
    color: str
    codable: str
    description: str = ""


@dataclass(slots=True)
class SourceElement:
    """A source of any kind; `kind` is its element's name."""

    kind: str
    guid: str
    name: str
    path: str
    holders: list[TextHolder] = field(default_factory=list)
    description: str = ""
    user: str = ""
    made_at: str = ""
    modified_by: str = ""
    modified_at: str = ""


@dataclass(slots=True)
class TextHolder:
    """An element with a text: a text source, a representation, a transcript, a note."""

    kind: str
    source: SourceElement | None
    guid: str
    name: str
    plain_path: str
    rich_path: str
    user: str
    made_at: str
    content: str | None = None
    description: str = ""
    sync_points: dict[str, str] = field(default_factory=dict)
    modified_by: str = ""
    modified_at: str = ""


@dataclass(slots=True)
class SelectionElement:
    """A part of a source; `kind` is its element's name, `row` its place among all selections."""

    row: int
    kind: str
    source: SourceElement | None
    holder: TextHolder | None
    guid: str
    name: str
    start: str
    end: str
    user: str
    made_at: str
    description: str = ""
    shown_text: TextHolder | None = None
    modified_by: str = ""
    modified_at: str = ""


@dataclass(slots=True)
class CodingElement:
    """An element Coding: of a selection, or of a whole source; `row` is its place among all codings."""

    row: int
    guid: str
    user: str
    made_at: str
    selection: SelectionElement | None
    source: SourceElement | None
    holder: TextHolder | None
    code: str = ""


@dataclass(slots=True)
class VariableElement:
    """An element Variable."""

    guid: str
    name: str
    kind: str
    description: str = ""


@dataclass(slots=True)
class ValueElement:
    """An element VariableValue; `kind` is that of its value, which is None if it has none."""

    owner: SourceElement | CollectionElement | TextHolder | None
    variable: str = ""
    kind: str = ""
    value: str | None = None


@dataclass(slots=True)
class CollectionElement:
    """An element Case or Set, and the GUIDs that it refers to, by the reference's element."""

    kind: str
    guid: str
    name: str
    members: list[tuple[str, str]] = field(default_factory=list)
    description: str = ""


@dataclass
class QdeContents:
    """Everything that is kept of a .qde, in its order.

    Attributes
    ----------
    root, namespace, name, origin, description, user, made_at, modified_by, modified_at : str
        Of the root element.
    users : list of (guid, name, id)
        Elements User.
    codes, sources, selections, codings, variables, values, collections, notes : list
        The elements of these kinds; `values` are elements VariableValue, `collections` Case and Set.
    references : list of (object, str)
        The parent of a NoteRef (None for the project), and the GUID in it.
    links : list of (str, str, str)
        Names, and the GUIDs of their two ends.
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
    codes: list[CodeElement] = field(default_factory=list)
    sources: list[SourceElement] = field(default_factory=list)
    selections: list[SelectionElement] = field(default_factory=list)
    codings: list[CodingElement] = field(default_factory=list)
    variables: list[VariableElement] = field(default_factory=list)
    values: list[ValueElement] = field(default_factory=list)
    collections: list[CollectionElement] = field(default_factory=list)
    notes: list[TextHolder] = field(default_factory=list)
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
_REFERENCE_NAMES = frozenset({
    "CodeRef", "SourceRef", "SelectionRef", "MemberCode", "MemberSource", "MemberNote",
})  # fmt: skip
_KNOWN = frozenset({
    "Project", "CodeBook", "Users", "Codes", "Variables", "Cases", "Sources", "Notes", "Links",
    "Sets", "Graphs", "Vertex", "Edge",
})  # fmt: skip


class QdeParserTarget:
    """Receives elements from the parser: their beginnings, texts and ends."""

    def __init__(self, file: object, place: str, root: str) -> None:
        self.qde = QdeContents()
        self.refusal: ExchangeError | None = None
        self._file, self._place, self._root = file, place, root
        self._stack: list[Any] = []
        self._text: list[str] | None = None
        self._element_count = 0
        starters: dict[str, Callable[[str, Mapping[str, str], Any], Any]] = {
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
            "Description": self._start_text,
            "PlainTextContent": self._start_text,
        }
        starters |= dict.fromkeys(_SELECTIONS, self._selection)
        starters |= dict.fromkeys(_SOURCES, self._source)
        starters |= dict.fromkeys(_HOLDERS, self._holder)
        starters |= dict.fromkeys(_VALUES, self._start_text)
        starters |= dict.fromkeys(_REFERENCE_NAMES, self._reference)
        self._starters = starters

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
        """Receive the beginning of an element."""
        namespace, _, name = tag.rpartition("}")
        stack = self._stack
        if not stack:
            self._start_root(name, namespace[1:], attributes)
            stack.append(None)
            return
        if len(stack) >= _MAX_DEPTH:
            self._refuse(
                UnsafeExchangeError(
                    f"The XML is nested deeper than {_MAX_DEPTH} elements.",
                    file=self._file,
                    place=self._place,
                    cure="Do not trust it; ask for a fresh copy.",
                )
            )
        starter = self._starters.get(name)
        if starter is None:
            if name not in _KNOWN and (name in self.qde.unknown or len(self.qde.unknown) < 100):
                self.qde.unknown[name] += 1
            stack.append(stack[-1] if name in _KNOWN else _IGNORED)
            return
        self._element_count += 1
        if self._element_count > _MAX_ELEMENTS:
            self._refuse(
                UnsafeExchangeError(
                    f"The project holds more than {_MAX_ELEMENTS:,} things.",
                    file=self._file,
                    place=self._place,
                    cure="If it is genuine, export it in parts.",
                )
            )
        stack.append(starter(name, attributes, stack[-1]))

    def data(self, text: str) -> None:
        """Receive characters between tags."""
        if self._text is not None:
            self._text.append(text)

    def end(self, _tag: str) -> None:
        """Receive the end of an element."""
        element = self._stack.pop()
        if type(element) is _TextElement:
            self._end_text(element.owner, element.name, "".join(self._text or ()))
            self._text = None

    def close(self) -> None:
        """Do nothing: the parser asks for it."""

    def _end_text(self, owner: Any, name: str, text: str) -> None:
        # Where an element may have one text and has several, the first counts.
        if name == "PlainTextContent":
            if isinstance(owner, TextHolder) and owner.content is None:
                owner.content = text
        elif name != "Description":
            if isinstance(owner, ValueElement):
                owner.kind, owner.value = name.removesuffix("Value"), text
        elif owner is None:
            if len(self._stack) == 1:
                self.qde.description = self.qde.description or text
        elif hasattr(owner, "description"):
            owner.description = owner.description or text

    def _refuse(self, error: ExchangeError) -> None:
        self.refusal = error
        raise error

    def _start_root(self, name: str, namespace: str, attributes: Mapping[str, str]) -> None:
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
        self.qde.root, self.qde.namespace = name, namespace
        self.qde.name = attributes.get("name", "")
        self.qde.origin = attributes.get("origin", "")
        self.qde.user = attributes.get("creatingUserGUID", "")
        self.qde.made_at = attributes.get("creationDateTime", "")
        self.qde.modified_by = attributes.get("modifyingUserGUID", "")
        self.qde.modified_at = attributes.get("modifiedDateTime", "")

    def _start_text(self, name: str, _attributes: Mapping[str, str], parent: Any) -> Any:
        self._text = []
        return _TextElement(parent, name)

    def _user(self, _name: str, attributes: Mapping[str, str], _parent: object) -> None:
        get = attributes.get
        self.qde.users.append((get("guid", ""), get("name", ""), get("id", "")))

    def _code(self, _name: str, attributes: Mapping[str, str], parent: object) -> CodeElement:
        get = attributes.get
        above = parent if isinstance(parent, CodeElement) else None
        code = CodeElement(
            get("guid", ""), above, get("name", ""), get("color", ""), get("isCodable", "")
        )
        self.qde.codes.append(code)
        return code

    def _variable(
        self, _name: str, attributes: Mapping[str, str], _parent: object
    ) -> VariableElement:
        get = attributes.get
        variable = VariableElement(get("guid", ""), get("name", ""), get("typeOfVariable", ""))
        self.qde.variables.append(variable)
        return variable

    def _value(self, _name: str, _attributes: Mapping[str, str], parent: object) -> ValueElement:
        owner = (
            parent if isinstance(parent, SourceElement | CollectionElement | TextHolder) else None
        )
        value = ValueElement(owner)
        self.qde.values.append(value)
        return value

    def _variable_ref(self, _name: str, attributes: Mapping[str, str], parent: object) -> None:
        if isinstance(parent, ValueElement):
            parent.variable = attributes.get("targetGUID", "")

    def _collection(
        self, name: str, attributes: Mapping[str, str], _parent: object
    ) -> CollectionElement:
        collection = CollectionElement(
            name.lower(), attributes.get("guid", ""), attributes.get("name", "")
        )
        self.qde.collections.append(collection)
        return collection

    def _source(self, name: str, attributes: Mapping[str, str], _parent: object) -> Any:
        get = attributes.get
        source = SourceElement(
            name, get("guid", ""), get("name", ""), get("path", ""), **_authorship(attributes)
        )
        self.qde.sources.append(source)
        if name != "TextSource":
            return source
        holder = _make_holder(name, source, attributes)
        source.holders.append(holder)
        return holder

    def _holder(
        self, name: str, attributes: Mapping[str, str], parent: object
    ) -> TextHolder | None:
        if isinstance(parent, SelectionElement):
            # The words in an area of a page.
            parent.shown_text = _make_holder("shown", parent.source, attributes)
            return parent.shown_text
        if not isinstance(parent, SourceElement):
            return None
        holder = _make_holder(name, parent, attributes)
        parent.holders.append(holder)
        return holder

    def _note(self, name: str, attributes: Mapping[str, str], _parent: object) -> TextHolder:
        note = _make_holder(name, None, attributes)
        self.qde.notes.append(note)
        return note

    def _selection(
        self, name: str, attributes: Mapping[str, str], parent: object
    ) -> SelectionElement:
        get = attributes.get
        holder = parent if isinstance(parent, TextHolder) else None
        source = parent if isinstance(parent, SourceElement) else holder.source if holder else None
        start, end = (
            ("fromSyncPoint", "toSyncPoint")
            if name == "TranscriptSelection"
            else ("startPosition", "endPosition")
        )
        selection = SelectionElement(
            len(self.qde.selections), name, source, holder, get("guid", ""), get("name", ""),
            get(start, ""), get(end, ""), **_authorship(attributes),
        )  # fmt: skip
        self.qde.selections.append(selection)
        return selection

    def _coding(self, _name: str, attributes: Mapping[str, str], parent: object) -> CodingElement:
        get = attributes.get
        selection = parent if isinstance(parent, SelectionElement) else None
        holder = parent if isinstance(parent, TextHolder) else None
        source = parent if isinstance(parent, SourceElement) else holder.source if holder else None
        coding = CodingElement(
            len(self.qde.codings), get("guid", ""), get("creatingUser", ""),
            get("creationDateTime", ""), selection, source, holder,
        )  # fmt: skip
        self.qde.codings.append(coding)
        return coding

    def _reference(self, name: str, attributes: Mapping[str, str], parent: object) -> None:
        # Projects write targetGUID; codebooks write guid.
        target = attributes.get("targetGUID") or attributes.get("guid", "")
        if isinstance(parent, CodingElement):
            parent.code = target
        elif isinstance(parent, CollectionElement):
            parent.members.append((name, target))

    def _note_ref(self, _name: str, attributes: Mapping[str, str], parent: object) -> None:
        if parent is not None or len(self._stack) == 1:
            self.qde.references.append((parent, attributes.get("targetGUID", "")))

    def _link(self, _name: str, attributes: Mapping[str, str], _parent: object) -> _Ignored:
        get = attributes.get
        self.qde.links.append((get("name", ""), get("originGUID", ""), get("targetGUID", "")))
        return _IGNORED

    def _graph(self, _name: str, attributes: Mapping[str, str], _parent: object) -> _Ignored:
        self.qde.graphs.append(attributes.get("name", ""))
        return _IGNORED

    def _sync_point(self, _name: str, attributes: Mapping[str, str], parent: object) -> None:
        if isinstance(parent, TextHolder):
            get = attributes.get
            parent.sync_points[get("guid", "").strip().lower()] = get("position", "")


def _make_holder(
    kind: str, source: SourceElement | None, attributes: Mapping[str, str]
) -> TextHolder:
    get = attributes.get
    return TextHolder(
        kind, source, get("guid", ""), get("name", ""), get("plainTextPath", ""),
        get("richTextPath", ""), **_authorship(attributes),
    )  # fmt: skip


def _authorship(attributes: Mapping[str, str]) -> dict[str, Any]:
    """Return who made an element and who changed it last, and when."""
    get = attributes.get
    return {
        "user": get("creatingUser", ""),
        "made_at": get("creationDateTime", ""),
        "modified_by": get("modifyingUser", ""),
        "modified_at": get("modifiedDateTime", ""),
    }


class _TextElement:
    __slots__ = ("name", "owner")

    def __init__(self, owner: Any, name: str) -> None:
        self.owner, self.name = owner, name


class _Ignored:
    """Stands for a link or a graph, which are counted only."""


_IGNORED = _Ignored()
