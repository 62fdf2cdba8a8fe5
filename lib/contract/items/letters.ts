import { disassemble } from "es-hangul";

/** At most the 11,172 syllables of Hangul: taking one apart costs more than reading a word. */
const known = new Map<string, string>();

/** The letters of Hangul, in order: 병뚜껑 → ㅂㅕㅇㄸㅜㄲㅓㅇ. What is no Hangul stays as it is. */
export function lettersOf(word: string): string {
  let letters = "";
  for (const syllable of word) letters += lettersOfSyllable(syllable);
  return letters;
}

function lettersOfSyllable(syllable: string): string {
  if (!/^[가-힣]$/.test(syllable)) return syllable;
  const found = known.get(syllable);
  if (found !== undefined) return found;
  const letters = disassemble(syllable);
  known.set(syllable, letters);
  return letters;
}

/** Whether a syllable is closed by this letter: 간 by ㄴ. */
export function endsWithLetter(word: string, letter: string): boolean {
  const letters = lettersOf(word.slice(-1));
  return letters.length > 2 && letters.endsWith(letter);
}
