/**
 * The text without control characters other than line feed and tab, and with U+FFFD in place of lone
 * surrogates. PostgreSQL stores neither NUL nor half a surrogate pair: a scan with one in it could
 * never end.
 */
export function storableText(text: string): string {
  return text.toWellFormed().replaceAll(/[^\P{Cc}\n\t]/gu, "");
}
