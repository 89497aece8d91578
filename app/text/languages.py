"""Which language a text is in, where nothing states it: by its script, then by its small words."""

# ruff: noqa: RUF001  (letters that look like those of ASCII are what this is about)

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Mapping

import regex

_READ = 20_000  # characters that tell
_LETTERS_COMPARED = 20  # of so few letters even the script is no guess
_WORD = regex.compile(r"[\p{L}\p{M}]+")
# How many different small words must be found, which share of all words they must be, weighed, and
# how much more often than those of the next language.
_LEAST_FOUND = 3
_LEAST_SHARE = 0.06
_LEAST_LEAD = 1.15
# The share of the letters that a script without spaces must have, since each of them is a syllable
# or a word, and that of kana by which Japanese is known from Chinese.
_UNSPACED_SHARE = 0.25
_KANA_SHARE = 0.05

# Scripts by the first word of their letters' Unicode names, that one language is printed in.
_ONE_LANGUAGE = {
    "ARMENIAN": "hy",
    "BENGALI": "bn",
    "CJK": "zh",
    "ETHIOPIC": "am",
    "GEORGIAN": "ka",
    "GREEK": "el",
    "GUJARATI": "gu",
    "GURMUKHI": "pa",
    "HANGUL": "ko",
    "HIRAGANA": "ja",
    "KANNADA": "kn",
    "KHMER": "km",
    "LAO": "lo",
    "MALAYALAM": "ml",
    "MYANMAR": "my",
    "ORIYA": "or",
    "SINHALA": "si",
    "TAMIL": "ta",
    "TELUGU": "te",
    "THAANA": "dv",
    "THAI": "th",
    "TIBETAN": "bo",
}
_KANA = ("HIRAGANA", "KATAKANA")

# The commonest small words of each language, by script. One that several languages have counts
# for each of them, but less.
_LATIN = {
    "af": "die en van het is nie wat om te dat hulle vir sy ook was deur word maar ons kan moet hy",
    "ca": "els les amb una que del dels per és no més com però aquesta aquest són ha seva als i el",
    "cs": "se na je že to si jsou by ale jako jeho pro který která které už bylo byl kde také nebo",
    "da": "og det er at på ikke der som til af med den har han var jeg blev men også efter hvad",
    "de": "der die und das ist nicht von den zu mit sich auf für dem ein eine auch es wird wie hat",
    "en": "the of and to in that is was for it with as on be by are this not have from they which",
    "es": "el la los las que de y en por con una para no es se del al su como más pero este ha son",
    "et": "ja on ei et ka oli see kui mis ning aga oma kes või kas selle nad tema siis välja veel",
    "eu": "eta da ez bat du zen dira baina izan egin ere hau dute den zuen duen bere edo beste",
    "fi": "ja on ei että se oli hän ovat mutta myös kun niin joka jos tai sen kuin voi ole olla",
    "fr": "le la les des et est une que dans du qui pour pas sur au par il ne ce plus avec sont d",
    "ga": "agus an na ar ag go is tá le bhí sé nach sin leis mar don faoi seo chun ach gur iad",
    "gl": "o a os as que de e en do da un unha non por con para ao é na no máis pero súa foi dos",
    "hr": "je i u se na da su za od kao koji nije što bi koja ali ili sve samo bio još kako te će",
    "hu": "a az és hogy nem is egy ez meg csak de volt már mint vagy van ha még ki el azt ezt sem",
    "id": "yang dan di untuk dengan ini tidak dari dalam itu akan pada juga oleh ke ada bisa",
    "is": "og að er í á sem ekki við um það var en því til af með hann fyrir þess eru hefur",
    "it": "il di che la e non è per un una del le della in si con gli da sono dei ma anche più",
    "lt": "ir yra kad į ne su iš bet apie kaip tai už jis ar dėl buvo jo taip tik po nuo kuris",
    "lv": "un ir ka ar no par uz bet kas tas nav kā vai arī bija pie tikai gan jau šo viņš pēc",
    "nl": "de het een van en is dat niet in op te zijn voor met die er aan om ook maar door naar",
    "no": "og det er at på ikke som til av med den har han var jeg ble men også etter bare hva",
    "pl": "się nie na że jest do to jak ale od za po dla przez tym co przy są był które jego czy",
    "pt": "o a os as que de e em do da um uma não por com para se ao é na no mais mas sua foi são",
    "ro": "și în de la nu a că cu pe este mai pentru din o un ce sunt care au fost dar prin sau",
    "sk": "sa na je že to si sú by ale ako jeho pre ktorý ktorá ktoré už bolo bol kde tiež alebo",
    "sl": "je in se na da so za ki ne pa kot bi tudi ali še po bil od iz kar ni samo lahko pri",
    "sq": "dhe të në e për një me që nga është nuk si më ka por se do i këtë tij janë ishte",
    "sv": "och att det är som en på för inte av den till med har de ett om han var men så också",
    "sw": "na ya wa kwa ni katika za la kuwa hiyo hii cha kama lakini hivyo alisema watu yake",
    "tr": "ve bir bu da de için ile çok olarak daha ne gibi ama var kadar olan değil sonra en o",
    "vi": "và của là không các một những cho có được người trong đã với này khi đến để tôi cũng",
}
_CYRILLIC = {
    "be": "і ў не на што да як з гэта але для яго па ад ён або быў таксама які толькі гэты",
    "bg": "на и да се за не от че по са това ще но като във към който си има беше до едно още",
    "kk": "және бұл мен деп бір бар үшін болып да де емес болды осы ол оның кейін сол туралы",
    "mk": "на и да се за не од во дека со ќе тоа што како но по ги или кој беше само ова до",
    "ru": "и в не на что с как это по но к из у за от для он его был только или еще бы же",
    "sr": "је и у се на да су за од као који није што би која али или све само био још како",
    "uk": "і в не на що з як це до та але й його для від за він або був також який тільки ще",
}
# Letters that a language of Cyrillic letters has not, and another has in most of its sentences.
_UNKNOWN_LETTERS = {
    "ru": "іїєґўјљњђћџ",
    "uk": "ыэёъўјљњђћџ",
    "be": "ищъїєґјљњђћџ",
    "bg": "ыэёіїєґўјљњђћџ",
    "mk": "ыэёъщйяюіїєґўђћ",
    "sr": "ыэёъщйяюіїєґў",
}
_UNKNOWN_SHARE = 0.02  # of the characters
_ARABIC = {
    "ar": "في من على أن إلى التي عن لا ما هذا هذه الذي كان مع ذلك بعد لم قد بين كل هو هي أو",
    "ckb": "لە بە ئەو کە بۆ هەر ئەم لەگەڵ و ئەوە بوو هیچ نییە دەکات لەو هەموو خۆی بەڵام",
    "fa": "در به از که این را با است برای آن خود تا بر هم نیز می شود شده و ها یک نمی کرد هیچ",
    "ps": "د په او چې له دا هم سره کې ته یې دی شي وي نه ده خو هغه یو دې لپاره",
    "ur": "کے کی میں ہے اور سے کا کو اس نے پر کہ ہیں بھی ایک یہ نہیں تھا ہو گیا لیے وہ",
}
_HEBREW = {
    "he": "של את על לא הוא זה עם כי היא או גם אם אבל יש כל אין זאת היה להיות אך מה בין אחרי לפני",
    "yi": "און די דער איז אין פון צו ניט נישט האט מיט א דאס זיך אויף פאר וואס זיי ער אז",
}
_DEVANAGARI = {
    "hi": "के में है की से को और का यह हैं नहीं पर कि एक भी ने था लिए कर इस",
    "mr": "आणि आहे या च्या ते हे की नाही आहेत होते एक तर मध्ये हा ही होता त्या केले",
    "ne": "र छ को मा ले छन् यो पनि गरेको भएको हो एक तर लाई गर्ने थियो छैन",
}


def _weights(words: Mapping[str, str]) -> dict[str, dict[str, float]]:
    """Give each small word its languages; the more there are, the less it counts for each."""
    languages: defaultdict[str, list[str]] = defaultdict(list)
    for language, written in words.items():
        for word in written.split():
            languages[word].append(language)
    return {word: dict.fromkeys(of, len(of) ** -0.5) for word, of in languages.items()}


_BY_WORDS = {
    "LATIN": _weights(_LATIN),
    "CYRILLIC": _weights(_CYRILLIC),
    "ARABIC": _weights(_ARABIC),
    "HEBREW": _weights(_HEBREW),
    "DEVANAGARI": _weights(_DEVANAGARI),
}


def guess_language(text: str) -> str:
    """Guess a text's language by its first 20,000 characters.

    Returns a language subtag such as "en", or "" where it is too short, or in none of those known.
    """
    sample = text[:_READ]
    script = _script_of(sample)
    if script in _BY_WORDS:
        return _by_words(sample, _BY_WORDS[script])
    return _ONE_LANGUAGE.get(script, "")


def _script_of(text: str) -> str:
    """Give the script of most letters, by its name in Unicode; "HIRAGANA" is Japanese."""
    letters: Counter[str] = Counter()
    for character, count in Counter(text).items():
        if character.isalpha():
            letters[unicodedata.name(character, "").split("-")[0].split(" ")[0]] += count
    total = letters.total()
    if total < _LETTERS_COMPARED:
        return ""
    kana = sum(letters[name] for name in _KANA)
    east_asian = letters["CJK"] + kana
    if east_asian >= _UNSPACED_SHARE * total:
        return "HIRAGANA" if kana >= _KANA_SHARE * east_asian else "CJK"
    return letters.most_common(1)[0][0]


def _by_words(text: str, weights: Mapping[str, Mapping[str, float]]) -> str:
    """Guess by which language's small words are most of a text's words."""
    folded = text.casefold()
    counts = Counter(_WORD.findall(folded))
    scores: defaultdict[str, float] = defaultdict(float)
    found: Counter[str] = Counter()
    for word, languages in weights.items():
        if counts[word]:
            for language, weight in languages.items():
                scores[language] += counts[word] * weight
                found[language] += 1
    possible = [language for language in scores if _may_write(language, folded)]
    ranked = sorted(((scores[language], language) for language in possible), reverse=True)
    (score, best), (next_score, _) = [*ranked, (0.0, ""), (0.0, "")][:2]
    is_known = (
        found[best] >= _LEAST_FOUND
        and score >= _LEAST_SHARE * counts.total()
        and score >= _LEAST_LEAD * next_score
    )
    return best if is_known else ""


def _may_write(language: str, text: str) -> bool:
    """Tell whether a text is without letters that a language has not, but for some of its names."""
    unknown = sum(map(text.count, _UNKNOWN_LETTERS.get(language, "")))
    return unknown <= len(text) * _UNKNOWN_SHARE
