const previewCharsMax = 80;

/** The beginning of a message on one line, as a list of conversations shows it. */
export function previewOf(text: string): string {
  return [
    ...text
      .slice(0, previewCharsMax * 4)
      .trim()
      .replaceAll(/\s+/gu, " "),
  ]
    .slice(0, previewCharsMax)
    .join("");
}
