"""Languages of documents: their names, and which one a text is in."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from fourp_nlp.errors import MissingExtraError

__all__ = [
    "ENGLISH",
    "LANGUAGES",
    "document_language",
    "language_code",
    "language_name",
    "language_probabilities",
]

ENGLISH = "en"
"""The language of a project that says nothing else."""

LANGUAGES = {
    "af": "Afrikaans", "am": "Amharic", "ar": "Arabic", "az": "Azerbaijani", "be": "Belarusian",
    "bg": "Bulgarian", "bn": "Bengali", "br": "Breton", "bs": "Bosnian", "ca": "Catalan", "cs": "Czech",
    "cy": "Welsh", "da": "Danish", "de": "German", "el": "Greek", "en": "English", "eo": "Esperanto",
    "es": "Spanish", "et": "Estonian", "eu": "Basque", "fa": "Persian", "fi": "Finnish", "fo": "Faroese",
    "fr": "French", "ga": "Irish", "gl": "Galician", "gu": "Gujarati", "he": "Hebrew", "hi": "Hindi",
    "hr": "Croatian", "ht": "Haitian Creole", "hu": "Hungarian", "hy": "Armenian", "id": "Indonesian",
    "is": "Icelandic", "it": "Italian", "ja": "Japanese", "ka": "Georgian", "kk": "Kazakh", "km": "Khmer",
    "kn": "Kannada", "ko": "Korean", "ku": "Kurdish", "ky": "Kyrgyz", "la": "Latin", "lb": "Luxembourgish",
    "lo": "Lao", "lt": "Lithuanian", "lv": "Latvian", "mk": "Macedonian", "ml": "Malayalam",
    "mn": "Mongolian", "mr": "Marathi", "ms": "Malay", "mt": "Maltese", "nb": "Norwegian", "ne": "Nepali",
    "nl": "Dutch", "nn": "Norwegian Nynorsk", "no": "Norwegian", "oc": "Occitan", "pa": "Punjabi",
    "pl": "Polish", "ps": "Pashto", "pt": "Portuguese", "qu": "Quechua", "ro": "Romanian", "ru": "Russian",
    "rw": "Kinyarwanda", "si": "Sinhala", "sk": "Slovak", "sl": "Slovenian", "so": "Somali",
    "sq": "Albanian", "sr": "Serbian", "sv": "Swedish", "sw": "Swahili", "ta": "Tamil", "te": "Telugu",
    "th": "Thai", "tl": "Tagalog", "tr": "Turkish", "ug": "Uyghur", "uk": "Ukrainian", "ur": "Urdu",
    "vi": "Vietnamese", "vo": "Volapük", "wa": "Walloon", "xh": "Xhosa", "zh": "Chinese", "zu": "Zulu",
}  # fmt: skip
"""Names of languages by ISO 639-1 code."""

_PART = 1_500
"""Characters of each passage of a document that is looked at."""
_FEWEST = 150
"""Letters of a document below which its language is not judged."""
_FEWEST_OF_PART = 60
_SURE = 0.9
"""Probability from which the language of a passage is taken as known."""
# Frequent words of English that are none in Dutch, German or the Scandinavian languages. A passage is plainly
# English if so large a share of its words are among them, and so many in each stretch of words. The model of
# all languages, which takes longer to load than a page to read, is then not asked.
_ENGLISH_WORDS = frozenset(
    """
    about also and any are because before being but could each every from has have he his how if into
    it its many might must not only other our should such than that the their them then there these
    they this those through to were what when where which while who why with would you your
    """.split()  # noqa: SIM905 - a list of 50 quoted words is no easier to read
)
_PLAIN = 0.15
_STRETCH = 25
_FEWEST_OF_STRETCH = 2
# Nigerian Pidgin, which English of short sentences is taken for.
_TAKEN_FOR = {"pcm": "en"}
_NONE = "zxx"


def language_name(code: str) -> str:
    """Return the English name of a language, or its code where there is none in `LANGUAGES`."""
    return LANGUAGES.get(code, f"'{code}'")


def language_code(written: str) -> str:
    """Return the ISO 639-1 code of a language as a person writes it.

    Parameters
    ----------
    written : str
        A code ("fr", "fr-CA") or an English name ("French").

    Returns
    -------
    str
        The code.

    Raises
    ------
    ValueError
        If there is no such language.
    """
    folded = written.strip().casefold()
    names = {name.casefold(): code for code, name in reversed(LANGUAGES.items())}
    code = names.get(folded, folded.replace("_", "-").split("-")[0])
    if code not in LANGUAGES:
        raise ValueError(
            f"'{written}' is no language; write its ISO 639-1 code, such as en for English, fr for French"
        )
    return code


def document_language(text: str) -> str:
    """Return the language of a document, judged by up to three passages of 1,500 characters.

    Parameters
    ----------
    text : str
        The document's text.

    Returns
    -------
    str
        ISO 639-1 code; empty where the document has fewer than 150 letters, or the passages (at its
        beginning, in its middle and at its end) are not all clearly in one language.

    Raises
    ------
    MissingExtraError
        If py3langid is not installed.
    """
    last = max(0, len(text) - _PART)
    passages = [text[at : at + _PART] for at in sorted({0, last // 2, last})]
    sizes = [_letters(passage) for passage in passages]
    if max(sizes) < _FEWEST:
        return ""
    languages = set()
    for passage, size in zip(passages, sizes, strict=True):
        if size >= _FEWEST_OF_PART and _is_plain_english(passage):
            languages.add(ENGLISH)
        elif size >= _FEWEST_OF_PART:
            language, probability = language_probabilities(passage)[0]
            languages.add(language if probability >= _SURE else "")
    return languages.pop() if len(languages) == 1 else ""


def language_probabilities(text: str) -> list[tuple[str, float]]:
    """Return languages and their probabilities, the most probable first.

    Raises MissingExtraError if py3langid is not installed.
    """
    probabilities: dict[str, float] = {}
    for code, share in _identifier().rank(text):
        language = _TAKEN_FOR.get(code, code)
        probabilities[language] = probabilities.get(language, 0.0) + float(share)
    probabilities.pop(_NONE, None)
    return sorted(probabilities.items(), key=lambda pair: -pair[1])


def _is_plain_english(passage: str) -> bool:
    """Whether words that are frequent in English, and in no other language, stand all over a passage."""
    words = re.findall(r"[^\W\d_]+", passage.lower())
    is_english = [word in _ENGLISH_WORDS for word in words]
    stretches = len(words) // _STRETCH
    return (
        stretches > 1
        and sum(is_english) >= _PLAIN * len(words)
        and all(
            sum(is_english[at * _STRETCH : (at + 1) * _STRETCH]) >= _FEWEST_OF_STRETCH
            for at in range(stretches)
        )
    )


def _letters(text: str) -> int:
    return sum(map(str.isalpha, text))


@cache
def _identifier() -> Any:
    try:
        from py3langid.langid import (  # type: ignore[import-untyped, unused-ignore]
            MODEL_FILE,
            LanguageIdentifier,
        )
    except ImportError as error:
        raise MissingExtraError(
            "py3langid, which detects the language of a text, is not installed.",
            cure="Run: pip install py3langid",
        ) from error
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
