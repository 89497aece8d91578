"""The language of a text that nothing states: guessed by its script and its small words."""

# ruff: noqa: RUF001  (letters that look like those of ASCII are what this is about)

import time
from pathlib import Path

import pytest

from app.text.languages import guess_language
from tests.harness.shared import shared_case

ARTICLES = Path(__file__).parents[4] / "shared" / "data" / "articles"

SAID = {
    "en": "The harbour was sold in May, and nobody asked the town. They said that it was fair.",
    "fr": "Le port a été vendu en mai, et personne n’a demandé l’avis de la ville. On dit que "
    "le prix était juste, mais les habitants ne sont pas d’accord avec le maire.",
    "de": "Der Hafen wurde im Mai verkauft, und niemand hat die Stadt gefragt. Der Preis ist "
    "gerecht, sagt der Bürgermeister, aber das glaubt ihm keiner.",
    "es": "El puerto se vendió en mayo y nadie preguntó al pueblo. Se dice que el precio era "
    "justo, pero los vecinos no están de acuerdo con el alcalde.",
    "it": "Il porto è stato venduto a maggio e nessuno ha chiesto alla città. Si dice che il "
    "prezzo fosse giusto, ma gli abitanti non sono d’accordo con il sindaco.",
    "pt": "O porto foi vendido em maio e ninguém perguntou à cidade. Diz-se que o preço era "
    "justo, mas os moradores não estão de acordo com o prefeito.",
    "nl": "De haven werd in mei verkocht, en niemand vroeg het aan de stad. Er wordt gezegd dat "
    "de prijs eerlijk was, maar de bewoners zijn het er niet mee eens.",
    "sv": "Hamnen såldes i maj, och ingen frågade staden. Det sägs att priset var rättvist, men "
    "invånarna håller inte med om det.",
    "da": "Havnen blev solgt i maj, og ingen spurgte byen. Det siges, at prisen var rimelig, men "
    "beboerne er ikke enige med borgmesteren.",
    "no": "Havnen ble solgt i mai, og ingen spurte byen. Det sies at prisen var rettferdig, men "
    "innbyggerne er ikke enige med ordføreren.",
    "fi": "Satama myytiin toukokuussa, eikä kukaan kysynyt kaupungilta. Sanotaan, että hinta oli "
    "oikea, mutta asukkaat eivät ole samaa mieltä, ja se on totta.",
    "pl": "Port został sprzedany w maju i nikt nie zapytał miasta. Mówi się, że cena była "
    "uczciwa, ale mieszkańcy nie zgadzają się z tym, co jest dla nich ważne.",
    "cs": "Přístav byl prodán v květnu a nikdo se města nezeptal. Říká se, že cena byla "
    "spravedlivá, ale obyvatelé s tím nesouhlasí, a to je pro ně důležité.",
    "sk": "Prístav bol predaný v máji a nikto sa mesta nepýtal. Hovorí sa, že cena bola "
    "spravodlivá, ale obyvatelia s tým nesúhlasia, a to je pre nich dôležité.",
    "hu": "A kikötőt májusban eladták, és senki nem kérdezte meg a várost. Azt mondják, hogy az "
    "ár igazságos volt, de a lakosok ezt nem hiszik.",
    "ro": "Portul a fost vândut în mai și nimeni nu a întrebat orașul. Se spune că prețul a fost "
    "corect, dar locuitorii nu sunt de acord cu primarul.",
    "tr": "Liman mayısta satıldı ve kimse şehre sormadı. Fiyatın adil olduğu söyleniyor ama bu, "
    "halk için doğru değil ve çok kişi daha fazlasını istiyor.",
    "hr": "Luka je prodana u svibnju, a nitko nije pitao grad. Kaže se da je cijena bila "
    "poštena, ali stanovnici se ne slažu s tim što je rekao.",
    "ru": "Порт был продан в мае, и никто не спросил город. Говорят, что цена была "
    "справедливой, но жители с этим не согласны.",
    "uk": "Порт продали у травні, і ніхто не запитав місто. Кажуть, що ціна була справедливою, "
    "але мешканці з цим не згодні, та й він також.",
    "bg": "Пристанището беше продадено през май и никой не попита града. Казват, че цената е "
    "била справедлива, но жителите не са съгласни с това.",
    "sr": "Лука је продата у мају, а нико није питао град. Каже се да је цена била поштена, али "
    "становници се не слажу са тим што је рекао.",
    "el": "Το λιμάνι πουλήθηκε τον Μάιο και κανείς δεν ρώτησε την πόλη.",
    "ar": "تم بيع الميناء في مايو ولم يسأل أحد المدينة. يقال إن السعر كان عادلا، لكن السكان "
    "لا يتفقون مع ذلك في كل ما قيل عن هذا.",
    "fa": "بندر در ماه مه فروخته شد و هیچ کس از شهر نپرسید. گفته می شود که قیمت منصفانه بود، "
    "اما ساکنان با این موافق نیستند.",
    "ur": "بندرگاہ مئی میں فروخت ہوئی اور کسی نے شہر سے نہیں پوچھا۔ کہا جاتا ہے کہ قیمت "
    "منصفانہ تھی، لیکن رہائشی اس سے متفق نہیں ہیں۔",
    "hi": "बंदरगाह मई में बेच दिया गया और किसी ने शहर से नहीं पूछा। "
    "कहा जाता है कि कीमत उचित थी, लेकिन निवासी इससे सहमत नहीं हैं।",
    "ko": "항구는 5월에 팔렸고 아무도 도시에 묻지 않았다. 가격은 공정했다고 한다.",
    "zh": "港口在五月被出售，没有人问过这个城市。据说价格是公平的，但居民不同意市长的说法。",
    "th": "ท่าเรือถูกขายในเดือนพฤษภาคมและไม่มีใครถามเมือง",
    "id": "Pelabuhan itu dijual pada bulan Mei dan tidak ada yang bertanya kepada kota. "
    "Dikatakan bahwa harganya adil, tetapi penduduk tidak setuju dengan ini.",
    "vi": "Cảng đã được bán vào tháng Năm và không ai hỏi thành phố. Người ta nói rằng giá cả "
    "là công bằng, nhưng những cư dân không đồng ý với thị trưởng.",
}


@pytest.mark.parametrize("language", SAID)
def test_a_few_sentences_tell_their_language(language: str) -> None:
    assert guess_language(SAID[language]) == language
    assert guess_language(SAID[language].upper()) == language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Рада у вівторок проголосувала за те, щоб не питати поромників, хоча їх і шкода.", "uk"),
        ("Рада ў аўторак прагаласавала за тое, каб не пытаць перавозчыкаў, хоць іх і шкада.", "be"),
        ("Совет проголосовал за то, чтобы деньги ушли на старый мост, но никто не знал.", "ru"),
    ],
)
def test_the_letters_of_one_sentence_tell_languages_of_one_script(text: str, language: str) -> None:
    assert guess_language(text) == language


@pytest.mark.parametrize(
    ("case", "language"), [("hebrew.md", "he"), ("ja.md", "ja"), ("shy.md", "en")]
)
def test_the_texts_of_the_cases_tell_theirs(case: str, language: str) -> None:
    text = shared_case(f"other/{case}").decode()
    assert guess_language(text.rpartition("---")[2]) == language


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1990 – 2,000 % … 🙂",
        "Yes.",
        "Bridge Harbour Council Tax",
        "Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor.",
    ],
)
def test_what_says_too_little_is_not_guessed(text: str) -> None:
    assert guess_language(text) == ""


def test_words_of_another_language_do_not_change_it() -> None:
    assert guess_language(f"{SAID['de']} {SAID['de']} „{SAID['en']}“ {SAID['de']}") == "de"
    assert guess_language(f"{SAID['zh']} NATO EU WHO") == "zh"


@pytest.mark.skipif(not ARTICLES.exists(), reason="needs ../shared/data/articles")
def test_real_articles_are_english_and_a_book_is_as_quick() -> None:
    texts = [path.read_text(encoding="utf-8") for path in sorted(ARTICLES.glob("*-*.txt"))]
    assert {guess_language(text) for text in texts} == {"en"}
    begun = time.process_time()
    assert guess_language(texts[0] * 500) == "en"
    assert time.process_time() - begun < 0.5
