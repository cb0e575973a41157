"""Letters beyond ASCII by language: evidence for guessing an encoding.

The letters of a language stand with the most frequent first, as published tables of letter
frequencies have them; what matters is which there are, and which of two is rather met. The words are
frequent ones of ASCII letters alone, which every encoding reads alike.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["COMMON", "ENCODINGS", "LANGUAGES", "WIDE", "Encoding", "Language", "name_of"]


class Language(NamedTuple):
    """A language: its letters beyond ASCII, and frequent words without any."""

    letters: str
    words: frozenset[str] = frozenset()


class Encoding(NamedTuple):
    """An encoding of one byte a character: its name for people, its languages, how usual it is.

    ``usual`` is the logarithm of a probability, of which only differences count.
    """

    name: str
    languages: tuple[str, ...]
    usual: float


def _language(letters: str, words: str = "") -> Language:
    return Language(letters, frozenset(words.split()))


LANGUAGES: Mapping[str, Language] = MappingProxyType(
    {
        # Letters of words and names that English borrows.
        "English": _language(
            "éüöïñçáèíóêäâôåàëøæúûîßãšžčćłœ",
            "the and of to in is that it was for you are with not this have but they be at we my",
        ),
        "French": _language(
            "éàèêçùôâîûëïœüæÿ",
            "le la les des et est un une que qui dans pour pas sur avec nous vous il",
        ),
        "German": _language(
            "üäößé", "der die das und ist nicht ich wir sie mit den ein eine auf zu von es auch war"
        ),
        "Spanish": _language(
            "óíáéñúü", "el los las que de en un una por con para se no es del lo como su muy al"
        ),
        "Portuguese": _language(
            "ãçáéóíêâõúôàü", "de que os as um uma do da em para com se por mais como dos das ao na"
        ),
        "Italian": _language(
            "èàòùéìî", "il di che la non per una un sono con del della gli si nel ma come da le"
        ),
        "Dutch": _language(
            "ëéïöüèêç", "de het een van en dat niet is op te zijn voor met ik er aan"
        ),
        "Catalan": _language("éàóèíúòçïü·", "el la els les de que amb per una i no es del al"),
        "Danish": _language(
            "øåæéäö", "og det at en den er til som af de for ikke har jeg med vi var et men mye"
        ),
        "Swedish": _language(
            "äåöéü", "och att det som en av den med till inte har jag vi var ett men"
        ),
        "Finnish": _language("äöåšž", "ja on ei se ett joka oli mutta kun niin ovat minun meid"),
        "Icelandic": _language("áðíþóéúæöý", "og er sem til um hann fyrir ekki var en af hefur"),
        "Irish": _language("áéíóú", "agus an na ar go is le ag bhfuil"),
        "Estonian": _language("äõüöšž", "ja on ei see et ka oli kui siis mis aga oma"),
        "Polish": _language(
            "łęążóśćńźé", "i w na nie z do to jest co jak za po tak ale o jego czy przez od bardzo"
        ),
        "Czech": _language(
            "íáěéřčžýšůúťňďó", "a v na se je to z do o ale jako jsem po za od by tak jeho pro jen"
        ),
        "Slovak": _language(
            "áíéčýžšľťúňôďäóĺŕ", "a v na sa je to z do o ale ako som po za od by tak"
        ),
        "Hungarian": _language(
            "áéőöíóüúű", "a az hogy nem is egy ez meg volt de csak mint el ha van"
        ),
        "Croatian": _language("šžčćđ", "i je u se na da su za od a s kao bi nije to sam koji smo"),
        "Romanian": _language(
            "ăîșțâşţ", "de la cu nu pe din un o care mai este sunt ce am au pentru"
        ),
        "Albanian": _language("ëç", "e dhe i nuk me se nga por u ka ishte"),
        "Turkish": _language(
            "ıüşçğöİâî", "ve bir bu da de ne o ile var daha gibi ama kadar olarak dedi"
        ),
        "Lithuanian": _language("ėšįųąžūčę", "ir kad yra buvo su i kaip tai ne po apie jis bet"),
        "Latvian": _language("āīēšņūžļčģķ", "un ir ka no ar par bija lai kas tas bet es uz"),
        "Russian": _language("оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё"),
        "Ukrainian": _language("оаниівтерсклумпдязьбгйчхцїжюшєщфґ"),
        "Bulgarian": _language("аиоетнрсвлкдпмзябугъчцжщхюйшфь"),
        "Serbian": _language("аиоенрсјткувдмплзгбчшцжњхљћђфџ"),
        "Greek": _language("αοιετσνηυρπκμλςωγδάίόθέχφήβύξζώψϊϋΐΰ"),
        "Hebrew": _language("יוהלארתבםמשנחדעקפןצגךטכסזףץ"),
        "Arabic": _language("اليمنوترهبعدفسكقحةأجشطصخإىذثضئءزغظآؤ"),
        "Thai": _language("านรอกเงยมลวดทสตะปบคหแจพชขใไโผิี่้ัาูุำ็ืึึ์ๆฯฟธภศณซถฉฐญษฏฎฒฬฮฆฑฌ"),
        "other": _language(
            "áéíóúàèùâêîôûäëïöüãõñçåæøœßšžčćđłąęńśźżěřůýďťňőűğışțășţāēīōūģķļņėįųðþÿ"
        ),
    }
)
"""Name of a language to what its texts consist of; "other" stands for names from anywhere."""

_WEST = (
    "English", "French", "German", "Spanish", "Portuguese", "Italian", "Dutch", "Catalan", "Danish",
    "Swedish", "Finnish", "Irish",
)  # fmt: skip
_CENTRAL = (
    "English", "German", "Polish", "Czech", "Slovak", "Hungarian", "Croatian", "Romanian", "Albanian",
)  # fmt: skip
_BALTIC = ("English", "German", "Lithuanian", "Latvian", "Estonian")
_TURKISH = ("English", "German", "French", "Turkish")
_CYRILLIC = ("Russian", "Ukrainian", "Bulgarian", "Serbian")
_ICELAND = (*_WEST, "Icelandic", "Estonian", "Albanian")

ENCODINGS: Mapping[str, Encoding] = MappingProxyType(
    {
        "cp1252": Encoding("Windows-1252", _ICELAND, 0.0),
        "mac_roman": Encoding("MacRoman", _WEST, -2.0),
        "cp1250": Encoding("Windows-1250 (Central European)", _CENTRAL, -2.0),
        "cp1254": Encoding("Windows-1254 (Turkish)", _TURKISH, -2.0),
        "cp1251": Encoding("Windows-1251 (Cyrillic)", _CYRILLIC, -2.0),
        "cp1253": Encoding("Windows-1253 (Greek)", ("Greek", "English"), -2.0),
        "cp1255": Encoding("Windows-1255 (Hebrew)", ("Hebrew", "English"), -2.0),
        "cp1256": Encoding("Windows-1256 (Arabic)", ("Arabic", "French", "English"), -2.5),
        "cp1257": Encoding("Windows-1257 (Baltic)", _BALTIC, -2.5),
        "cp874": Encoding("Windows-874 (Thai)", ("Thai", "English"), -2.5),
        "cp850": Encoding("DOS 850 (cp850)", _WEST, -3.0),
        "cp437": Encoding("DOS 437 (cp437)", _WEST, -3.5),
        "iso8859_2": Encoding("ISO-8859-2 (Central European)", _CENTRAL, -3.0),
        "iso8859_15": Encoding("ISO-8859-15", _WEST, -4.0),
        "cp852": Encoding("DOS 852 (Central European)", _CENTRAL, -3.5),
        "mac_latin2": Encoding("Mac Central European", _CENTRAL, -3.5),
        "mac_turkish": Encoding("MacTurkish", _TURKISH, -3.5),
        "cp857": Encoding("DOS 857 (Turkish)", _TURKISH, -4.0),
        "cp775": Encoding("DOS 775 (Baltic)", _BALTIC, -4.5),
        "iso8859_13": Encoding("ISO-8859-13 (Baltic)", _BALTIC, -4.5),
        "koi8_r": Encoding("KOI8-R (Cyrillic)", ("Russian", "Bulgarian"), -3.0),
        "koi8_u": Encoding("KOI8-U (Cyrillic)", ("Ukrainian",), -3.5),
        "cp866": Encoding("DOS 866 (Cyrillic)", ("Russian", "Ukrainian", "Bulgarian"), -3.0),
        "mac_cyrillic": Encoding("MacCyrillic", _CYRILLIC, -4.0),
        "iso8859_5": Encoding("ISO-8859-5 (Cyrillic)", _CYRILLIC, -3.5),
        "iso8859_7": Encoding("ISO-8859-7 (Greek)", ("Greek", "English"), -3.0),
        "mac_greek": Encoding("MacGreek", ("Greek", "English"), -4.0),
        "cp737": Encoding("DOS 737 (Greek)", ("Greek", "English"), -4.0),
        "iso8859_6": Encoding("ISO-8859-6 (Arabic)", ("Arabic", "English"), -3.5),
    }
)
"""Encodings of one byte a character that files are found in; ISO-8859-1, -8, -9 and -11 are read as the
Windows encodings that hold them."""

WIDE: Mapping[str, str] = MappingProxyType(
    {
        "gb18030": "GB 18030 (simplified Chinese)",
        "cp950": "Big5 (traditional Chinese)",
        "cp932": "Shift-JIS (Japanese)",
        "euc_jp": "EUC-JP (Japanese)",
        "cp949": "EUC-KR (Korean)",
        "iso2022_jp": "ISO-2022-JP (Japanese)",
    }
)
"""Encodings of several bytes a character."""

COMMON: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "gb18030": frozenset(
            "的一是不了在人有我他这中大来上国个到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可她"
            "里后小么心多天而能好都然没日于起还发成事只作当想看文无开手十用主行方又如前所本见经头面公同三已老从动"
            "两长，。、；：？！“”（）"
        ),
        "cp950": frozenset(
            "的一是不了在人有我他這中大來上國個到說們為子和你地出道也時年得就那要下以生會自著去之過家學對可她"
            "裡後小麼心多天而能好都然沒日於起還發成事只作當想看文無開手十用主行方又如前所本見經頭面公同三已老從動"
            "兩長，。、；：？！「」（）"
        ),
        "cp949": frozenset(
            "이다는을의에가고하지은도로를한사어아기나리서자대인그시스일제수정해들보있여라전부장만주구상원게동성"
            "것으연오우면과요니했습었았와마"
        ),
        "cp932": frozenset("人日一大年出本中子見国言上分生手自行者、。「」ー・"),
    }
)
"""Frequent characters of languages that are written with thousands of them; kana count beside them."""


def name_of(encoding: str) -> str:
    """Return an encoding's name for people.

    It is the name that programs show where a file is saved.
    """
    known = ENCODINGS.get(encoding)
    return known.name if known else WIDE.get(encoding, encoding.upper().replace("_", "-"))
