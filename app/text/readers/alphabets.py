"""How well a text looks written: which of its letters are usual in a language that writes so."""

# ruff: noqa: RUF001  (letters that look like those of ASCII are what this is about)

from collections.abc import Callable, Mapping

Score = Callable[[str], float]

# Letters beside those of ASCII, the most usual first.
_WESTERN = (
    "éàèêçôîûùœâëïæÿ",  # French
    "üäößé",  # German
    "óíáéñúü",  # Spanish
    "ãçáéíóêõâàúôü",  # Portuguese
    "èàùòìéîí",  # Italian
    "äöåøæéü",  # Scandinavian, Finnish
    "áíóðöéþúæý",  # Icelandic
    "ëéïèöüó",  # Dutch
)
_CENTRAL = (
    "łąężśćóńź",  # Polish
    "íáéěýřčžšůúťďňóľôä",  # Czech, Slovak
    "áéöóüíőúű",  # Hungarian
    "ăîâșțşţ",  # Romanian
    "čšžćđ",  # Croatian, Slovene
    "üäößé",
)
_TURKISH = ("ışğüöçâî",)
_BALTIC = ("šėžųįąūčę", "āīēšūņļžķčģ", "äõüöšž")  # Lithuanian, Latvian, Estonian
_GREEK = ("αοιετσνηυρπκμλίόςάέήωγύδχθώφβξζψϊϋΐΰ",)
_CYRILLIC = (
    "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё",  # Russian
    "оанівитерслкдмупязьбгйчхжшюїєцщфґ",  # Ukrainian
    "аоиентсрвлдкпмузъягбчйжцхшщюфьѝ",  # Bulgarian
    "аоиенрстдкувлмпјзбгшћцчљжњђхфџќѓѕ",  # Serbian, Macedonian
    "анеіяролдтскувмпыбгьзцйчшжхёюэфў",  # Belarusian
)
_HEBREW = (
    "יוהלאמרתנבשדעקכחספגטזצםןךףץ\u05b0\u05b1\u05b2\u05b3\u05b4\u05b5\u05b6\u05b7\u05b8\u05b9\u05bb\u05bc",
)
_ARABIC = (
    "اليمنورتبةعدفسهكقحجشطصخىأإئذغضزثظءؤآپچژگک\u064b\u064c\u064d\u064e\u064f\u0650\u0651\u0652\u0640",
)
# The most usual characters of Chinese, simplified and traditional.
_HANZI = frozenset(
    "的一是不了在人有我他这中大来上个国和也子时道说们为到以会出地可要就年生对自能下过那得着后家学里"
    "用好去作都天然发成事没还样起本定心前面行方经多想看只小问头明开手很最重从机新长分公同现者世所主意"
    "又如无此而与其高已当正老应月日什這來個國時說們為會對過後裡發沒還樣經問頭開從機長現無與當應學"
)
_SIGNS = frozenset("‘’“”–—…«»„‚‹›€£§°©®™·•¿¡½¼¾²³¹\u00a0№†×÷¥¢")
_JOINING = frozenset("’–—…·\u00a0")  # between two letters too
_DASHES = frozenset("–—")
_AFTER_DIGITS = frozenset("½¼¾²³¹")
_OPENING = frozenset("“„«‘‹¿¡")
_EASTERN_SIGNS = frozenset("“”‘’—…·")
_RAREST = 0.4
_UNLIKELY = 0.2
_ALONE = 0.6
_CAPITAL = 0.7  # of a letter whose small form is another in every other language


def _alphabets(alphabets: tuple[str, ...], *, is_latin: bool) -> Score:
    """Make the score of a script; a text has that of the language that suits it best."""
    weighed = [
        {
            letter: 1 - (1 - _RAREST) * rank / (len(letters) - 1)
            for rank, letter in enumerate(letters)
        }
        for letters in alphabets
    ]

    def score(text: str) -> float:
        return max(_mean(text, weights, is_latin=is_latin) for weights in weighed)

    return score


def _mean(text: str, weights: Mapping[str, float], *, is_latin: bool) -> float:
    total = 0.0
    count = 0
    padded = f" {text} "
    for place, char in enumerate(padded):
        if char.isascii():
            continue
        before, after = padded[place - 1], padded[place + 1]
        count += 1
        if char in _SIGNS:
            total += _weigh_sign(char, before, after)
        else:
            total += _weigh_letter(char, before, after, weights, is_latin=is_latin)
    return total / count if count else 1.0


def _weigh_sign(char: str, before: str, after: str) -> float:
    is_inside = before.isalpha() and after.isalpha() and char not in _JOINING
    is_wrong = is_inside or (before.isalpha() and char in _AFTER_DIGITS | _OPENING)
    # A dash stands between two words or between two spaces.
    is_wrong |= char in _DASHES and before.isalpha() and after.isspace()
    return _UNLIKELY if is_wrong else 1.0


def _weigh_letter(
    char: str, before: str, after: str, weights: Mapping[str, float], *, is_latin: bool
) -> float:
    small = char.lower()
    weight = weights.get(small, 0.0)
    if char == "İ" and "ı" in weights:
        weight = _CAPITAL
    if char != small and before.islower():
        return 0.0  # a capital inside a word
    is_beside_ascii = any(c.isascii() and c.isalpha() for c in (before, after))
    if not is_latin and is_beside_ascii:
        return 0.0  # two scripts in one word
    if is_latin and not before.isalpha() and not after.isalpha():
        weight *= _ALONE
    return weight


def _eastern(weigh: Callable[[str], float]) -> Score:
    """Make the score of a language without spaces, by how usual each of its characters is."""

    def score(text: str) -> float:
        total = 0.0
        count = 0
        before = " "
        for char in text:
            if not char.isascii():
                count += 1
                if _is_eastern_sign(char):
                    total += 1.0
                elif not (before.isascii() and before.isalpha()):
                    total += weigh(char)
            before = char
        return total / count if count else 1.0

    return score


def _is_eastern_sign(char: str) -> bool:
    is_wide = "\u3000" <= char <= "\u303f" or "\uff01" <= char <= "\uff5e"
    return is_wide or char in _EASTERN_SIGNS


def _lead(char: str, codec: str) -> int:
    """Return the first of the two bytes of a character, which tells how usual it is; else 0."""
    try:
        written = char.encode(codec)
    except UnicodeEncodeError:
        return 0
    return written[0] if len(written) == 2 else 0  # noqa: PLR2004 the two bytes


def _hanzi(codec: str, first: int, last: int) -> Callable[[str], float]:
    def weigh(char: str) -> float:
        if char in _HANZI:
            return 1.0
        if "\u3040" <= char <= "\u30ff":
            return 0.1
        lead = _lead(char, codec)
        if first <= lead <= last:
            return 0.7
        return 0.3 if lead else 0.1

    return weigh


def _japanese(char: str) -> float:
    if "\u3040" <= char <= "\u309f":
        return 1.0
    if "\u30a0" <= char <= "\u30ff":
        return 0.9
    return 0.8 if 0x88 <= _lead(char, "shift_jis") <= 0x97 else 0.2  # noqa: PLR2004 JIS level 1


def _korean(char: str) -> float:
    is_known = _lead(char, "euc_kr") > 0
    if "\uac00" <= char <= "\ud7a3":
        return 1.0 if is_known else 0.2
    return 0.2 if is_known and char > "\u4e00" else 0.05


western = _alphabets(_WESTERN, is_latin=True)
central = _alphabets(_CENTRAL, is_latin=True)
turkish = _alphabets(_TURKISH, is_latin=True)
baltic = _alphabets(_BALTIC, is_latin=True)
greek = _alphabets(_GREEK, is_latin=False)
cyrillic = _alphabets(_CYRILLIC, is_latin=False)
hebrew = _alphabets(_HEBREW, is_latin=False)
arabic = _alphabets(_ARABIC, is_latin=False)
simplified = _eastern(_hanzi("gb2312", 0xB0, 0xD7))
traditional = _eastern(_hanzi("big5", 0xA4, 0xC6))
japanese = _eastern(_japanese)
korean = _eastern(_korean)
