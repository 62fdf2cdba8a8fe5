/**
 * What a client that was written for one document meets when the server has the next one: an operation that is gone, a
 * request that is not taken any more, a response without what it had. What is only added breaks nothing, and a new
 * value of a list in a response is added: clients are told to take codes that they do not know.
 */
export function breakingChanges(before: Document, after: Document): string[] {
  const found: string[] = [];
  for (const [path, methods] of Object.entries(before.paths)) {
    for (const [method, old] of Object.entries(methods)) {
      const name = `${method.toUpperCase()} ${path}`;
      const now = after.paths[path]?.[method];
      if (now === undefined) found.push(`${name} is gone`);
      else {
        const compare = createComparison(before, after, (text) => found.push(`${name}: ${text}`));
        compareRequests(old, now, compare);
        compareResponses(old, now, compare);
      }
    }
  }
  return [...new Set(found)];
}

/** Whether a version may break what `before` promised: a new major one, or a new minor one before 1.0. */
export function mayBreak(before: string, after: string): boolean {
  const [oldMajor = 0, oldMinor = 0] = before.split(".").map(Number);
  const [major = 0, minor = 0] = after.split(".").map(Number);
  return major > oldMajor || (major === 0 && oldMajor === 0 && minor > oldMinor);
}

export interface Document {
  readonly info: { readonly version: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

interface Operation {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly required?: boolean; readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
  readonly security?: readonly unknown[];
}

interface Parameter {
  /** Of a header that is said once: such a one is never required. */
  readonly $ref?: string;
  readonly in?: string;
  readonly name?: string;
  readonly required?: boolean;
  readonly schema?: Schema;
}

type Content = Readonly<Record<string, { readonly schema?: Schema }>>;

interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly pattern?: string;
  readonly format?: string;
  readonly [limit: `${"max" | "min"}${string}`]: number | undefined;
}

/** Compares a schema of old with that of now, where what is at `at` goes to the server or comes from it. */
interface Comparison {
  schemas(
    direction: "request" | "response",
    old: Schema,
    now: Schema | undefined,
    at: string,
  ): void;
  say(text: string): void;
}

function compareRequests(old: Operation, now: Operation, { schemas, say }: Comparison): void {
  if (old.security?.length === 0 && now.security?.length !== 0) say("needs a sign-in");
  const key = ({ in: place, name, $ref }: Parameter) => $ref ?? `${place} ${name}`;
  const was = new Map(old.parameters?.map((one) => [key(one), one]));
  const is = new Map(now.parameters?.map((one) => [key(one), one]));
  for (const [name, one] of is) {
    if (one.required && !was.get(name)?.required) say(`${name} is required`);
  }
  for (const [name, one] of was) {
    if (!is.has(name)) say(`${name} is not read any more`);
    else if (one.schema) schemas("request", one.schema, is.get(name)?.schema, name);
  }
  if (now.requestBody?.required && !old.requestBody?.required) say("a body is required");
  for (const [type, { schema }] of Object.entries(old.requestBody?.content ?? {})) {
    if (schema) schemas("request", schema, now.requestBody?.content[type]?.schema, "body");
  }
}

function compareResponses(old: Operation, now: Operation, { schemas, say }: Comparison): void {
  for (const [status, { content = {} }] of Object.entries(old.responses)) {
    // A mistake that is not one any more breaks nobody.
    const response = now.responses[status];
    if (response === undefined && !/^[45]/.test(status)) say(`${status} is gone`);
    if (response === undefined) continue;
    for (const [type, { schema }] of Object.entries(content)) {
      const same = response.content?.[type];
      if (same === undefined) say(`${status} is no ${type} any more`);
      else if (schema) schemas("response", schema, same.schema, status);
    }
  }
}

function createComparison(
  before: Document,
  after: Document,
  say: (text: string) => void,
): Comparison {
  const seen = new Set<string>();
  const compare: Comparison["schemas"] = (direction, oldGiven, nowGiven, at) => {
    const pair = `${direction} ${oldGiven.$ref} ${nowGiven?.$ref}`;
    // A schema that has itself as a part; inline ones have no way to.
    if (oldGiven.$ref && seen.has(pair)) return;
    if (oldGiven.$ref) seen.add(pair);
    const [old, now] = [resolve(before, oldGiven), resolve(after, nowGiven ?? {})];
    // The side that reads has to take all that the side that writes may send.
    const [reads, writes] = direction === "request" ? [now, old] : [old, now];
    for (const problem of refusals(reads, writes, direction)) say(`${at}: ${problem}`);
    const ways = alternatives(old);
    if (ways.length > 0) return compareWays(direction, old, now, at);
    for (const [name, schema] of Object.entries(old.properties ?? {})) {
      const same = now.properties?.[name];
      if (same) compare(direction, schema, same, `${at}.${name}`);
      else say(`${at}.${name} is gone`);
      const isLess = old.required?.includes(name) && !now.required?.includes(name);
      if (direction === "response" && isLess) say(`${at}.${name} may be missing`);
    }
    for (const name of now.required ?? []) {
      const isMore = direction === "request" && !old.required?.includes(name);
      if (isMore) say(`${at}.${name} is required`);
    }
    if (old.items) compare(direction, old.items, now.items, `${at}[]`);
  };
  const compareWays: Comparison["schemas"] = (direction, old, now = {}, at) => {
    // In order: what is added is added behind.
    const [was, is] = [alternatives(old), alternatives(now)];
    if (direction === "request" && is.length < was.length) say(`${at} takes fewer forms`);
    if (direction === "response" && is.length > was.length) say(`${at} has more forms`);
    for (const [n, way] of was.entries()) {
      const same = is[n];
      if (same) compare(direction, way, same, at);
    }
  };
  return { schemas: compare, say };
}

function alternatives({ anyOf, oneOf }: Schema): readonly Schema[] {
  return anyOf ?? oneOf ?? [];
}

/** Why `reads` would refuse what `writes` allows, as far as one level tells. */
function* refusals(
  reads: Schema,
  writes: Schema,
  direction: "request" | "response",
): Generator<string> {
  const type = (schema: Schema) => schema.type ?? (schema.const === null ? "null" : undefined);
  const isNumber = type(reads) === "number" && type(writes) === "integer";
  if (type(reads) !== undefined && type(reads) !== type(writes) && !isNumber) {
    yield `${type(writes)} is not ${type(reads)}`;
  }
  const [taken, given] = [valuesOf(reads), valuesOf(writes)];
  if (taken && !given) yield "has more values";
  const more = given?.filter((value) => !taken?.includes(value)) ?? [];
  if (direction === "request" && taken && more.length > 0)
    yield `has more values: ${more.join(", ")}`;
  for (const [name, limit] of Object.entries(reads)) {
    if (typeof limit !== "number" || !/^(?:max|min)/.test(name)) continue;
    const other = writes[name as `max${string}`];
    const isWider = name.startsWith("max")
      ? (other ?? Infinity) > limit
      : (other ?? -Infinity) < limit;
    if (isWider) yield `${name} ${limit} is narrower`;
  }
  for (const name of ["pattern", "format"] as const) {
    if (reads[name] !== undefined && reads[name] !== writes[name]) yield `has another ${name}`;
  }
}

function valuesOf(schema: Schema): readonly unknown[] | undefined {
  return schema.enum ?? (schema.const === undefined ? undefined : [schema.const]);
}

function resolve(document: Document, schema: Schema): Schema {
  const name = schema.$ref?.split("/").at(-1);
  return name === undefined ? schema : (document.components.schemas[name] ?? {});
}
