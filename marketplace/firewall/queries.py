"""Finds what may not be asked, promised or given before a contract, in Bengali, English and Banglish.

Text is read in a plain form (compatibility forms and joiners gone, all digits Latin, lower case) that remembers where each
character stood, so that a finding points into the text as it was written.
"""
from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence

from marketplace.firewall.models import RULES, Finding

Span = tuple[int, int]

JOINERS = set("\u200b\u200c\u200d\u2060\ufeff\u00ad")
SENTENCE = re.compile(r"[^।!?\n]+?(?:[।!?\n]|\.(?=\s|$)|$)")
DIGIT_WORDS = {
    "0": "শূন্য শুন্য জিরো zero oh shunno sunno shunyo", "1": "এক ওয়ান one ek", "2": "দুই টু two dui", "3": "তিন থ্রি three tin",
    "4": "চার ফোর four char", "5": "পাঁচ পাচ ফাইভ five panch pach", "6": "ছয় ছয সিক্স six choy chhoy soy", "7": "সাত সেভেন seven sat shat",
    "8": "আট এইট eight aat at", "9": "নয় নয নাইন nine noy noi",
}
REPEATS = {"ডাবল": 2, "double": 2, "dabol": 2, "ট্রিপল": 3, "triple": 3}
BETWEEN = r"[\s\-–—.,/()|_*:]{0,3}"
PHONE = re.compile(r"(?:0088|88)?0(?:1[3-9]|96)\d{8}")
ABROAD = re.compile(r"\+\d[\d\s-]{8,16}\d")

NEARBY = r"[^\n]{0,40}?"
MOBILE_MONEY = r"(?:বিকাশ|বিক্যাশ|নগদ|রকেট|উপায়|bkash|b-kash|bikash|nagad|nogod|rocket|upay|send ?money|সেন্ড ?মানি|মোবাইল ব্যাংকিং)"
ADVANCE = (r"(?:অগ্রিম|অ্যাডভান্স|এডভান্স|এ্যাডভান্স|আগাম|বায়না|আগে টাকা|টাকা আগে|advance|upfront|pre-?payment|agrim|ogrim|age taka|"
           r"taka age|bayna)")
SEND_IT = r"(?:পাঠান|পাঠাবেন|পাঠিয়ে|দিয়ে দিন|দিতে হবে|pathan|pathaben|pathiye|dite hobe|\bsend\b|\bpay\b)"
ADMIN = r"(?:অ্যাডমিন|এডমিন|এ্যাডমিন|\badmin)"
MAKE = (r"(?:বানান|বানিয়ে|বানাতে|করে দি|করতে হবে|করুন|দিন\b|দিতে হবে|দেবেন|দিবেন|লাগবে|চাই|এক্সেস|অ্যাক্সেস|রোল|access|role|rights|"
        r"banan|baniye|korun|kore di|dite hobe|diben|lagbe|chai)")
CERTAIN = r"(?:গ্যারান্টি|গ্যারান্টেড|গ্যারেন্টি|নিশ্চিত|নিশ্চয়তা|guarant\w*|gurant\w*|garant\w*|nishchit|100 ?%|শতভাগ)"
VANITY = r"(?:লাইক|ফলোয়ার|ফলোয়ার|সাবস্ক্রাইবার|মেম্বার|ভিউ|রিচ|\blikes?\b|\bfollowers?\b|\bsubscribers?\b|\bmembers?\b|\bviews?\b|\breach\b)"
SALES = r"(?:বিক্রি|সেল\b|সেলস|অর্ডার|\bsales?\b|\borders?\b|bikri)"
MANY = r"\d[\d,.]*\s*(?:k\b|হাজার|লাখ|লক্ষ|hajar|hazar|lakh|lac)?\+?\s*(?:\w{1,12}\s+)?(?:টা |টি )?"

WORD_PATTERNS: Sequence[tuple[str, str]] = (
    ("advance", f"{ADVANCE}{NEARBY}{MOBILE_MONEY}|{MOBILE_MONEY}{NEARBY}{ADVANCE}"),
    ("advance", f"{MOBILE_MONEY}{NEARBY}{SEND_IT}|{SEND_IT}{NEARBY}{MOBILE_MONEY}"),
    ("password", r"পাস ?ওয়ার্ড|পাস ?ওয়াড|\bpass ?w[oa]+r?d\b|\botp\b|ও ?টি ?পি|(?:verification|login|security|2fa) code|"
                 r"(?:ভেরিফিকেশন|লগইন|সিকিউরিটি) ?কোড|আইডি ?পাস(?!পোর্ট)|\bid ?pass\b"),
    ("admin", rf"{ADMIN}\S{{0,4}}\s*(?:\S+\s+){{0,2}}?{MAKE}|(?:make|add) (?:me|us|him|her) (?:as )?(?:an |the )?admin|"
              r"ফুল (?:কন্ট্রোল|এক্সেস|অ্যাক্সেস)|\bfull (?:control|access)\b|পেজের মালিকানা|page ownership"),
    ("guarantee", f"{CERTAIN}{NEARBY}(?:{VANITY}|{SALES})|(?:{VANITY}|{SALES}){NEARBY}{CERTAIN}|{MANY}{VANITY}"),
    ("email", r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+|"
              r"[^\s@]{1,64}\s{0,3}(?:@|\bat\b|\(at\)|অ্যাট|এট)\s*(?:gmail|yahoo|hotmail|outlook|জিমেইল|ইয়াহু)\S*"),
    ("link", r"https?://\S+|www\.\S+|\b(?:t\.me|wa\.me|m\.me|bit\.ly|fb\.me|fb\.com)/\S*|"
             r"\b[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,3}\.(?:com|net|org|info|shop|store|xyz|bd|io|co|me|link)(?:/\S*)?(?![\w@])"),
    ("contact", r"(?:whats ?app|হোয়াটস ?অ্যাপ|হোয়াটস ?এপ|হোয়াটসঅ্যাপ|\bimo\b|ইমো|telegram|টেলিগ্রাম|\bviber\b)"
                r"[^\n]{0,20}?(?:নম্বর|নাম্বার|নক|কল|যোগাযোগ|মেসেজ দিন|number|knock|\bcall\b|contact|\bme\b|jogajog|nok)|"
                r"(?:\bcall\b|contact|knock|message)(?: me| us)? (?:on|in|at|via) (?:whats ?app|imo|telegram|viber)"),
)
EXCUSES: Mapping[str, str] = {
    "advance": r"কাস্টমার|ক্রেতা|গ্রাহক|\bcustomers?\b|\bbuyers?\b",
    "guarantee": r"আছে|রয়েছে|\bache\b|\base\b|\bhas\b|\bhave\b",
}
"""A sentence with one of these words is a plain fact or another matter."""
DENIALS = r"\b(?:no|never|not|without|don'?t|cannot|can'?t)\b|ছাড়া|কখনও?ো?|(?<!\S)(?:না|নয়|নেই|দেই না|na|nai|noy)(?![\w\u0980-\u09ff])"
NOT_FORGETTING = r"ভুল|\bforget\b|\bmiss\b|\bvul"
NEGATABLE = {"advance", "password", "admin", "guarantee"}


class Plain:
    """A text in its plain form, with the place of each plain character in the original."""

    def __init__(self, text: str) -> None:
        self.original = text
        pairs = [(letter, at) for at, char in enumerate(text) if char not in JOINERS for letter in _plain(char)]
        self.text = "".join(letter for letter, _ in pairs)
        self.places = [at for _, at in pairs]

    def finding(self, rule: str, span: Span, field: str) -> Finding:
        """The finding at a span of the plain text."""
        start, end = self.places[span[0]], self.places[span[1] - 1] + 1
        return Finding(rule, start, end, self.original[start:end], field)


def inspect(text: str | None, field: str = "") -> list[Finding]:
    """What the rules find in a text, in order, without overlaps."""
    plain = Plain(text or "")
    spans = _apart({*_phones(plain.text), *_phrases(plain.text)})
    return [plain.finding(rule, span, field) for rule, span in spans]


def inspect_all(fields: Mapping[str, str | None]) -> list[Finding]:
    """What the rules find in several fields of one form."""
    return [finding for field, text in fields.items() for finding in inspect(text, field)]


def pieces(text: str, findings: Sequence[Finding]) -> list[tuple[str, Finding | None]]:
    """The text cut where findings begin and end; each piece with its finding or None."""
    cut, at = [], 0
    for finding in sorted(findings, key=lambda found: found.start):
        cut += [(text[at:finding.start], None), (text[finding.start:finding.end], finding)]
        at = finding.end
    return [(piece, finding) for piece, finding in [*cut, (text[at:], None)] if piece]


def _plain(char: str) -> str:
    folded = unicodedata.normalize("NFKC", char).casefold()
    return "".join(str(unicodedata.digit(letter)) if letter.isdigit() else letter for letter in folded)


def _normal(pattern: str) -> str:
    """Patterns as the plain form writes: ড়, ঢ়, য় in two characters."""
    return unicodedata.normalize("NFC", pattern)


_COMPILED = [(rule, re.compile(_normal(pattern))) for rule, pattern in WORD_PATTERNS]
_EXCUSES = {rule: re.compile(_normal(pattern)) for rule, pattern in EXCUSES.items()}
_DENIALS, _NOT_FORGETTING = re.compile(_normal(DENIALS)), re.compile(_normal(NOT_FORGETTING))
_VALUES = {_normal(word): digit for digit, words in DIGIT_WORDS.items() for word in words.split()}
_WORDS = "|".join(sorted(map(re.escape, [*_VALUES, *REPEATS]), key=len, reverse=True))
_ATOM = re.compile(rf"\d+|(?<![a-z\u0980-\u09ff])(?:{_WORDS})(?![a-z\u0980-\u09ff])|(?<![a-z])o(?=\s?-?1)")
_GAP = re.compile(BETWEEN)


def _phrases(plain: str) -> Iterator[tuple[str, Span]]:
    for sentence in SENTENCE.finditer(plain):
        for rule, pattern in _COMPILED:
            for match in pattern.finditer(sentence[0]):
                if not _excused(rule, sentence[0]):
                    yield rule, (sentence.start() + match.start(), sentence.start() + match.end())


def _excused(rule: str, sentence: str) -> bool:
    """Whether the sentence says it is not wanted, or speaks of something else."""
    if rule in _EXCUSES and _EXCUSES[rule].search(sentence):
        return True
    return rule in NEGATABLE and bool(_DENIALS.search(sentence)) and not _NOT_FORGETTING.search(sentence)


def _phones(plain: str) -> Iterator[tuple[str, Span]]:
    """Numbers in digits or in words. A number begins and ends where a group of digits does: "10 15 20 25" is none."""
    for run in _runs(plain):
        digits = "".join(value for value, _ in run)
        for match in PHONE.finditer(digits):
            if span := _span(run, match.start(), match.end()):
                yield "phone", span
    for match in ABROAD.finditer(plain):
        yield "phone", match.span()


def _runs(plain: str) -> Iterator[list[tuple[str, Span]]]:
    """Digits and number words that follow each other closely, as (digits, span) groups."""
    run: list[tuple[str, Span]] = []
    times = 1
    for atom in _ATOM.finditer(plain):
        if run and not _GAP.fullmatch(plain, run[-1][1][1], atom.start()):
            yield run
            run = []
        times = _take(run, atom, times)
    yield run


def _take(run: list[tuple[str, Span]], atom: re.Match, times: int) -> int:
    """Add an atom to the run; "double" adds nothing and is told to the next one."""
    if repeat := REPEATS.get(atom[0]):
        run.append(("", atom.span()))
        return repeat
    digits = atom[0] if atom[0].isdigit() else _VALUES.get(atom[0], "0")
    run.append((digits * times if len(digits) == 1 else digits, atom.span()))
    return 1


def _span(run: list[tuple[str, Span]], start: int, end: int) -> Span | None:
    """The part of the text that these digits of a run came from, None when a group was cut."""
    edges, at = {}, 0
    for digits, span in run:
        edges.setdefault(("start", at), span[0])
        at += len(digits)
        edges["end", at] = span[1]
    first, last = edges.get(("start", start)), edges.get(("end", end))
    return (first, last) if first is not None and last is not None else None


def _apart(spans: set[tuple[str, Span]]) -> list[tuple[str, Span]]:
    """Those that do not overlap an earlier one; of two that do, the graver stays, then the earlier."""
    graver = sorted(spans, key=lambda found: (list(RULES).index(found[0]), found[1]))
    kept: list[tuple[str, Span]] = []
    for rule, span in graver:
        if all(span[1] <= other[0] or span[0] >= other[1] for _, other in kept):
            kept.append((rule, span))
    return sorted(kept, key=lambda found: found[1])
