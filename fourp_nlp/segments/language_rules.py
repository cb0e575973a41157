"""What the rules of sentences must know of a language: abbreviations, first words, closing marks."""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["ENGLISH", "FRENCH", "RULES", "SentenceRules", "rules_of"]

_MARKS = ".!?…؟۔।"
_QUOTES = "\"'”’»)\\]"


def _end(closing: str) -> re.Pattern[str]:
    # Looking behind keeps a long run of marks from being tried again at each of them.
    return re.compile(
        rf"(?<![{_MARKS}])(?P<mark>[{_MARKS}]++(?:[ ]\.){{0,3}}+)(?P<closing>{closing})"
        r"(?:\s++|(?=[A-ZÀ-Þ][^\W_]))"
        r"|(?<![。！？])[。！？]++[」』”’)]*+(?=\S)"
    )


def _breakable(conjunctions: str) -> re.Pattern[str]:
    return re.compile(
        r"(?P<strong>[;:]\s)|(?P<comma>,\s|\s[–—-]\s)"
        rf"|(?P<and>\s(?=(?:{conjunctions})\s))|(?P<space>\s)"
    )


@dataclass(frozen=True)
class SentenceRules:
    """The words and marks of one language.

    Attributes
    ----------
    language : str
        ISO 639-1 code.
    end : re.Pattern
        A place where a sentence may end: marks, closing quotes, white space; or, where the space was
        forgotten, a capital.
    titles : frozenset of str
        What stands before a name, in small letters: no sentence ends after it.
    capital_titles : frozenset of str
        Titles that are so with a capital letter only: "M." is Monsieur, "m." a metre; "le col" a pass.
    never : frozenset of str
        Other abbreviations after which no sentence ends.
    before_numbers : frozenset of str
        Abbreviations after which none ends if a number follows.
    before_words : tuple of (str, str)
        Abbreviations after which none ends before what begins so: "p" before "ex", "al" before a bracket.
    phrases : re.Pattern, optional
        Abbreviations of several words, up to their last full stop, after which none ends.
    elisions : str
        Letters that may stand before an apostrophe and an abbreviation, as in "l'art.".
    quotes_hold : bool
        Whether a sentence that goes on in small letters inside guillemets does go on.
    abbreviations : frozenset of str
        Abbreviations after which a sentence may end.
    beginners : frozenset of str
        With one of these in capitals a new sentence begins, even after an abbreviation. One that ends in an
        apostrophe is elided: "L'" of "L'équipe".
    lone_word : str
        The only word of one capital letter, which is no initial.
    hyphenated_initials : bool
        Whether first names are shortened with a hyphen, as in "J.-P.".
    breakable : re.Pattern
        Where a sentence that is too long may be cut.
    """

    language: str
    end: re.Pattern[str]
    titles: frozenset[str]
    never: frozenset[str]
    before_numbers: frozenset[str]
    abbreviations: frozenset[str]
    beginners: frozenset[str]
    breakable: re.Pattern[str]
    capital_titles: frozenset[str] = frozenset()
    before_words: tuple[tuple[str, str], ...] = ()
    phrases: re.Pattern[str] | None = None
    elisions: str = ""
    quotes_hold: bool = False
    lone_word: str = ""
    hyphenated_initials: bool = False


ENGLISH = SentenceRules(
    language="en",
    end=_end(rf"[{_QUOTES}]*+"),
    titles=frozenset(
        {
            "adm", "capt", "col", "const", "cpl", "cst", "det", "dr", "fr", "gen", "gov", "hon",
            "insp", "lt", "maj", "messrs", "mlle", "mme", "mr", "mrs", "ms", "mx", "prof", "rep",
            "rev", "sen", "sgt", "supt",
        }
    ),
    never=frozenset({"approx", "ca", "cf", "e.g", "eg", "esp", "i.e", "ie", "incl", "viz", "vs"}),
    before_numbers=frozenset(
        {"art", "ch", "est", "ext", "fig", "no", "nos", "p", "para", "pp", "s", "sec", "tel", "vol"}
    ),
    abbreviations=frozenset(
        {
            "al", "alta", "apr", "assn", "assoc", "aug", "ave", "bldg", "blvd", "bros", "co", "corp",
            "dec", "dept", "ed", "eds", "est", "etc", "ext", "feb", "ft", "hr", "hrs", "inc", "jan",
            "jr", "jul", "jun", "lb", "lbs", "ltd", "mar", "max", "min", "misc", "mt", "mtg", "nov",
            "oct", "ont", "ph.d", "que", "rd", "sask", "sec", "sept", "sr", "st", "ste", "tel",
            "univ", "wk", "yr", "yrs",
        }
    ),
    beginners=frozenset(
        {
            "A", "After", "All", "Also", "Although", "An", "And", "Another", "Anybody", "Anyone",
            "Anything", "Are", "As", "At", "Because", "Before", "Both", "But", "By", "Despite",
            "Did", "Do", "Does", "During", "Each", "Eight", "Either", "Even", "Every", "Everybody",
            "Everyone", "Everything", "Five", "For", "Four", "From", "He", "Her", "Here", "His",
            "How", "However", "I", "If", "In", "Instead", "Is", "It", "Its", "Later", "Many",
            "Maybe", "Meanwhile", "Most", "My", "Neither", "Never", "Nine", "No", "Nobody", "None",
            "Not", "Nothing", "Now", "On", "Once", "One", "Or", "Our", "Perhaps", "Please", "Seven",
            "Several", "She", "Since", "Six", "So", "Some", "Somebody", "Someone", "Something",
            "Sometimes", "That", "The", "Their", "Then", "There", "These", "They", "This", "Those",
            "Though", "Three", "To", "Today", "Two", "Unless", "Until", "Was", "We", "Well", "Were",
            "What", "Whatever", "When", "Whenever", "Where", "Whether", "Which", "While", "Who",
            "Why", "With", "Without", "Yes", "Yet", "You", "Your",
        }
    ),
    breakable=_breakable("and|but|so|because|or|then|which|when|while|et|mais"),
    lone_word="I",
)  # fmt: skip

FRENCH = SentenceRules(
    language="fr",
    # A space stands before the closing guillemet.
    end=_end(rf"(?:[{_QUOTES}]|[ ]»)*+"),
    titles=frozenset(
        {
            "av", "bld", "boul", "capt", "cdt", "cst", "dr", "dre", "drs", "gén",
            "insp", "lt", "mgr", "mlle", "mlles", "mme", "mmes", "mr", "pr", "pre", "prof", "rte",
            "sgt", "ste",
        }
    ),
    capital_titles=frozenset({"Adj", "Cap", "Col", "M", "MM", "Me", "Mes"}),
    never=frozenset(
        {"approx", "c.-à-d", "c-à-d", "càd", "cf", "env", "i.e", "p.ex", "vs"}
    ),
    before_numbers=frozenset(
        {
            "al", "alin", "ann", "app", "apt", "art", "bd", "bur", "ch", "chap", "fig", "l", "n", "no",
            "nos", "num", "p", "par", "paragr", "pp", "réf", "s", "sect", "suiv", "t", "tabl", "tél",
            "v", "vol",
        }
    ),
    before_words=(("p", "ex"), ("c", "à"), ("c", "-à"), ("n", "d"), ("al", "(")),
    phrases=re.compile(r"\b(?:p\.|par) ?ex$|\bc\. ?-?à ?-?d$", re.IGNORECASE),
    elisions="cdjlmnst",
    quotes_hold=True,
    abbreviations=frozenset(
        {
            "adm", "al", "app", "apr", "apt", "arr", "art", "avr", "bd", "bibl",
            "bur", "chap", "cie", "coll", "comm", "corp", "dép", "dépt", "dir", "doc", "déc", "éd",
            "éds", "enr", "etc", "ét", "ex", "ext", "févr", "fig", "gouv", "hab", "hebd", "inc", "janv",
            "juil", "ltée", "max", "min", "nov", "obs", "oct", "ont", "org", "part", "ph.d", "pl",
            "qc", "qué", "quest", "r.-v", "réf", "rép", "resp", "s.v.p", "sect", "sept", "soc",
            "sr", "suiv", "suppl", "tél", "trad", "univ", "vol",
        }
    ),
    beginners=frozenset(
        {
            "À", "Ah", "Ainsi", "Alors", "Après", "Au", "Aucun", "Aucune", "Aujourd'", "Aussi", "Autour",
            "Aux", "Avant", "Avec", "Beaucoup", "Bien", "Bon", "Bref", "C'", "Ça", "Car", "Ce", "Ceci",
            "Cela", "Celle", "Celui", "Cependant", "Certains", "Certaines", "Ces", "Cet", "Cette", "Ceux",
            "Chaque", "Chez", "Combien", "Comme", "Comment", "D'", "Dans", "De", "Demain", "Depuis",
            "Des", "Donc", "Du", "Elle", "Elles", "En", "Enfin", "Ensuite", "Entre", "Est", "Et",
            "Finalement", "Heureusement", "Hier", "Ici", "Il", "Ils", "J'", "Jamais", "Je", "L'", "Là",
            "La", "Le", "Les", "Leur", "Leurs", "Lorsque", "Lui", "Ma", "Maintenant", "Mais", "Malgré",
            "Même", "Merci", "Mes", "Moi", "Mon", "N'", "Ne", "Ni", "Non", "Nos", "Notre", "Nous", "Oh",
            "On", "Or", "Où", "Ou", "Oui", "Par", "Parce", "Parfois", "Pendant", "Personne", "Peut",
            "Plus", "Plusieurs", "Pour", "Pourquoi", "Pourtant", "Puis", "Puisque", "Qu'", "Quand", "Que",
            "Quel", "Quelle", "Quelles", "Quelqu'", "Quelques", "Quels", "Qui", "Quoi", "Rien", "S'", "Sa",
            "Sans", "Selon", "Ses", "Si", "Soit", "Son", "Souvent", "Sur", "Ta", "Toi", "Ton", "Tous",
            "Tout", "Toute", "Toutefois", "Toutes", "Très", "Trop", "Tu", "Un", "Une", "Vers", "Voici",
            "Voilà", "Vos", "Votre", "Vous", "Vraiment",
        }
    ),
    breakable=_breakable(
        "et|mais|donc|car|ou|puis|alors|parce|puisque|lorsque|quand|qui|dont|comme|si|tandis"
    ),
    hyphenated_initials=True,
)  # fmt: skip

RULES = {"en": ENGLISH, "fr": FRENCH}
"""Languages with rules of their own, by ISO 639-1 code."""


def rules_of(language: str) -> SentenceRules:
    """Return the rules that the sentences of a language are divided by.

    Parameters
    ----------
    language : str
        ISO 639-1 code; empty for English.

    Returns
    -------
    SentenceRules
        Those of the language; the English ones for a language without rules of its own.
    """
    return RULES.get(language, ENGLISH)
