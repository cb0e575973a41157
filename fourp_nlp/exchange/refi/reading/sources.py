"""Sources of a project and their texts."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from fourp_nlp.errors import ExchangeError, UnsafeExchangeError
from fourp_nlp.exchange.refi.reading.source_texts import NotText, came_in_xml, came_of
from fourp_nlp.exchange.refi.reading.users import named_apart
from fourp_nlp.exchange.refi.xml_dates import utc

if TYPE_CHECKING:
    from fourp_nlp.exchange.exchange import Losses
    from fourp_nlp.exchange.refi.reading._package import Package
    from fourp_nlp.exchange.refi.reading.qde_elements import FoundSource, Holder
    from fourp_nlp.exchange.refi.reading.source_texts import Came
    from fourp_nlp.exchange.refi.reading.users import Guids

__all__ = ["Sources", "read_sources", "text_of"]

_KINDS = MappingProxyType({
    "TextSource": "text",
    "PictureSource": "picture",
    "PDFSource": "pdf",
    "AudioSource": "audio",
    "VideoSource": "video",
})  # fmt: skip


@dataclass
class Sources:
    """Sources, their texts, and the way to them from what the XML says.

    Attributes
    ----------
    rows : list of tuple
        Rows of SOURCES, all of its columns.
    texts : list of Came
        The texts.
    titles : list of str
        Names of the texts' sources.
    owner : list of int
        Index in `rows` of each text's source.
    text_of_holder : dict
        Index in `texts` by ``id`` of the holder; -1 where its text is not there.
    row_of : dict
        Index in `rows` by ``id`` of the source or holder.
    row_of_guid : dict
        Index in `rows` by identity: that of the source, its representation or transcript.
    text_of_row : dict
        Index in `texts` by index in `rows`, for those that have one.
    why_without : dict
        Why a holder's text is not there, by ``id`` of the holder.
    """

    rows: list[tuple[str, str, str, bool, str, str, str, str, str, str, str]] = field(
        default_factory=list
    )
    texts: list[Came] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    owner: list[int] = field(default_factory=list)
    text_of_holder: dict[int, int] = field(default_factory=dict)
    row_of: dict[int, int] = field(default_factory=dict)
    row_of_guid: dict[str, int] = field(default_factory=dict)
    text_of_row: dict[int, int] = field(default_factory=dict)
    why_without: dict[int, str] = field(default_factory=dict)

    def hold(self, holder: Holder, came: Came | None, title: str, row: int) -> None:
        """Note the text of a holder, and that it is of the source in a row."""
        self.row_of[id(holder)] = row
        if came is None:
            self.text_of_holder[id(holder)] = -1
            return
        self.text_of_holder[id(holder)] = self.text_of_row[row] = len(self.texts)
        self.texts.append(came)
        self.titles.append(title)
        self.owner.append(row)


def read_sources(
    found: list[FoundSource],
    package: Package,
    guids: Guids,
    losses: Losses,
    remarks: list[str],
) -> Sources:
    """Read sources and their texts.

    Parameters
    ----------
    found : list of FoundSource
        Elements of the XML.
    package : Package
        The container with the texts.
    guids : Guids
        Spellings.
    losses : Losses
        Takes up sources whose text is not there, and media.
    remarks : list of str
        Takes up encodings.

    Returns
    -------
    Sources
        The sources, one for each that the project has and one more for each further transcript.

    Raises
    ------
    UnsafeExchangeError
        If a text expands beyond the limits.
    """
    made = Sources()
    texts = _Texts(found, package, losses, remarks)
    wanted: list[tuple[FoundSource, Holder | None, bool]] = []
    names: list[str] = []
    twins: list[tuple[Holder, Holder]] = []
    for source in found:
        own = []
        for holder in source.holders:
            twin = texts.twin(holder)
            if twin is None:
                own.append(holder)
            else:
                # Its text is that of another source, and stands there, once.
                twins.append((holder, twin))
        name = source.name.strip() or _base(source, None) or f"source {len(wanted) + 1}"
        wanted.append((source, own[0] if own else None, False))
        names.append(name)
        wanted.extend((source, holder, True) for holder in own[1:])
        names.extend(one.name.strip() or _base(source, one) or name for one in own[1:])
    apart = named_apart(names)
    losses.add(
        "names of sources",
        "Several sources have the same name; they have a number after it here.",
        [new for new, old in zip(apart, names, strict=True) if new != old],
    )
    taken: set[str] = set()
    for row, (source, held, further) in enumerate(wanted):
        written = held.guid if further and held is not None else source.guid
        guid = guids.own(written, taken, "source", row)
        made.row_of_guid[guid] = row
        if not further:
            made.row_of[id(source)] = row
        came = None
        description = "" if further else source.description
        if held is not None:
            came = texts.text(held, apart[row])
            made.hold(held, came, apart[row], row)
            description = description or held.description
            if held.kind != "TextSource" and (alias := guids.tidy(held.guid)):
                made.row_of_guid.setdefault(alias, row)
        made.rows.append(
            (
                guid,
                apart[row],
                came.text if came else "",
                came is not None,
                _KINDS[source.kind],
                _lines(description),
                "",
                *_stamp(held if further and held is not None else source, guids),
            )
        )
        texts.formatted(held, came, apart[row])
    made.why_without.update(texts.why)
    for holder, twin in twins:
        made.row_of[id(holder)] = made.row_of[id(twin)]
        made.text_of_holder[id(holder)] = made.text_of_holder[id(twin)]
        if id(twin) in texts.why:
            made.why_without[id(holder)] = texts.why[id(twin)]
    losses.add(
        "transcripts that are sources as well",
        "Their text is taken once, as the source of their name, and their codings stand there.",
        [holder.name for holder, _ in twins],
    )
    losses.add(
        "further transcripts of a recording",
        "A source has one text here; each further transcript became a source of its own.",
        [name for name, (_, _, further) in zip(apart, wanted, strict=True) if further],
    )
    _tell_of_media(made, found, losses)
    texts.tell()
    return made


def text_of(holder: Holder, package: Package) -> tuple[Came | None, str]:
    """Return the text of a holder.

    Parameters
    ----------
    holder : Holder
        What holds it.
    package : Package
        The container.

    Returns
    -------
    Came or None
        The text, None if it is not there.
    str
        Why it is not there; empty if it is.

    Raises
    ------
    UnsafeExchangeError
        If it expands beyond the limits.
    """
    if holder.content:
        return came_in_xml(holder.content), ""
    place = package.find(holder.plain) if holder.plain else None
    if place is not None and place.member is not None:
        try:
            return came_of(package.read(place.member)), ""
        except NotText as error:
            return None, f"Its file is no text, but {error}."
        except UnsafeExchangeError:
            raise
        except ExchangeError as error:
            return None, f"Its file cannot be read: {error.problem}"
    if package.has(holder.rich):
        why = (
            "The project has it as formatted text alone, such as a Word file, and codings count in plain "
            "text."
        )
    elif place is None:
        why = "The project tells no text and no file."
    elif place.outside:
        why = "Its file lies outside the project, and such files are never opened."
    else:
        why = "Its file is not in the project."
    return None, why


class _Texts:
    """Texts of holders, with what is to be told of them together."""

    def __init__(
        self, found: list[FoundSource], package: Package, losses: Losses, remarks: list[str]
    ) -> None:
        self._package, self._losses, self._remarks = package, losses, remarks
        self._encodings: dict[str, list[str]] = {}
        self._damaged: list[str] = []
        self._formatted: list[str] = []
        self._others: list[str] = []
        self._source_of_path: dict[str, Holder] = {}
        self.why: dict[int, str] = {}
        for source in found:
            for holder in source.holders:
                if holder.kind == "TextSource" and holder.plain:
                    self._source_of_path.setdefault(holder.plain, holder)

    def twin(self, holder: Holder) -> Holder | None:
        """Return the source of which a transcript has the file, None if there is none."""
        if holder.kind != "Transcript" or holder.content is not None:
            return None
        return self._source_of_path.get(holder.plain)

    def text(self, holder: Holder, name: str) -> Came | None:
        """Return a holder's text, None if it is not there."""
        came, why = text_of(holder, self._package)
        if came is None:
            self.why[id(holder)] = why
            self._losses.add(
                "texts of sources", f"{why} The source keeps its name, variables and sets.", [name]
            )
            return None
        if came.encoding not in {"", "utf-8"}:
            self._encodings.setdefault(came.encoding, []).append(name)
        if came.damaged:
            self._damaged.append(name)
        return came

    def formatted(self, holder: Holder | None, came: Came | None, name: str) -> None:
        """Note that a source has its text in another form too, if that is no copy of the plain one."""
        if holder is None or came is None or not holder.rich.strip():
            return
        if not holder.rich.strip().lower().endswith(".txt"):
            self._formatted.append(name)
        elif self._package.has(holder.rich):
            # QualCoder names a copy of the plain text here.
            other, _ = text_of(replace(holder, content=None, plain=holder.rich), self._package)
            if other is None or other.text.strip() != came.text.strip():
                self._others.append(name)

    def tell(self) -> None:
        """Tell of encodings, and of texts that a source has in another form too."""
        self._losses.add(
            "formatted texts",
            "Their plain text is here; their formatting, such as bold letters and fonts, is not.",
            self._formatted,
        )
        self._losses.add(
            "second texts of sources",
            "The file that the project names as the formatted text is a plain text with other words. The "
            "plain text in which codings count is here.",
            self._others,
        )
        for encoding, names in self._encodings.items():
            title = {"cp1252": "Windows-1252, as they are not UTF-8"}.get(
                encoding, encoding.upper()
            )
            listed = ", ".join(names[:3]) + (" and others" if len(names) > 3 else "")
            self._remarks.append(f"Texts read as {title}: {len(names)} ({listed}).")
        self._losses.add(
            "damaged texts",
            "Some bytes mean nothing in the text's encoding; a replacement character stands for them.",
            self._damaged,
        )
        self._losses.add(
            "names of files in the project that it holds twice",
            "The last of them was read.",
            self._package.repeated,
        )


def _tell_of_media(made: Sources, found: list[FoundSource], losses: Losses) -> None:
    for kind, item in (
        ("PictureSource", "pictures"),
        ("PDFSource", "PDF files"),
        ("AudioSource", "sound recordings"),
        ("VideoSource", "films"),
    ):
        rows = [made.row_of[id(source)] for source in found if source.kind == kind]
        losses.add(
            item,
            "Only text is taken over: the source keeps its name, variables, sets, and the text that the "
            "project has of it.",
            [made.rows[row][1] for row in rows],
        )


def _stamp(one: FoundSource | Holder, guids: Guids) -> tuple[str, str, str, str]:
    """Return who made it, when, who changed it last, and when."""
    made_at, modified_at = utc([one.made_at, one.modified_at])
    return guids.tidy(one.user), made_at, guids.tidy(one.modified_by), modified_at


def _base(source: FoundSource, holder: Holder | None) -> str:
    holders = [holder] if holder else source.holders
    paths = [source.path, *(one.plain for one in holders)]
    written = next((path for path in paths if path), "")
    return written.replace("\\", "/").rpartition("/")[2]


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
