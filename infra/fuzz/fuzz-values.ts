import type { Random } from "#lib/testing/random.ts";

/** A JSON schema, as far as the OpenAPI document uses them. */
export interface Schema {
  readonly type?: string;
  readonly format?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
}

/** Values that exist, by the name of the field or parameter that wants one. */
export type Known = Readonly<Record<string, readonly string[]>>;

/** A value the schema allows. */
export function valid(schema: Schema, random: Random, known: Known = {}): unknown {
  if (schema.enum) return random.pick(schema.enum);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return valid(random.pick(choices), random, known);
  if ("const" in schema) return schema.const;
  switch (schema.type) {
    case "integer":
    case "number":
      return random.int(schema.minimum ?? 0, schema.maximum ?? 1_000);
    case "boolean":
      return random.chance(0.5);
    case "array":
      return [valid(schema.items ?? {}, random, known)];
    case "object":
      return Object.fromEntries(
        Object.entries(schema.properties ?? {}).map(([name, one]) => [
          name,
          known[name] ? random.pick(known[name]) : valid(one, random, known),
        ]),
      );
    default:
      return schema.format === "uuid" ? crypto.randomUUID() : "a";
  }
}

/** The same value with one random mutation. */
export function mutated(value: unknown, random: Random): unknown {
  if (!isRecord(value) || random.chance(0.2)) return random.pick(HOSTILE)(random);
  const name = random.pick([...Object.keys(value), "x"]);
  const { [name]: field, ...others } = value;
  switch (random.int(0, 3)) {
    case 0:
      return others;
    case 1:
      return { ...value, [random.pick(ODD_NAMES)]: random.pick(HOSTILE)(random) };
    default:
      return { ...others, [name]: mutated(field, random) };
  }
}

/** As JSON, with what `JSON.stringify` would not write where a name from `RAW` stands. */
export function toJson(value: unknown): string {
  return JSON.stringify(value).replace(/"raw:\d"/g, (name) => RAW.get(name.slice(1, -1)) ?? name);
}

/** Text as it goes into a path, a query or a header. */
export function hostileText(random: Random): string {
  return random.pick(TEXTS)(random);
}

const nestingMax = 20_000;

const TEXTS: readonly ((random: Random) => string)[] = [
  () => "",
  () => " ",
  () => "\0",
  () => "\ud800",
  () => "‮\u200b\ufeff",
  () => "👩‍👩‍👧‍👦".repeat(50),
  () => "é́́́".repeat(100),
  () => "../../../../etc/passwd",
  () => "%00%2e%2e%2f%c0%af",
  () => "'; drop table scan.scans; --",
  () => "{{7*7}}#{7*7}<script>alert(1)</script>",
  () => "\r\nX-Injected: 1",
  () => "__proto__",
  () => "NaN",
  () => "-1",
  () => "1e400",
  () => "9".repeat(400),
  () => "00000000-0000-0000-0000-000000000000",
  () => crypto.randomUUID().toUpperCase(),
  () => "scan.AAAAAAAAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
  (random) => "x".repeat(random.int(1_000, 5_000)),
  (random) => String.fromCharCode(...Array.from({ length: 20 }, () => random.int(0, 0xffff))),
];

/** JSON text by the name that holds its place. */
const RAW = new Map(
  [
    "1e400",
    `-${"9".repeat(5_000)}`,
    "-0",
    `${"[".repeat(nestingMax)}${"]".repeat(nestingMax)}`,
    '{"a":1,"a":[2],"__proto__":{"x":1}}',
    '"\\ud800"',
    "'single'",
  ].map((text, i) => [`raw:${i}`, text]),
);

const HOSTILE: readonly ((random: Random) => unknown)[] = [
  hostileText,
  hostileText,
  () => null,
  () => true,
  () => 0,
  () => -1,
  () => 0.1,
  () => Number.MAX_SAFE_INTEGER + 2,
  () => [],
  () => ({}),
  () => [[[[[]]]]],
  () => ({ toString: 1, constructor: { prototype: {} } }),
  (random) => "y".repeat(random.int(1_000, 70_000)),
  ...RAW.keys().map((name) => () => name),
];

const ODD_NAMES = ["__proto__", "constructor", "", "\0", "user_id", "job_id", "toString"];

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
