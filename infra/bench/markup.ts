/** Text that is HTML or SVG already. */
export interface Markup {
  readonly markup: string;
}

export type Part = string | number | Markup | undefined | false | readonly Part[];

/** Whatever is put in is text and is escaped, unless it came out of here: deny by default. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  const markup = strings.map((text, i) => text + (i < parts.length ? render(parts[i]) : ""));
  return { markup: markup.join("") };
}

/** One element, for SVG with its many attributes. Numbers are rounded to a tenth: of a pixel. */
export function element(
  name: string,
  attributes: Readonly<Record<string, string | number>>,
  ...children: readonly Part[]
): Markup {
  const written = Object.entries(attributes).map(([key, value]) => {
    const text = typeof value === "number" ? Math.round(value * 10) / 10 : value;
    return html` ${verbatim(key)}="${text}"`;
  });
  return html`<${verbatim(name)}${written}>${children}</${verbatim(name)}>`;
}

/** For text of our own that must stay as it is, such as a style sheet. */
export function verbatim(markup: string): Markup {
  return { markup };
}

function render(part: Part): string {
  if (part === undefined || part === false) return "";
  if (typeof part === "string" || typeof part === "number") return escapeText(String(part));
  return "markup" in part ? part.markup : part.map(render).join("");
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Sound between tags and inside quoted attributes. Control characters break SVG, so they go. */
function escapeText(text: string): string {
  const sound = [...text].filter((letter) => letter >= " " || letter === "\n" || letter === "\t");
  return sound.join("").replaceAll(/[&<>"']/g, (letter) => ENTITIES[letter] ?? "");
}
