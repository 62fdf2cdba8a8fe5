/**
 * The text without control characters other than line feed and tab, and with U+FFFD in place of lone
 * surrogates. PostgreSQL stores neither NUL nor half a surrogate pair: a scan with one in it could
 * never end.
 */
export function storableText(text: string): string {
  return text.toWellFormed().replaceAll(CONTROL, "");
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: all of \p{Cc} but two, which is slower to look for
const CONTROL = /[\0-\x08\x0b-\x1f\x7f-\x9f]/g;
