"""The encodings that texts are read in: as people, pages and Python call them."""

# The name that is shown, and Python's.
CODECS = {
    "UTF-8": "utf-8",
    "UTF-16LE": "utf-16-le",
    "UTF-16BE": "utf-16-be",
    "Windows-1252": "cp1252",
    "ISO 8859-15": "iso8859-15",
    "Mac Roman": "mac_roman",
    "Windows-1250": "cp1250",
    "ISO 8859-2": "iso8859-2",
    "Windows-1254": "cp1254",
    "Windows-1251": "cp1251",
    "KOI8-R": "koi8-r",
    "KOI8-U": "koi8-u",
    "ISO 8859-5": "iso8859-5",
    "Mac Cyrillic": "mac_cyrillic",
    "Windows-1253": "cp1253",
    "ISO 8859-7": "iso8859-7",
    "Windows-1255": "cp1255",
    "ISO 8859-8": "iso8859-8",
    "Windows-1256": "cp1256",
    "ISO 8859-6": "iso8859-6",
    "Windows-1257": "cp1257",
    "ISO 8859-13": "iso8859-13",
    "Windows-1258": "cp1258",
    "Windows-874": "cp874",
    "GB18030": "gb18030",
    "Big5": "big5hkscs",
    "Shift_JIS": "cp932",
    "EUC-JP": "euc_jp",
    "EUC-KR": "cp949",
    "IBM 437": "cp437",
    "IBM 850": "cp850",
    "IBM 852": "cp852",
    "IBM 866": "cp866",
}
# What pages call them, and browsers take them for (WHATWG Encoding, section 4.2).
_LATIN = "iso-8859-1 iso8859-1 iso_8859-1 latin1 latin-1 us-ascii ascii l1 cp1252"
_LABELS = (
    {name.lower(): codec for name, codec in CODECS.items()}
    | {name.lower().replace(" ", "-"): codec for name, codec in CODECS.items()}
    | dict.fromkeys(_LATIN.split(), "cp1252")
    | dict.fromkeys(("utf8", "unicode-1-1-utf-8"), "utf-8")
    | dict.fromkeys(("gb2312", "gbk", "x-gbk"), "gb18030")
    | dict.fromkeys(("shift-jis", "sjis", "x-sjis", "windows-31j"), "cp932")
    | dict.fromkeys(("ks_c_5601-1987", "windows-949"), "cp949")
    | dict.fromkeys(("iso-8859-9", "latin5"), "cp1254")
    | dict.fromkeys(("macintosh", "x-mac-roman", "macroman"), "mac_roman")
    | {"big5-hkscs": "big5hkscs", "x-mac-cyrillic": "mac_cyrillic", "iso-2022-jp": "iso2022_jp"}
    | {f"iso-8859-{n}": f"iso8859-{n}" for n in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)}
    | {f"cp125{n}": f"cp125{n}" for n in range(9)}
)
_NAMES = {codec: name for name, codec in CODECS.items()}


def codec_of(label: str) -> str:
    """Return Python's name of what people or pages call an encoding, "" for an unknown one."""
    return _LABELS.get(label.strip().lower(), "")


def name_of(codec: str) -> str:
    """Return the name of a codec that is shown."""
    return _NAMES.get(codec, codec)
