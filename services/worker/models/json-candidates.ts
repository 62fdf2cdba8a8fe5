import { jsonrepair } from "jsonrepair";

/**
 * The JSON objects that a model's reply may mean, likeliest first. Servers that do not hold a model to a
 * schema let it think aloud, fence its JSON, talk around it, say it twice, put it in a string or under a
 * name of its own, and forget commas. Who reads the reply takes the first object that fits.
 *
 * What a model thought comes last and backwards: drafts precede the conclusion. A text that ends inside a
 * string is not mended: half a sentence would pass for the whole.
 */
export function* jsonCandidates(reply: string): Generator<object> {
  const value = parse(reply);
  if (value !== undefined) return yield* objectsIn(value);
  const end = reply.slice(-searchedCharsMax);
  const said = withoutThoughts(end);
  yield* valuesIn(said).flatMap(objectsIn);
  if (said !== end) yield* valuesIn(end).toArray().toReversed().values().flatMap(objectsIn);
}

export function withoutThoughts(reply: string): string {
  return reply.replace(closedThoughts, "").replace(openThoughts, "");
}

const thoughts = "think|thinking|thoughts?|reasoning|analysis";
/** Also without the opening tag, which some chat templates swallow; the last is gpt-oss's. */
const closedThoughts = new RegExp(
  `^[^]*(?:</(?:${thoughts})>|\\[/THINK\\]|<\\|channel\\|>final[^{]*<\\|message\\|>)`,
  "i",
);
const openThoughts = new RegExp(`<(?:${thoughts})>[^]*$`, "i");

/** Of a longer reply the beginning is thoughts. */
const searchedCharsMax = 32_768;
/** Bounds the work on a reply of nothing but braces: how often each character is looked at. */
const passesMax = 2;
/** Gemini's own reply has a text at the fifth level. */
const depthMax = 8;

function* valuesIn(text: string): Generator<unknown> {
  let start = text.indexOf("{");
  for (let charsLeft = passesMax * text.length; start >= 0 && charsLeft > 0; ) {
    const { end, at } = scanObject(text, start);
    const slice = text.slice(start, end);
    charsLeft -= slice.length;
    if (at !== "in a string") yield parse(slice) ?? repair(slice);
    start = text.indexOf("{", at === "closed" ? end : start + 1);
  }
  // Escaped quotes and odd ones mislead the scan.
  const whole = text.slice(text.indexOf("{"), text.lastIndexOf("}") + 1);
  if (whole) yield repair(whole);
}

/** Where the object that begins at `start` ends: behind its closing brace, else where the text does. */
function scanObject(
  text: string,
  start: number,
): { readonly end: number; readonly at: "closed" | "open" | "in a string" } {
  let depth = 0;
  let isInString = false;
  for (let i = start; i < text.length; i++) {
    const char = text[i];
    if (isInString && char === "\\") i++;
    else if (char === '"') isInString = !isInString;
    else if (isInString) continue;
    else if (char === "{") depth++;
    else if (char === "}" && --depth === 0) return { end: i + 1, at: "closed" };
  }
  return { end: text.length, at: isInString ? "in a string" : "open" };
}

/** The value itself, then what it wraps, level by level. */
function* objectsIn(value: unknown): Generator<object> {
  let level = [value];
  for (let depth = 0; depth < depthMax && level.length > 0; depth++) {
    for (const one of level) if (isRecord(one)) yield one;
    level = level.flatMap(wrappedIn);
  }
}

function wrappedIn(value: unknown): unknown[] {
  if (typeof value === "string") {
    const inner = parse(value);
    if (inner !== undefined) return [inner];
    return value.includes("{") ? valuesIn(value).toArray() : [];
  }
  return typeof value === "object" && value !== null ? Object.values(value) : [];
}

function isRecord(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function repair(text: string): unknown {
  try {
    return JSON.parse(jsonrepair(withoutWideMarks(text)));
  } catch {
    return undefined;
  }
}

/** Chinese models write the colons and commas of JSON as they write those of a sentence. */
function withoutWideMarks(text: string): string {
  return text.replaceAll(/"\s*：/g, '":').replaceAll(/(["\]}\w])\s*，(?=\s*["[{])/g, "$1,");
}
