"""Characters of symbol fonts as Unicode.

The table of Symbol is Adobe's (Symbol Set in the PostScript Language Reference, appendix E.5); those of
Wingdings follow Unicode 7, with the plainer character where Unicode has two of the same meaning.
"""

from __future__ import annotations

from functools import cache

__all__ = ["is_symbol_font", "symbol", "with_symbols"]

_PRIVATE = range(0xF020, 0xF100)

_SYMBOL = (
    (0x20, " !∀#∃%&∋()∗+,−./0123456789:;<=>?≅ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_‾αβχδεφγηιϕκλμνοπθρστυϖωξψζ{|}∼"),
    (0xA0, "€ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…⏐⎯↵ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓◊〈®©™∑⎛⎜⎝⎡⎢⎣⎧⎨⎩⎪"),
    (0xF1, "〉∫⌠⎮⌡⎞⎟⎠⎤⎥⎦⎫⎬⎭"),
)  # fmt: skip
_WINGDINGS = (
    (0x20, " 🖉✂✁👓🕭🕮🕯🕿✆🖂🖃📪📫📬📭🗀🗁🗎🗏🗐🗄⌛🖮🖰🖲🖳🖴🖫🖬✇✍🖎✌👌👍👎☜☞☝☟🖐☺😐☹💣☠🏳🏱✈☼💧❄🕆✞🕈✠✡☪☯🕉☸♈♉"),
    (0x60, "♊♋♌♍♎♏♐♑♒♓🙰&●❍■□🞐❑❒⬧⧫◆❖⬥☒⮹⌘🏵🏶❝❞"),
    (0x80, "⓪①②③④⑤⑥⑦⑧⑨⑩⓿❶❷❸❹❺❻❼❽❾❿🙢🙠🙡🙣🙞🙜🙝🙟·•⬝○🞆🞈◉◎🔿▪☐🟂✦★✶✴✹🟑⯐⌖⯎⯏⯑✪✰🕐🕑🕒🕓🕔🕕🕖🕗🕘🕙🕚🕛"),
    (0xD5, "⌫⌦◄➢⮙⮛⮈➲⮉⮋←→↑↓↖↗↙↘⬅➔⬆⬇🡼🡽🡿🡾⇦⇨⇧⇩⬄⇳⬁⬀⬃⬂▭▫✗✓☒☑"),
)  # fmt: skip
_WINGDINGS_2 = (
    (0x4F, "✗✓☒☑☒☒"),
    (0x95, "•●"),
    (0xA2, "■☐□"),
)
_WINGDINGS_3 = (
    (0x66, "←→↑↓↖↗↙↘↔↕▲▼△▽◀▶◁▷◣◢◤◥◂▸"),
    (0x22, "↔"),
)
_WEBDINGS = (
    (0x33, "◀▶▲▼"),
    (0x61, "✔"),
    (0x63, "□"),
    (0x67, "■"),
    (0x6E, "●"),
    (0x72, "✖"),
)
_FONTS = {
    "symbol": _SYMBOL,
    "standard symbols ps": _SYMBOL,
    "standardsymbolsps": _SYMBOL,
    "wingdings": _WINGDINGS,
    "wingdings 2": _WINGDINGS_2,
    "wingdings 3": _WINGDINGS_3,
    "webdings": _WEBDINGS,
}


def is_symbol_font(font: str) -> bool:
    """Tell whether a font has symbols at the places of letters."""
    return font.strip().casefold() in _FONTS


def symbol(font: str, code: int) -> str:
    """Return the character that stands at a place of a font.

    The place is as it is or in the private use area (0xF000 added). Empty if the character is not
    known; in a font of letters, the character of that number.
    """
    known = _FONTS.get(font.strip().casefold())
    low = code - 0xF000 if code in _PRIVATE else code
    if known is not None:
        return _characters(font.strip().casefold()).get(low, "")
    if code in _PRIVATE:
        return ""
    return chr(code) if 0x20 <= code < 0xD800 or 0xE000 <= code <= 0x10FFFF else ""


def with_symbols(text: str, font: str) -> str:
    """Return a text with its private characters replaced by those of a symbol font, one for one.

    The text stays as long as before; fonts that `symbol` does not know change nothing.
    """
    if text.isascii() or not is_symbol_font(font):
        return text
    known = _characters(font.strip().casefold())
    return "".join(
        known.get(ord(letter) - 0xF000, letter) if ord(letter) in _PRIVATE else letter
        for letter in text
    )


@cache
def _characters(font: str) -> dict[int, str]:
    return {
        first + place: letter
        for first, letters in _FONTS[font]
        for place, letter in enumerate(letters)
    }
