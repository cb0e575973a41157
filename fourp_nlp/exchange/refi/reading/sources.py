"""Reads the sources of a project and their texts."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from fourp_nlp.errors import ExchangeError, UnsafeExchangeError
from fourp_nlp.exchange.refi.reading.source_texts import (
    NotText,
    decode_source_text,
    source_text_in_xml,
)
from fourp_nlp.exchange.refi.reading.users import distinct_names
from fourp_nlp.exchange.refi.xml_dates import utc

if TYPE_CHECKING:
    from fourp_nlp.exchange.exchange import Losses
    from fourp_nlp.exchange.refi.reading._package import Package
    from fourp_nlp.exchange.refi.reading.qde_elements import SourceElement, TextHolder
    from fourp_nlp.exchange.refi.reading.source_texts import SourceText
    from fourp_nlp.exchange.refi.reading.users import Guids

__all__ = ["Sources", "read_holder_text", "read_sources"]

_KINDS = MappingProxyType({
    "TextSource": "text",
    "PictureSource": "picture",
    "PDFSource": "pdf",
    "AudioSource": "audio",
    "VideoSource": "video",
})  # fmt: skip


@dataclass
class Sources:
    """Sources and their texts, with the way to them from elements of the XML.

    Attributes
    ----------
    rows : list of tuple
        Rows of SOURCES, all of its columns.
    texts : list of SourceText
        The texts.
    titles : list of str
        Names of the texts' sources.
    row_of_text : list of int
        Index in `rows` of each text's source.
    text_of_holder : dict
        Index in `texts` by ``id`` of the holder; -1 where its text is not there.
    row_of : dict
        Index in `rows` by ``id`` of the source or holder.
    row_of_guid : dict
        Index in `rows` by identity: that of the source, its representation or transcript.
    text_of_row : dict
        Index in `texts` by index in `rows`, for those that have one.
    missing_text_reason : dict
        Why a holder's text is missing, by ``id`` of the holder.
    """

    rows: list[tuple[str, str, str, bool, str, str, str, str, str, str, str]] = field(
        default_factory=list
    )
    texts: list[SourceText] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    row_of_text: list[int] = field(default_factory=list)
    text_of_holder: dict[int, int] = field(default_factory=dict)
    row_of: dict[int, int] = field(default_factory=dict)
    row_of_guid: dict[str, int] = field(default_factory=dict)
    text_of_row: dict[int, int] = field(default_factory=dict)
    missing_text_reason: dict[int, str] = field(default_factory=dict)

    def add_text(self, holder: TextHolder, text: SourceText | None, title: str, row: int) -> None:
        """Add the text of a holder, which belongs to the source in a row."""
        self.row_of[id(holder)] = row
        if text is None:
            self.text_of_holder[id(holder)] = -1
            return
        self.text_of_holder[id(holder)] = self.text_of_row[row] = len(self.texts)
        self.texts.append(text)
        self.titles.append(title)
        self.row_of_text.append(row)


def read_sources(
    elements: list[SourceElement],
    package: Package,
    guids: Guids,
    losses: Losses,
    remarks: list[str],
) -> Sources:
    """Read sources and their texts.

    Parameters
    ----------
    elements : list of SourceElement
        Elements of the XML.
    package : Package
        The container with the texts.
    guids : Guids
        Normalises GUIDs.
    losses : Losses
        Sources whose text is missing, and media, are added here.
    remarks : list of str
        Encodings are added here.

    Returns
    -------
    Sources
        The sources: one for each of the project, and one for each further transcript.

    Raises
    ------
    UnsafeExchangeError
        If a text expands beyond the limits.
    """
    sources = Sources()
    texts = _TextReader(elements, package, losses, remarks)
    entries, shared_files = _list_entries(elements, texts)
    names = distinct_names(entry.name for entry in entries)
    losses.add(
        "names of sources",
        "Several sources have the same name; here, the name has a number after it.",
        [new for new, entry in zip(names, entries, strict=True) if new != entry.name],
    )
    taken: set[str] = set()
    for row, (entry, name) in enumerate(zip(entries, names, strict=True)):
        guid = guids.unique(entry.named.guid, taken, "source", row)
        sources.row_of_guid[guid] = row
        if not entry.further:
            sources.row_of[id(entry.element)] = row
        text = None
        description = "" if entry.further else entry.element.description
        if entry.holder is not None:
            text = texts.text(entry.holder, name)
            sources.add_text(entry.holder, text, name, row)
            description = description or entry.holder.description
            alias = guids.normalise(entry.holder.guid)
            if entry.holder.kind != "TextSource" and alias:
                sources.row_of_guid.setdefault(alias, row)
        sources.rows.append(
            (
                guid,
                name,
                text.text if text else "",
                text is not None,
                _KINDS[entry.element.kind],
                _normal_line_ends(description),
                "",
                *_authorship(entry.named, guids),
            )
        )
        texts.note_second_form(entry.holder, text, name)
    sources.missing_text_reason.update(texts.missing_reasons)
    for holder, text_source in shared_files:
        sources.row_of[id(holder)] = sources.row_of[id(text_source)]
        sources.text_of_holder[id(holder)] = sources.text_of_holder[id(text_source)]
        if id(text_source) in texts.missing_reasons:
            sources.missing_text_reason[id(holder)] = texts.missing_reasons[id(text_source)]
    losses.add(
        "transcripts that are sources as well",
        "Their text is read once, as the source of that name, with their codings.",
        [holder.name for holder, _ in shared_files],
    )
    losses.add(
        "further transcripts of a recording",
        "A source has one text here; each further transcript became a source of its own.",
        [name for name, entry in zip(names, entries, strict=True) if entry.further],
    )
    _add_media_losses(sources, elements, losses)
    texts.report()
    return sources


class _Entry(NamedTuple):
    """A source to be: an element with the holder of its text, or with a further transcript."""

    name: str
    element: SourceElement
    holder: TextHolder | None
    further: bool

    @property
    def named(self) -> SourceElement | TextHolder:
        """The element of which the source has its GUID and author."""
        return self.holder if self.further and self.holder is not None else self.element


def _list_entries(
    elements: list[SourceElement], texts: _TextReader
) -> tuple[list[_Entry], list[tuple[TextHolder, TextHolder]]]:
    """Return the sources to be, and transcripts whose file is a source as well, with that source's text."""
    entries: list[_Entry] = []
    shared_files: list[tuple[TextHolder, TextHolder]] = []
    for element in elements:
        holders = []
        for holder in element.holders:
            text_source = texts.text_source_of(holder)
            if text_source is None:
                holders.append(holder)
            else:
                shared_files.append((holder, text_source))
        name = element.name.strip() or _file_name(element, None) or f"source {len(entries) + 1}"
        entries.append(_Entry(name, element, holders[0] if holders else None, further=False))
        entries.extend(
            _Entry(
                holder.name.strip() or _file_name(element, holder) or name,
                element,
                holder,
                further=True,
            )
            for holder in holders[1:]
        )
    return entries, shared_files


def read_holder_text(holder: TextHolder, package: Package) -> tuple[SourceText | None, str]:
    """Return the text of a holder.

    Parameters
    ----------
    holder : TextHolder
        What holds it.
    package : Package
        The container.

    Returns
    -------
    SourceText or None
        The text, None if it is not there.
    str
        Why it is not there; empty if it is.

    Raises
    ------
    UnsafeExchangeError
        If it expands beyond the limits.
    """
    if holder.content:
        return source_text_in_xml(holder.content), ""
    place = package.find(holder.plain_path) if holder.plain_path else None
    if place is not None and place.member is not None:
        try:
            return decode_source_text(package.read(place.member)), ""
        except NotText as error:
            return None, f"Its file is no text, but {error}."
        except UnsafeExchangeError:
            raise
        except ExchangeError as error:
            return None, f"Its file cannot be read: {error.problem}"
    if package.has(holder.rich_path):
        why = (
            "The project has it as formatted text alone, such as a Word file, and codings count in plain "
            "text."
        )
    elif place is None:
        why = "The project has neither its text nor a file for it."
    elif place.outside:
        why = "Its file is outside the project; such files are never opened."
    else:
        why = "Its file is not in the project."
    return None, why


class _TextReader:
    """Reads texts of holders, and collects losses and remarks about them."""

    def __init__(
        self, elements: list[SourceElement], package: Package, losses: Losses, remarks: list[str]
    ) -> None:
        self._package, self._losses, self._remarks = package, losses, remarks
        self._encodings: dict[str, list[str]] = {}
        self._damaged_names: list[str] = []
        self._formatted_names: list[str] = []
        self._second_texts: list[str] = []
        self._source_of_path: dict[str, TextHolder] = {}
        self.missing_reasons: dict[int, str] = {}
        for source in elements:
            for holder in source.holders:
                if holder.kind == "TextSource" and holder.plain_path:
                    self._source_of_path.setdefault(holder.plain_path, holder)

    def text_source_of(self, holder: TextHolder) -> TextHolder | None:
        """Return the source with the same file as a transcript; None if there is none."""
        if holder.kind != "Transcript" or holder.content is not None:
            return None
        return self._source_of_path.get(holder.plain_path)

    def text(self, holder: TextHolder, name: str) -> SourceText | None:
        """Return a holder's text, None if it is not there."""
        text, reason = read_holder_text(holder, self._package)
        if text is None:
            self.missing_reasons[id(holder)] = reason
            self._losses.add(
                "texts of sources",
                f"{reason} The source keeps its name, variables and sets.",
                [name],
            )
            return None
        if text.encoding not in {"", "utf-8"}:
            self._encodings.setdefault(text.encoding, []).append(name)
        if text.damaged:
            self._damaged_names.append(name)
        return text

    def note_second_form(
        self, holder: TextHolder | None, text: SourceText | None, name: str
    ) -> None:
        """Note a second form of a text, if that is no copy of the plain text."""
        if holder is None or text is None or not holder.rich_path.strip():
            return
        if not holder.rich_path.strip().lower().endswith(".txt"):
            self._formatted_names.append(name)
        elif self._package.has(holder.rich_path):
            # QualCoder names a copy of the plain text here.
            other, _ = read_holder_text(
                replace(holder, content=None, plain_path=holder.rich_path), self._package
            )
            if other is None or other.text.strip() != text.text.strip():
                self._second_texts.append(name)

    def report(self) -> None:
        """Add what was noted to the losses and remarks."""
        self._losses.add(
            "formatted texts",
            "Their plain text is here; their formatting, such as bold letters and fonts, is not.",
            self._formatted_names,
        )
        self._losses.add(
            "second texts of sources",
            "The file that the project names as the formatted text is a plain text with other words. The "
            "plain text in which codings count is here.",
            self._second_texts,
        )
        for encoding, names in self._encodings.items():
            title = {"cp1252": "Windows-1252, as they are not UTF-8"}.get(
                encoding, encoding.upper()
            )
            listed = ", ".join(names[:3]) + (" and others" if len(names) > 3 else "")
            self._remarks.append(f"Texts read as {title}: {len(names)} ({listed}).")
        self._losses.add(
            "damaged texts",
            "Some bytes are invalid in the text's encoding; they are shown as a replacement character.",
            self._damaged_names,
        )
        self._losses.add(
            "names of files in the project that it holds twice",
            "The last of them was read.",
            self._package.repeated,
        )


def _add_media_losses(sources: Sources, elements: list[SourceElement], losses: Losses) -> None:
    for kind, item in (
        ("PictureSource", "pictures"),
        ("PDFSource", "PDF files"),
        ("AudioSource", "sound recordings"),
        ("VideoSource", "films"),
    ):
        rows = [sources.row_of[id(source)] for source in elements if source.kind == kind]
        losses.add(
            item,
            "Only their text is imported: the source keeps its name, variables, sets, and the text that the "
            "project has of it.",
            [sources.rows[row][1] for row in rows],
        )


def _authorship(element: SourceElement | TextHolder, guids: Guids) -> tuple[str, str, str, str]:
    """Return who made an element, when, who changed it last, and when."""
    made_at, modified_at = utc([element.made_at, element.modified_at])
    return guids.normalise(element.user), made_at, guids.normalise(element.modified_by), modified_at


def _file_name(source: SourceElement, holder: TextHolder | None) -> str:
    holders = [holder] if holder else source.holders
    paths = [source.path, *(holder_.plain_path for holder_ in holders)]
    written = next((path for path in paths if path), "")
    return written.replace("\\", "/").rpartition("/")[2]


def _normal_line_ends(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
