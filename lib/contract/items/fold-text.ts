import { userInputCharsMax } from "#lib/contract/scan-limits.ts";

/**
 * A user's words as they are compared: composed (a Mac sends Hangul in pieces), lower case, full-width
 * letters narrowed, without invisible characters. Clauses end at punctuation, words at spaces; an emoji
 * is a word. Only the first `userInputCharsMax` characters are read.
 */
export function foldText(text: string): string[][] {
  return plain(text)
    .split(/[.,!?;:/\n\r·…+&|{}"“”]+/u)
    .map((clause) => (clause.match(word) ?? []).slice(0, wordsMax))
    .filter((words) => words.length > 0);
}

/** One name as `foldText` would read it, without spaces and punctuation. */
export function foldName(name: string): string {
  return (plain(name).match(word) ?? []).join("");
}

/** A clause names what it is about within so many words. */
const wordsMax = 60;
/** Longer ones are no words, and would take long to look through. */
const word = /[\p{L}\p{N}]{1,40}|\p{Extended_Pictographic}/gu;

function plain(text: string): string {
  // Cut twice because the compatibility form may be longer.
  const cut = text.slice(0, userInputCharsMax).normalize("NFKC").slice(0, userInputCharsMax);
  const visible = cut.toLowerCase().replace(/\p{Cf}|\ufe0f|[\u1100-\u11ff]/gu, "");
  return visible.replaceAll("1회용", "일회용");
}
