import * as v from "valibot";
import { PICKUP_CATEGORIES, STORE_CATEGORIES } from "#lib/contract/places/category.ts";
import { Place } from "#lib/contract/places/place.ts";

/**
 * How the columns of a register become a place: one small file a source.
 *
 * A text stands for itself, `{column}` in it for what the row has there, `{a|b}` for the first of them that has
 * something. Of several texts those are taken whose columns all have something, joined by commas.
 */
const Template = v.union([v.string(), v.array(v.string())]);

/** One for all rows, or by words: the first, or all, whose word is in the row's text. */
const choice = <const C extends string>(names: readonly C[]) =>
  v.strictObject({
    from: Template,
    words: v.record(v.string(), v.picklist(names)),
    otherwise: v.picklist(names),
  });

export const PlaceMapping = v.strictObject({
  /** Where the rows are in a JSON file: names joined by dots. */
  rows: v.optional(v.string(), ""),
  source_pk: Template,
  name: Template,
  road_address: v.optional(Template, ""),
  phone: v.optional(Template, ""),
  place_url: v.optional(Template, ""),
  latitude: Template,
  longitude: Template,
  hours: v.optional(Template, ""),
  store_category: v.union([v.picklist(STORE_CATEGORIES), choice(STORE_CATEGORIES)]),
  pickup_categories: v.union([v.array(v.picklist(PICKUP_CATEGORIES)), choice(PICKUP_CATEGORIES)]),
});
export type PlaceMapping = v.InferOutput<typeof PlaceMapping>;
type Template = v.InferOutput<typeof Template>;

export type Row = Readonly<Record<string, unknown>>;

/** A place, or what is wrong with its row; the key is known as long as the row has one. */
export type Mapped =
  | { readonly place: Place }
  | { readonly key: string | undefined; readonly reason: string };

export function mapRow(mapping: PlaceMapping, row: Row): Mapped {
  const text = (template: Template) => fill(template, row);
  const key = text(mapping.source_pk);
  const parsed = v.safeParse(Place, {
    source_pk: key,
    name: text(mapping.name),
    road_address: text(mapping.road_address),
    phone: text(mapping.phone),
    place_url: text(mapping.place_url),
    latitude: degrees(text(mapping.latitude)),
    longitude: degrees(text(mapping.longitude)),
    hours: text(mapping.hours),
    store_category: storeOf(mapping, row),
    pickup_categories: pickupsOf(mapping, row),
  });
  if (parsed.success) return { place: parsed.output };
  const [issue] = parsed.issues;
  return { key: key || undefined, reason: `${v.getDotPath(issue)} ${issue.message}` };
}

/**
 * What a mapping asks for and a file has not, by field: a column that was renamed would empty the field of every row,
 * and nobody would see it.
 */
export function missingColumns(
  { rows: _, ...mapping }: PlaceMapping,
  columns: readonly string[],
): Map<string, string> {
  const known = new Set(columns.map(nameOf));
  const isThere = (names: string) => names.split("|").some((name) => known.has(nameOf(name)));
  const missing = Object.entries(mapping).flatMap(([field, part]): [string, string][] => {
    const template = typeof part === "object" && "from" in part ? part.from : part;
    const texts = typeof template === "string" ? [template] : template;
    const asked = texts.map(placeholdersOf);
    if (asked.length === 0 || asked.some((names) => names.every(isThere))) return [];
    return [[field, asked.flat().join(", ")]];
  });
  return new Map(missing);
}

function placeholdersOf(text: string): string[] {
  return [...text.matchAll(PLACEHOLDER)].map(([, names = ""]) => names);
}

const PLACEHOLDER = /\{([^{}]+)\}/g;

function fill(template: Template, row: Row): string {
  const texts = typeof template === "string" ? [template] : template;
  return texts.flatMap((text) => fillOne(text, row) ?? []).join(", ");
}

/** Undefined where a column is empty. */
function fillOne(text: string, row: Row): string | undefined {
  let isWhole = true;
  const filled = text.replace(PLACEHOLDER, (_, names: string) => {
    const found = names
      .split("|")
      .map((name) => cellOf(row, name))
      .find((cell) => cell !== "");
    isWhole &&= found !== undefined;
    return found ?? "";
  });
  return isWhole ? filled : undefined;
}

function cellOf(row: Row, name: string): string {
  const cell = row[nameOf(name)];
  if (typeof cell === "number" || typeof cell === "boolean") return String(cell);
  const text = typeof cell === "string" ? cell.trim() : "";
  return NOTHING.test(text) ? "" : text;
}

/** What registers write where they have nothing. */
const NOTHING = /^(?:-|null|없음|해당\s*없음|n\/a)$/i;

/** Portals write a column's name with and without spaces, from one year to the next. */
export function nameOf(column: string): string {
  return column
    .normalize("NFC")
    .replace(/[\s\ufeff]/gu, "")
    .toLowerCase();
}

/** Not `Number` alone, for which nothing at all is 0. */
function degrees(text: string): number | undefined {
  return /^\d{1,3}(?:\.\d+)?$/.test(text) ? Number(text) : undefined;
}

function storeOf({ store_category }: PlaceMapping, row: Row) {
  if (typeof store_category === "string") return store_category;
  const { from, words, otherwise } = store_category;
  return matching(words, fill(from, row))[0] ?? otherwise;
}

function pickupsOf({ pickup_categories }: PlaceMapping, row: Row) {
  if (Array.isArray(pickup_categories)) return pickup_categories;
  const { from, words, otherwise } = pickup_categories;
  const found = [...new Set(matching(words, fill(from, row)))];
  return found.length > 0 ? found : [otherwise];
}

function matching<C>(words: Readonly<Record<string, C>>, text: string): C[] {
  return Object.entries(words).flatMap(([word, category]) => (text.includes(word) ? category : []));
}
