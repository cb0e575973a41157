"""Sources of a project and their texts."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from fourp_nlp.errors import ExchangeError, UnsafeExchangeError
from fourp_nlp.interchange.refi._people import named_apart
from fourp_nlp.interchange.refi._texts import NotText, came_in_xml, came_of

if TYPE_CHECKING:
    from fourp_nlp.interchange._exchange import Losses
    from fourp_nlp.interchange.refi._package import Package
    from fourp_nlp.interchange.refi._people import Guids
    from fourp_nlp.interchange.refi._qde import FoundSource, Holder
    from fourp_nlp.interchange.refi._texts import Came

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
        Rows of SOURCES: guid, document, text, has_text, kind, description.
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

    rows: list[tuple[str, str, str, bool, str, str]] = field(default_factory=list)
    texts: list[Came] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    owner: list[int] = field(default_factory=list)
    text_of_holder: dict[int, int] = field(default_factory=dict)
    row_of: dict[int, int] = field(default_factory=dict)
    row_of_guid: dict[str, int] = field(default_factory=dict)
    text_of_row: dict[int, int] = field(default_factory=dict)
    why_without: dict[int, str] = field(default_factory=dict)


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
    wanted: list[tuple[str, Holder | None, FoundSource]] = []
    names: list[str] = []
    for source in found:
        name = source.name.strip() or _base(source, None) or f"source {len(wanted) + 1}"
        wanted.append(("", source.holders[0] if source.holders else None, source))
        names.append(name)
        for holder in source.holders[1:]:
            wanted.append(("further", holder, source))
            names.append(holder.name.strip() or _base(source, holder) or name)
    apart = named_apart(names)
    losses.add(
        "names of sources",
        "Several sources have the same name; they have a number after it here.",
        [new for new, old in zip(apart, names, strict=True) if new != old],
    )
    taken: set[str] = set()
    shared = _Shared(package, losses, remarks)
    shared.claim(found, apart, wanted)
    further = []
    for row, (extra, holder, source) in enumerate(wanted):
        written = holder.guid if extra and holder else source.guid
        guid = guids.own(written, taken, "source", row)
        came = shared.text(holder, apart[row], row) if holder else None
        if holder is not None:
            made.row_of[id(holder)] = row
            made.text_of_holder[id(holder)] = -1
            if holder.kind != "TextSource" and (alias := guids.tidy(holder.guid)):
                made.row_of_guid.setdefault(alias, row)
            if id(holder) in shared.why:
                made.why_without[id(holder)] = shared.why[id(holder)]
        if not extra:
            made.row_of[id(source)] = row
        else:
            further.append(apart[row])
        made.row_of_guid[guid] = row
        if came is not None and holder is not None:
            made.text_of_holder[id(holder)] = made.text_of_row[row] = len(made.texts)
            made.texts.append(came)
            made.titles.append(apart[row])
            made.owner.append(row)
        description = holder.description if holder and (extra or not source.description) else ""
        made.rows.append((
            guid,
            apart[row],
            came.text if came else "",
            came is not None,
            _KINDS[source.kind],
            _lines(description or ("" if extra else source.description)),
        ))  # fmt: skip
    for holder, kept in shared.same_as:
        # The text of a transcript that is a source of its own as well stands there, once.
        made.text_of_holder[id(holder)] = made.text_of_holder[id(kept)]
    losses.add(
        "further transcripts of a recording",
        "A source has one text here; each further transcript became a source of its own.",
        further,
    )
    _tell_of_media(made, found, losses)
    shared.tell()
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
    if holder.content or (holder.content is not None and not holder.plain):
        return came_in_xml(holder.content), ""
    if not holder.plain:
        if package.has(holder.rich):
            return None, (
                "The project has it as formatted text alone (a Word file), without the plain text that "
                "codings count in."
            )
        return None, "The project says no text and no file."
    place = package.find(holder.plain)
    if place.member is None:
        if place.outside:
            return None, "Its file lies outside the project, and such files are never opened."
        return None, "Its file is not in the project."
    try:
        return came_of(package.read(place.member)), ""
    except NotText as error:
        return None, f"Its file is no text, but {error}."
    except UnsafeExchangeError:
        raise
    except ExchangeError as error:
        return None, f"Its file cannot be read: {error.problem}"


class _Shared:
    """Texts of holders, each file read once, with what is to be told of them together."""

    def __init__(self, package: Package, losses: Losses, remarks: list[str]) -> None:
        self._package, self._losses, self._remarks = package, losses, remarks
        self._encodings: dict[str, list[str]] = {}
        self._damaged: list[str] = []
        self._source_of_path: dict[str, Holder] = {}
        self.same_as: list[tuple[Holder, Holder]] = []
        self.why: dict[int, str] = {}

    def claim(
        self,
        found: list[FoundSource],
        _names: list[str],
        _wanted: list[tuple[str, Holder | None, FoundSource]],
    ) -> None:
        """Note which files are texts of sources, so that a transcript does not say them again."""
        for source in found:
            for holder in source.holders:
                if holder.kind == "TextSource" and holder.plain:
                    self._source_of_path.setdefault(holder.plain, holder)

    def text(self, holder: Holder, name: str, _row: int) -> Came | None:
        """Return a holder's text, None if it is not there or stands in another source."""
        twin = self._source_of_path.get(holder.plain) if holder.kind == "Transcript" else None
        if twin is not None and holder.content is None:
            self.same_as.append((holder, twin))
            self._losses.add(
                "transcripts that are sources as well",
                "Their text is taken once, as the source of that name, and their codings stand there.",
                [name],
            )
            return None
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

    def tell(self) -> None:
        """Tell of encodings."""
        for encoding, names in self._encodings.items():
            title = {"cp1252": "Windows-1252, as they are not UTF-8"}.get(encoding, encoding.upper())
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


def _base(source: FoundSource, holder: Holder | None) -> str:
    holders = [holder] if holder else source.holders
    paths = [source.path, *(one.plain for one in holders)]
    written = next((path for path in paths if path), "")
    return written.replace("\\", "/").rpartition("/")[2]


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
