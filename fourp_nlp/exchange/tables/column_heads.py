"""Recognises the columns of a table by their heads, in several languages."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["HEADS", "find_columns", "heads_named", "plain"]

HEADS = MappingProxyType(
    {
        "document": (
            "document", "document name", "doc name", "document title", "doc", "file name", "filename",
            "file", "media title", "file case", "source name", "source", "source file", "transcript",
            "transcript name", "interview", "case", "participant", "dokument", "dokumentname",
            "dokumenttitel", "datei", "dateiname", "quelle", "transkript", "fichier", "nom du document",
            "nom du fichier", "entretien", "documento", "nombre del documento", "archivo", "fuente",
            "entrevista", "document id", "doc id", "file id", "source id", "dokument id",
        ),
        "segment": ("segment", "segment number", "segment id"),
        "start": (
            "start", "begin", "start offset", "begin offset", "start position", "start char",
            "start index", "char start", "start character", "beginning", "from", "pos0", "index1",
            "selfirst", "anfang", "von", "debut", "début", "inicio", "desde",
        ),
        "end": (
            "end", "stop", "end offset", "stop offset", "end position", "end char", "end index",
            "char end", "end character", "ending", "to", "pos1", "index2", "selend", "ende", "bis", "fin",
            "hasta",
        ),
        "range": ("excerpt range", "range", "char range", "character range", "offsets"),
        "paragraph": ("reference", "paragraph", "paragraphs", "absatz", "paragraphe", "párrafo"),
        "quote": (
            "quote", "quotation", "quotation content", "excerpt copy", "coded text", "selected text",
            "seltext", "coded segment", "quotation text", "text", "segment text", "segment", "passage",
            "excerpt", "extract", "content", "coded", "coded content", "highlight", "verbatim",
            "textstelle", "zitat", "codierte stelle", "kodierte stelle", "texte", "citation", "extrait",
            "texto", "cita", "fragmento", "segmento", "quotation name",
        ),
        "code": (
            "code", "code id", "label", "tag", "node", "quirk", "codename", "code name", "codes",
            "code s", "applied codes", "codes applied", "codes applied combined", "hierarchical name",
            "code path", "nodes", "labels", "tags", "category", "categories", "kode", "kodes",
            "kategorie", "kategorien", "étiquette", "étiquettes", "catégorie", "código", "códigos",
            "codigo", "codigos", "etiqueta", "categoría", "coding", "codings", "kodierung", "codierung",
        ),
        "name": ("name", "code name", "label name"),
        "theme": (
            "theme", "parent", "parent code", "parent quirk", "category", "categories", "code category",
            "main category", "thema", "oberkategorie", "hauptkategorie", "obercode", "thème", "tema",
        ),
        "coder": (
            "coder", "coded by", "excerpt creator", "annotator", "coder name", "coded by initials",
            "user", "user name", "username", "rater", "created by", "owner", "author", "kodierer",
            "kodiererin", "codierer", "codiererin", "kodierer in", "codierer in", "kodiert von",
            "codiert von", "erstellt von", "autor", "codeur", "codé par", "auteur", "codificador",
            "codificadora", "codificado por",
        ),
        "scope": ("scope",),
        "probability": ("probability", "prob", "model probability"),
        "made_at": (
            "made at", "created at", "created", "coded at", "date", "timestamp", "excerpt date",
            "creation date", "erstellt", "erstellt am", "erstellungsdatum", "date de création", "fecha",
        ),
        "why": ("why", "reason"),
        "none": ("none", "no code"),
        "note": (
            "note", "notes", "coded memo", "coding memo", "memo", "comment", "comments", "remark",
            "bemerkung", "kommentar", "commentaire", "remarque", "comentario", "nota",
        ),
        # Of codebooks.
        "definition": (
            "definition", "full definition", "description", "code definition", "code description",
            "meaning", "what it means", "beschreibung", "codedefinition", "kategoriendefinition",
            "bedeutung", "définition", "signification", "definición", "definicion", "descripción",
            "descripcion", "explanation", "erläuterung", "explication",
            "full description", "long definition", "detailed definition", "detailed description",
            "complete definition", "définition complète", "définition longue", "définition détaillée",
            "description complète", "descriptif", "ausführliche definition", "definición completa",
            "definición larga", "inhaltliche beschreibung", "content description",
        ),
        "short_definition": (
            "short definition", "brief definition", "short description", "brief description",
            "kurzdefinition", "kurzbeschreibung", "définition courte", "définition brève",
            "definición corta", "definición breve",
            "definition short", "définition en bref", "brève définition", "in brief", "summary", "résumé",
        ),
        "use": (
            "when to use", "use when", "when used", "include", "includes", "inclusion",
            "inclusion criteria", "inclusions", "use", "usage", "coding rule", "coding rules", "rule",
            "rules", "guidelines", "coding guidelines", "application", "kodierregel", "kodierregeln",
            "codierregel", "codierregeln", "regel", "regeln", "einschluss", "einschlusskriterien",
            "anwendung", "wann verwenden", "règle de codage", "règles de codage", "règle", "inclure",
            "critères d inclusion", "quand l utiliser", "quand utiliser", "regla de codificación",
            "reglas de codificación", "regla", "incluir", "incluye", "criterios de inclusión",
            "cuándo usar", "cuando usar", "cuándo usarlo",
            "used when", "apply when", "when to apply", "when to code", "include if", "code when",
            "inclut", "inclusion criterion", "critère d inclusion", "quand appliquer", "utiliser quand",
            "à utiliser quand", "utilisation",
        ),
        "not_use": (
            "when not to use", "do not use", "do not use when", "not when", "exclude", "excludes",
            "exclusion", "exclusion criteria", "exclusions", "not", "don t use", "abgrenzung",
            "ausschluss", "ausschlusskriterien", "nicht", "wann nicht verwenden", "exclure",
            "critères d exclusion", "quand ne pas l utiliser", "quand ne pas utiliser", "excluir",
            "excluye", "criterios de exclusión", "cuándo no usar", "cuando no usar",
            "do not use if", "don t use when", "when not to apply", "not used when", "exclude if",
            "exclut", "exclusion criterion", "critère d exclusion", "ne pas utiliser",
            "ne pas utiliser quand", "quand ne pas appliquer",
        ),
        "example": (
            "example", "examples", "anchor example", "anchor examples", "example quote", "example quotes",
            "typical example", "ankerbeispiel", "ankerbeispiele", "beispiel", "beispiele", "ankerzitat",
            "exemple", "exemples", "exemple type", "ejemplo", "ejemplos", "ejemplo ancla", "quote",
            "quotes", "zitat",
            "sample quote", "sample quotes", "illustrative quote", "illustrative quotes", "illustration",
            "citation", "citations", "verbatim", "verbatims", "extrait", "extraits",
            "exemple de verbatim", "exemples de verbatim",
        ),
        "parent": (
            "parent code", "parent", "parent name", "parent category", "parent node", "parent quirk",
            "parent id", "übergeordneter code", "übergeordnete kategorie", "code parent", "catégorie parente",
            "código padre", "categoría padre", "subcode of", "subcategory of", "below",
        ),
        "code_memo": (
            "code memo", "memo", "code comment", "comment", "codememo", "kommentar", "notes", "note",
            "bemerkung", "bemerkungen", "anmerkung", "anmerkungen", "remarques", "notas", "comentarios",
        ),
        "color": ("color", "colour", "farbe", "couleur", "color de código"),
        "level_1": (
            "theme", "themes", "domain", "dimension", "group", "code group", "top level code", "thema",
            "themen", "themenfeld", "bereich", "thème", "domaine", "tema", "dominio", "level 1", "ebene 1",
            "niveau 1", "nivel 1", "code level 1", "aggregate dimension",
            "code groups", "code family", "family", "famille", "axe", "axis", "rubrique", "theme name",
            "nom du thème",
        ),
        "level_2": (
            "main category", "main code", "category", "categories", "code category", "hauptkategorie",
            "oberkategorie", "obercode", "hauptcode", "oberbegriff", "kategorie", "kategorien",
            "catégorie principale", "catégorie", "categoría principal", "categoría", "level 2", "ebene 2",
            "niveau 2", "nivel 2", "code level 2", "second order theme",
            "category name", "nom de la catégorie", "catégories",
        ),
        "level_3": (
            "code", "code name", "codename", "codes", "name", "quirk", "node", "tag", "label", "indicator",
            "kode", "indikator", "étiquette", "nom", "nom du code", "código", "codigo", "nombre",
            "nombre del código", "indicador", "level 3", "ebene 3", "niveau 3", "nivel 3", "code level 3",
            "code label", "label name", "indicator name", "indicators", "indicateur", "indicateurs",
            "intitulé", "libellé", "nom de l indicateur",
        ),
        "level_4": (
            "subcode", "sub code", "subcategory", "sub category", "subtheme", "sub theme", "unterkategorie",
            "subkategorie", "untercode", "unterthema", "sous code", "sous catégorie", "sous thème",
            "subcódigo",
            "subcategoría", "subtema", "level 4", "ebene 4", "niveau 4", "nivel 4", "code level 4",
        ),
        "code_id": ("id", "code id", "key", "nr", "no", "number", "nummer", "numéro", "número"),
    }
)  # fmt: skip
"""What columns are called, in lower case and without signs; the more telling names first."""

_SIGNS = re.compile(r"[\W_]+")


def plain(head: str) -> str:
    """Return a head as heads are compared: lower case, and a space for each run of other signs.

    Parameters
    ----------
    head : str
        The head.

    Returns
    -------
    str
        Its words.
    """
    return _SIGNS.sub(" ", head.casefold()).strip()


def find_columns(header: Sequence[str], roles: Iterable[str]) -> dict[str, int]:
    """Find columns by what they are called.

    Parameters
    ----------
    header : sequence of str
        Heads of the columns.
    roles : iterable of str
        Keys of `HEADS`, the most important first: no column is taken twice.

    Returns
    -------
    dict of str to int
        The column of each that was found.
    """
    heads = [plain(head) for head in header]
    columns: dict[str, int] = {}
    for role in roles:
        for name in HEADS[role]:
            places = [
                at for at, head in enumerate(heads) if head == name and at not in columns.values()
            ]
            if places:
                columns[role] = places[0]
                break
    return columns


def heads_named(header: Sequence[str], role: str) -> list[int]:
    """Return all columns that are called so, those with the more telling names first.

    Parameters
    ----------
    header : sequence of str
        Heads of the columns.
    role : str
        A key of `HEADS`.

    Returns
    -------
    list of int
        Their places.
    """
    heads = [plain(head) for head in header]
    return [at for name in HEADS[role] for at, head in enumerate(heads) if head == name]
