/**
 * How names and addresses are compared: composed Hangul, lower case, nothing but letters and digits. So `재활용 센터`,
 * `재활용센터` and a Mac's decomposed spelling are one.
 */
export function searchKey(text: string): string {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, "");
}

/** The words of a question, each as it is compared; all of them must be found. */
export function searchWords(text: string): string[] {
  const words = text.normalize("NFKC").split(/\s+/u).map(searchKey);
  return [...new Set(words.filter((word) => word !== ""))];
}

/**
 * Every two letters that follow each other: what is indexed. Two syllables are a whole Korean word, for which
 * PostgreSQL's trigrams are too long, and in a database with the locale `C` they know no Korean at all.
 */
export function bigrams(key: string): string[] {
  const letters = [...key];
  return [...new Set(letters.slice(1).map((letter, i) => `${letters[i]}${letter}`))];
}
