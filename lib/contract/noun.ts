import { userInputCharsMax } from "./scan-limits.ts";

/**
 * Tells whether a stretch of Korean text is a noun of its own, without a morphological analyser. In a
 * Korean compound the last noun is the head (책상 is no 책, 휴지통 no 휴지), so what follows decides
 * most: the end of the word, particles, or a verb somebody wrote without a space. It misses rather
 * than guesses: an unknown compound names nothing.
 */

/** Positions in `FoldedText.compact`, `end` exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Lower-cased text without spaces and punctuation that still knows where its words were. */
export interface FoldedText {
  readonly compact: string;
  /** For every position of `compact`, the word it belongs to. */
  readonly words: readonly Span[];
}

export function foldText(text: string): FoldedText {
  // Normalized because macOS sends Hangul decomposed; cut twice because NFKC may lengthen.
  const cut = text.slice(0, userInputCharsMax);
  const plain = cut.normalize("NFKC").toLowerCase().slice(0, userInputCharsMax);
  const words: Span[] = [];
  let compact = "";
  for (const word of plain.split(/[^\p{L}\p{N}]+/u)) {
    const span = { start: compact.length, end: compact.length + word.length };
    for (let i = 0; i < word.length; i++) words.push(span);
    compact += word;
  }
  return { compact, words };
}

export function isWholeNoun({ compact, words }: FoldedText, { start, end }: Span): boolean {
  const first = words[start];
  const last = words[end - 1];
  if (!first || !last) return false;
  const length = end - start;
  const isAcrossWords = first.end < end;
  // "그래도 자기" holds no 도자기: a name may run across a space only from the start of a word.
  if (isAcrossWords && (length < 3 || first.start !== start)) return false;
  const before = compact.slice(first.start, start);
  const after = compact.slice(end, Math.min(last.end, end + lookAheadChars));
  if (/[a-z]$/.test(before) && /[a-z]/.test(compact[start] ?? "")) return false;
  if (length === 1) return before === "" && aloneEnding.test(after) && !isAdverb(compact, end);
  if (length === 2 && before !== "" && !modifiers.test(before)) return false;
  return ending.test(after);
}

/** Longer than any two particles, so that a cut word cannot look finished. */
const lookAheadChars = 16;

/** What may follow a one-syllable noun. Short on purpose: 칼라, 병나, 꽃지 are other words. */
const aloneEnding =
  /^(?:은|는|이|가|을|를|의|에|로|으로|와|과|도|만|들|들은|들이|들을|이랑|하고|이나|에는|에도|에서|까지|부터|처럼|이요|이에요|예요|입니다|인데|인데요|인가요|같은)?$/;

/** What may follow a longer noun: up to two particles, then the end or a verb written on. */
const ending =
  /^(?:은|는|이|가|을|를|의|에|로|으로|와|과|도|만|들|요|랑|이랑|하고|나|이나|고|이고|야|이야|에는|에도|에서|까지|부터|처럼|마다|이에요|예요|이예요|에요|입니다|인데|인데요|인가|인가요|인지|이라서|이라고|이죠|이지만|같은|같은데|같아요){0,2}(?:$|\d|버|분리|배출|재활용|처리|어떻|어디|수거|폐기|쓰레기|종류|여러|뭐|무슨|몇|한개|두개|가능|맞|되|될|된|돼|말고)/;

/**
 * What may stand before a two-syllable noun inside one word. Anything else is more often a chance
 * meeting of syllables: 이바지, 주의자, 물고기.
 */
const modifiers =
  /^(?:헌|빈|폐|새|중고|낡은|오래된|고장난|깨진|부서진|부러진|찢어진|젖은|마른|더러운|깨끗한|남은|다쓴|쓰던|버릴|안쓰는|안입는|큰|작은|대형|소형|미니|아기|유아|어린이|겨울|여름|플라스틱|유리|스텐|스테인리스|나무|원목|철제|금속|알루미늄|종이|가죽|고무|투명|흰색|검은|검정|접이식|일회용|사무용|휴대용|무선|택배|이|그|저|이거|이런|저런|그런|우리|내|제){1,2}$/;

/** "약 3개" is about three, not a drug. */
function isAdverb(compact: string, end: number): boolean {
  return compact[end - 1] === "약" && /\d/.test(compact[end] ?? "");
}
