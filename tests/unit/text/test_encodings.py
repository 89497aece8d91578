"""The encodings of texts: read in their own letters, or a guess that one can correct."""

# ruff: noqa: RUF001  (letters that look like those of ASCII are what this is about)

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.text.dates import DateOrder
from app.text.readers import read_file
from app.text.readers.encoding_names import CODECS
from app.text.readers.encodings import decode, decode_html
from app.text.unreadable import Unreadable
from tests.harness.shared import shared_case

# A title, a paragraph, and the encodings in which texts of their language are kept.
SAMPLES: dict[str, tuple[str, str, str]] = {
    "english": (
        "The bridge that nobody asked for",
        (
            "It’s not the council’s money, it is ours — and the “temporary” toll would cost each "
            "household £120 a year. Nobody asked the people of the old town whether they wanted a"
            " bridge at all. The naïve answer is that growth pays for everything…"
        ),
        "cp1252 mac_roman",
    ),
    "french": (
        "Le pont dont personne ne voulait",
        (
            "Le conseil a décidé à l’unanimité de construire un pont là où personne n’en "
            "demandait. Les élèves, eux, attendent toujours leur école : « On nous a oubliés », "
            "répète une mère près de la mairie. Ça coûtera deux cents millions d’euros, peut-être"
            " davantage."
        ),
        "cp1252 iso8859-15 iso8859-1 mac_roman",
    ),
    "german": (
        "Eine Brücke für niemanden",
        (
            "Die Stadt möchte für zwei Millionen eine Brücke bauen, die keiner braucht. Natürlich"
            " heißt es, die Straße sei überlastet; geprüft hat das niemand. „Wir müssen größer "
            "denken“, sagte der Bürgermeister, und die Gegner lächelten müde."
        ),
        "cp1252 iso8859-1 mac_roman cp1250",
    ),
    "spanish": (
        "El puente que nadie pidió",
        (
            "¿Quién decidió que la ciudad necesitaba otro puente? El señor alcalde habló con los "
            "periódicos, pero no con los vecinos. Mañana se votará una inversión de doscientos "
            "millones, y según él ningún niño pagará por ella."
        ),
        "cp1252 iso8859-1 mac_roman",
    ),
    "portuguese": (
        "A ponte que ninguém pediu",
        (
            "A câmara não ouviu os cidadãos antes da decisão. A construção da ponte custará "
            "milhões e as famílias pagarão mais impostos durante vários anos; são promessas já "
            "conhecidas, e a oposição não ficará em silêncio."
        ),
        "cp1252 iso8859-1 mac_roman",
    ),
    "swedish": (
        "Bron som ingen bad om",
        (
            "Staden vill bygga en bro över ån för två miljarder kronor. Många frågar sig varför; "
            "de gamla båtarna går ju ännu. Inga barn får bättre skolor för det, säger en lärare "
            "som är trött på löften."
        ),
        "cp1252 iso8859-1 mac_roman",
    ),
    "polish": (
        "Most, o który nikt nie prosił",
        (
            "Rada miasta zdecydowała, że zbuduje most, chociaż mieszkańcy woleliby szkołę. Nikt "
            "nie zapytał, ile to będzie kosztować; już dziś wiadomo, że pieniędzy nie wystarczy. "
            "Może właśnie dlatego burmistrz milczy, gdy pytają go dziennikarze."
        ),
        "cp1250 iso8859-2",
    ),
    "czech": (
        "Most, o který nikdo nestál",
        (
            "Městská rada rozhodla, že postaví most přes řeku, i když si ho lidé nepřáli. Každý "
            "ví, že peníze chybějí ve školách a nemocnicích. Příští týden se má hlasovat a "
            "výsledek je předem jasný, říkají kritici."
        ),
        "cp1250 iso8859-2",
    ),
    "hungarian": (
        "A híd, amelyet senki sem kért",
        (
            "A városi tanács úgy döntött, hogy hidat épít a folyó fölé, noha az emberek iskolát "
            "szeretnének. Senki sem kérdezte meg őket, és a költségek már most is túl nagyok. "
            "Jövőre új választás lesz, és az ígéretek újra előkerülnek."
        ),
        "cp1250 iso8859-2",
    ),
    "turkish": (
        "Kimsenin istemediği köprü",
        (
            "Belediye, kimsenin istemediği bir köprü için iki yüz milyon harcayacak. Öğretmenler "
            "ise yıllardır yeni bir okul bekliyor. Şehrin eski mahallelerinde yaşayanlar, kararın"
            " kendilerine sorulmadan alındığını söylüyor ve çözüm istiyor."
        ),
        "cp1254 iso8859-9",
    ),
    "greek": (
        "Η γέφυρα που δεν ζήτησε κανείς",
        (
            "Το δημοτικό συμβούλιο αποφάσισε να χτίσει μια γέφυρα που δεν τη ζήτησε κανένας. Οι "
            "κάτοικοι περιμένουν ακόμη ένα σχολείο, και τα χρήματα δεν φτάνουν. Άραγε ποιος θα "
            "πληρώσει τελικά τον λογαριασμό;"
        ),
        "cp1253 iso8859-7",
    ),
    "russian": (
        "Мост, которого никто не просил",
        (
            "Городской совет решил построить мост, которого никто не просил. Жители ждут новую "
            "школу, а денег не хватает даже на ремонт старой. «Мы думаем о будущем», — сказал "
            "мэр, но подробностей не сообщил."
        ),
        "cp1251 koi8-r iso8859-5 mac_cyrillic",
    ),
    "ukrainian": (
        "Міст, якого ніхто не просив",
        (
            "Міська рада вирішила збудувати міст, якого ніхто не просив. Мешканці чекають на нову"
            " школу, а грошей не вистачає навіть на ремонт. Її відкриття обіцяли ще торік, і "
            "дехто вже не вірить жодному слову."
        ),
        "cp1251 koi8-u",
    ),
    "bulgarian": (
        "Мостът, който никой не поиска",
        (
            "Общинският съвет реши да построи мост, който никой не е искал. Хората чакат ново "
            "училище, а парите не стигат дори за ремонт на старото. Кметът обеща, че ще обясни "
            "всичко на среща с гражданите."
        ),
        "cp1251 iso8859-5",
    ),
    "hebrew": (
        "הגשר שאיש לא ביקש",
        (
            "מועצת העיר החליטה לבנות גשר שאיש לא ביקש. התושבים מחכים לבית ספר חדש, והכסף אינו "
            "מספיק אפילו לתיקון הישן. ראש העיר אמר שהוא חושב על העתיד, אבל לא הסביר מי ישלם."
        ),
        "cp1255 iso8859-8",
    ),
    "arabic": (
        "الجسر الذي لم يطلبه أحد",
        (
            "قرر مجلس المدينة أن يبني جسرا لم يطلبه أحد من السكان. ينتظر الناس مدرسة جديدة، ولا "
            "يكفي المال حتى لإصلاح القديمة. قال رئيس البلدية إنه يفكر في المستقبل، لكنه لم يشرح "
            "من سيدفع."
        ),
        "cp1256 iso8859-6",
    ),
    "lithuanian": (
        "Tiltas, kurio niekas neprašė",
        (
            "Miesto taryba nusprendė pastatyti tiltą, kurio niekas neprašė. Gyventojai laukia "
            "naujos mokyklos, o pinigų neužtenka net senosios remontui. Meras sakė galvojąs apie "
            "ateitį, bet nepaaiškino, kas už viską mokės."
        ),
        "cp1257 iso8859-13",
    ),
    "chinese": (
        "没有人要求的桥",
        (
            "市议会决定修建一座没有人要求的桥。居民们还在等待新的学校，而钱连修理旧学校都不够。市"
            "长说他考虑的是未来，但是没有说明最后由谁来付这笔钱。"
        ),
        "gb18030",
    ),
    "chinese-trad": (
        "沒有人要求的橋",
        (
            "市議會決定修建一座沒有人要求的橋。居民們還在等待新的學校，而錢連修理舊學校都不夠。市"
            "長說他考慮的是未來，但是沒有說明最後由誰來付這筆錢。"
        ),
        "big5 gb18030",
    ),
    "japanese": (
        "誰も求めなかった橋",
        (
            "市議会は、誰も求めていない橋を建設することを決めた。住民は新しい学校を待っているが、"
            "古い学校を直すお金さえ足りない。市長は未来を考えていると言ったが、誰が払うのかは説明"
            "しなかった。"
        ),
        "cp932 euc_jp",
    ),
    "korean": (
        "아무도 원하지 않은 다리",
        (
            "시의회는 아무도 요구하지 않은 다리를 짓기로 결정했다. 주민들은 새 학교를 "
            "기다리고 있지만 낡은 학교를 고칠 돈조차 부족하다. 시장은 미래를 생각한다고"
            " 말했지만 누가 돈을 낼지는 설명하지 않았다."
        ),
        "cp949",
    ),
}
FILES = [
    (language, codec, part)
    for language, (_title, _words, codecs) in SAMPLES.items()
    for codec in codecs.split()
    for part in ("title", "sentence", "whole")
]
CONFIDENT = 60
SECONDS = 5  # for what takes a tenth of one


def text_of(language: str, part: str) -> str:
    title, words, _codecs = SAMPLES[language]
    return {
        "title": f"{title}\n",
        "sentence": words.partition(". ")[0] + ".\n",
        "whole": f"{title}\n\n{words}\n",
    }[part]


@pytest.mark.parametrize(("language", "codec", "part"), FILES)
def test_a_text_is_read_in_its_own_letters(language: str, codec: str, part: str) -> None:
    content = text_of(language, part).encode(codec, errors="ignore")
    assert decode(content).text == content.decode(codec)


@pytest.mark.parametrize(
    "words", ["It\u2019s a test.", "caf\u00e9", "\u00a35 for na\u00efve \u201cfans\u201d"]
)
def test_a_few_letters_of_windows_1252_are_enough(words: str) -> None:
    text, guess = decode(words.encode("cp1252"))
    assert text == words
    assert guess is not None
    assert (guess.name, guess.confidence >= CONFIDENT) == ("Windows-1252", True)


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("language", SAMPLES)
def test_utf16_is_known_without_a_mark(language: str, codec: str) -> None:
    words = text_of(language, "whole")
    text, guess = decode(words.encode(codec))
    assert text == words
    assert guess is not None
    assert guess.name == codec.upper().replace("-LE", "LE").replace("-BE", "BE")


def test_a_few_damaged_letters_do_not_make_utf8_something_else() -> None:
    words = text_of("russian", "whole")
    text, guess = decode(words.encode() + b"\xd0 end")
    assert text == f"{words}\ufffd end"
    assert guess is not None
    assert guess.name == "UTF-8"


def test_noise_is_no_sure_guess() -> None:
    noise = bytes(0x80 + (n * 7919 + n * n * 31) % 128 for n in range(4_000))
    try:
        _text, guess = decode(noise)
    except Unreadable:
        return
    assert guess is not None
    assert guess.confidence < CONFIDENT


def test_a_long_line_before_the_first_letter_takes_no_time() -> None:
    began = time.process_time()
    text, _guess = decode(b"a" * 5_000_000 + b" caf\xe9")
    assert text.endswith(" caf\u00e9")
    assert time.process_time() - began < SECONDS


def test_what_is_certain_is_no_guess_whatever_is_said() -> None:
    assert decode("da\u00df".encode(), encoding="Windows-1251") == ("da\u00df", None)
    assert decode("da\u00df".encode("utf-16"), encoding="Windows-1251") == ("da\u00df", None)
    page = b"<html><meta charset=koi8-r><p>" + "\u0434\u0430".encode("koi8-r")
    assert decode_html(page, encoding="Windows-1251").guess is None


def test_who_says_the_encoding_is_followed_or_told() -> None:
    content = "\u0434\u0430".encode("koi8-r")
    assert decode(content, encoding="KOI8-R").text == "\u0434\u0430"
    assert decode(content, encoding="koi8-r").text == "\u0434\u0430"
    assert decode(content, encoding="Windows-1252").text == "\u00c4\u00c1"
    with pytest.raises(Unreadable, match="The file is not Shift_JIS"):
        decode(b"\x81\x20\xff", encoding="Shift_JIS")


def test_a_page_that_is_utf8_throughout_is_read_so_whatever_it_declares() -> None:
    article = read_file(
        "a.html", shared_case("readers/c12-utf8-declared-gb2312.html"), date_order=DateOrder.MDY
    )
    assert "\u6865" in article.document.text
    assert article.encoding is None


@pytest.mark.parametrize("name", CODECS)
def test_every_encoding_that_is_offered_is_one(name: str) -> None:
    assert "word".encode(CODECS[name])


@given(st.text(st.characters(codec="cp1251", exclude_categories=["Cc"]), min_size=1, max_size=80))
def test_what_is_said_of_the_encoding_brings_every_letter_back(words: str) -> None:
    content = words.encode("cp1251")
    text, guess = decode(content, encoding="Windows-1251")
    assert guess is None or text == words


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("caf\u00e9 \u201cx\u201d".encode(), "caf\u00e9 \u201cx\u201d"),
        (b"\xef\xbb\xbfword", "word"),
        ("caf\u00e9 \U0001f600".encode("utf-16"), "caf\u00e9 \U0001f600"),
        (b"\xfe\xff" + "caf\u00e9".encode("utf-16-be"), "caf\u00e9"),
        (b"\x93caf\xe9\x94 \x96 \x80 5", "\u201ccaf\u00e9\u201d \u2013 \u20ac 5"),
    ],
)
def test_a_file_is_utf8_or_utf16_with_a_mark_or_windows_1252(content: bytes, text: str) -> None:
    assert decode(content).text == text


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "empty"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "not plain text"),
        (b"\xff\xfea", "not plain text"),
        (b"\xff\xfea\0\0\0", "not plain text"),
        (b"%PDF-1.7\n1 0 obj", "a PDF"),
        (b"{\\rtf1 word}", "an RTF file"),
        (b"PK\x03\x04word", "Word"),
        (b"\xe9\x01\x02\x03\x04 word", "not plain text"),
    ],
)
def test_what_is_no_text_is_refused_with_a_reason(content: bytes, word: str) -> None:
    with pytest.raises(Unreadable, match=word):
        decode(content)


@given(st.binary(max_size=200))
def test_any_bytes_are_text_or_unreadable(content: bytes) -> None:
    try:
        text = decode(content).text
    except Unreadable as error:
        assert str(error).endswith(".")  # noqa: PT017 either outcome is right
    else:
        assert "\0" not in text


CASES = {
    "readers/c13-windows-1251.txt": "\u041c\u043e\u0441\u0442",
    "other/russian-cp1251.txt": "\u0430",
    "other/russian-koi8.txt": "\u0430",
    "other/greek-cp1253.txt": "\u03b1",
    "other/chinese-gb18030.txt": "\u7684",
    "other/japanese-sjis.txt": "\u306e",
}


@pytest.mark.parametrize("name", CASES)
def test_a_shared_text_is_read_in_its_own_letters(name: str) -> None:
    article = read_file(Path(name).name, shared_case(name), date_order=DateOrder.MDY)
    assert CASES[name] in article.document.text
    assert article.encoding is not None
    assert article.encoding.confidence >= CONFIDENT
