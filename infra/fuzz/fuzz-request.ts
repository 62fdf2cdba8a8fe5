import type { Random } from "#lib/testing/random.ts";
import { hostileText, type Known, mutated, type Schema, toJson, valid } from "./fuzz-values.ts";

/** Of an OpenAPI document what a request is made from. */
export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  readonly components?: { readonly parameters?: Readonly<Record<string, Parameter>> };
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly schema: Schema;
}

interface Described {
  readonly parameters?: readonly (Parameter | { readonly $ref: string })[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { schema?: Schema }>> };
}

export type Operation = ReturnType<typeof operationsOf>[number];

export interface FuzzRequest {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array<ArrayBuffer> | undefined;
}

export function operationsOf({ paths, components }: OpenApi) {
  const shared = (ref: string): Parameter => {
    const found = components?.parameters?.[ref.split("/").at(-1) ?? ""];
    if (!found) throw new Error(`the document has no ${ref}`);
    return found;
  };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { parameters = [], requestBody }]) => {
      const body = requestBody?.content["application/json"]?.schema;
      const own = parameters.map((one) => ("$ref" in one ? shared(one.$ref) : one));
      return { method: method.toUpperCase(), path, parameters: own, body };
    }),
  );
}

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];
const CONTENT_TYPES = [
  "application/json; charset=utf-16",
  "text/plain",
  "application/xml",
  "multipart/form-data",
  "application/x-www-form-urlencoded",
  "application/json, text/html",
  "\u00e9",
  "",
];
const ODD_HEADERS = [
  "x-user-id x-idempotency-key idempotency-key last-event-id traceparent accept content-encoding",
  "range if-none-match x-forwarded-for cookie authorization origin sec-fetch-site",
].flatMap((line) => line.split(" "));
/** Prefixes of a hostile cookie, so that it is parsed as a token. */
const COOKIES = ["s_access=", "s_refresh=", "s_state="];

/**
 * A valid request with usually one random mutation, so that it gets past the checks before the mutated
 * part.
 */
export function fuzzRequest(operation: Operation, known: Known, random: Random): FuzzRequest {
  const mutation = random.int(0, 6);
  const method = mutation === 0 ? random.pick(METHODS) : operation.method;
  const target = targetOf(operation, known, random, mutation === 1);
  const headers: Record<string, string> = { "x-user-id": random.pick(known["x-user-id"] ?? ["u"]) };
  if (operation.body) headers["content-type"] = "application/json";
  if (mutation === 2) headers["content-type"] = random.pick(CONTENT_TYPES);
  if (mutation === 3) {
    const name = random.pick(ODD_HEADERS);
    headers[name] = `${prefixOf(name, random)}${headerText(hostileText(random))}`;
  }
  if (mutation === 4) delete headers["x-user-id"];
  // One in five has valid tokens, so that the code behind the authentication is reached.
  if (random.chance(0.2) && known.cookie) headers.cookie ??= random.pick(known.cookie);
  const hasBody = !["GET", "HEAD", "OPTIONS"].includes(method);
  const body = hasBody ? bodyOf(operation, known, random, mutation >= 4) : undefined;
  return { method, target, headers, body };
}

function targetOf(
  { path, parameters }: Operation,
  known: Known,
  random: Random,
  isMutated: boolean,
): string {
  const victim = isMutated && parameters.length > 0 ? random.pick(parameters) : undefined;
  const query = new URLSearchParams();
  let filled = path;
  for (const parameter of parameters) {
    const { name, in: where, schema } = parameter;
    const sound = random.pick(known[name] ?? [String(valid(schema, random))]);
    const text = parameter === victim ? hostileText(random) : sound;
    if (where === "path") filled = filled.replace(`{${name}}`, () => encode(text));
    if (where !== "query") continue;
    if (random.chance(0.8)) query.append(name, text);
    if (isMutated && random.chance(0.2)) query.append(name, hostileText(random));
  }
  return query.size > 0 ? `${filled}?${query}` : filled;
}

function prefixOf(header: string, random: Random): string {
  if (header === "authorization") return "Bearer ";
  return header === "cookie" ? random.pick(COOKIES) : "";
}

/** A lone surrogate has no UTF-8 form. */
function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed()) || "%20";
}

/** Header values are Latin-1 without line ends; the client refuses to send others. */
function headerText(text: string): string {
  return text.replace(/[^\x20-\x7e\xa0-\xff]/g, "?").trim();
}

function bodyOf(
  { body: schema }: Operation,
  known: Known,
  random: Random,
  isMutated: boolean,
): FuzzRequest["body"] {
  if (!schema) return random.chance(0.5) ? hostileText(random).toWellFormed() : undefined;
  const right = valid(schema, random, known);
  if (!isMutated) return toJson(right);
  const text = toJson(mutated(right, random));
  switch (random.int(0, 9)) {
    case 0:
      return text.slice(0, random.int(0, text.length));
    case 1:
      return new Uint8Array([0xff, 0xfe, ...new TextEncoder().encode(text).slice(0, 200), 0xc0]);
    case 2:
      return `[${text}]`;
    default:
      return text;
  }
}
