import * as v from "valibot";

/**
 * One line of text that people read: composed (a Korean name typed on a Mac arrives in pieces), trimmed,
 * 1 to `charsMax` UTF-16 units, without control characters and those that are invisible or turn the
 * direction of what follows. The joiner inside emoji passes.
 *
 * @param message of every issue; a fault code answers with that code.
 */
export function plainText(charsMax: number, message?: string) {
  return v.pipe(
    v.string(message),
    // Composing may shorten it, so this is only what keeps the work small.
    v.maxLength(charsMax * 8, message),
    v.normalize("NFC"),
    v.trim(),
    v.maxLength(charsMax, message),
    v.regex(PLAIN, message),
  );
}

/**
 * The text as somebody else's program wrote it, to be shown to a person: without control characters other than
 * line feed and tab, and without those that are invisible or turn the direction of what follows. The joiner
 * inside emoji stays. U+FFFD stands for lone surrogates, which PostgreSQL does not store.
 */
export function visibleText(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/\p{Zl}|\p{Zp}/gu, "\n")
    .replaceAll(NOT_VISIBLE, "");
}

const HIDDEN = String.raw`\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}`;
const PLAIN = new RegExp(String.raw`^[^${HIDDEN}]+(?:\u200d[^${HIDDEN}]+)*$`, "u");
const NOT_VISIBLE = new RegExp(
  // A joiner that joins no two emoji, or anything hidden.
  String.raw`(?<!\p{ExtPict}[\ufe0f\p{EMod}]?)\u200d|\u200d(?!\p{ExtPict})|(?![\n\t\u200d])[${HIDDEN}]`,
  "gu",
);
