import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import document from "#lib/http/openapi.json" with { type: "json" };
import { headersOfStatus, headers as knownHeaders } from "#lib/http/openapi-components.ts";

/** What the document says of a response. */
interface Described {
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly content?: Readonly<Record<string, unknown>>;
}

const ajv = addFormats(new Ajv2020({ strict: false, allErrors: true }));
ajv.addSchema(closed(document), "api");

/** Requests as `fetch` makes them. @throws Error where the response is not as the document has it. */
export async function checkedFetch(
  input: string | URL | Request,
  init?: RequestInit,
): Promise<Response> {
  const response = await fetch(input, init);
  const { url, method = "GET" } = input instanceof Request ? input : { url: input, ...init };
  const problems = await responseProblems(method, new URL(url).pathname, response.clone());
  if (problems.length > 0) {
    const where = `${method} ${url}: ${response.status}`;
    throw new Error(`not as the document has it: ${where}: ${problems.join("; ")}`);
  }
  return response;
}

/** The body of an event stream is not read. */
async function responseProblems(
  method: string,
  path: string,
  response: Response,
): Promise<string[]> {
  const template = templateOf(path);
  // Health, the document itself, and paths that no operation has.
  if (template === undefined) return [];
  const pointer = [template, method.toLowerCase(), "responses", String(response.status)];
  const described = pointer.reduce<unknown>(member, document.paths) as Described | undefined;
  if (described === undefined) {
    const isOperation = member(member(document.paths, template), method.toLowerCase());
    return isOperation ? ["its status is not described"] : [];
  }
  const problems = headerProblems(described, response);
  const type = response.headers.get("content-type")?.split(";")[0];
  const types = Object.keys(described.content ?? {});
  if (type === undefined) return types.length > 0 ? [...problems, "it has no body"] : problems;
  const known = types.find((one) => one === type || one === type.replace(/\/.*/, "/*"));
  if (known === undefined) return [...problems, `${type} is not described`];
  if (!known.endsWith("json")) return problems;
  const body: unknown = await response.json();
  const steps = ["paths", ...pointer, "content", known, "schema"];
  return [...problems, ...schemaProblems(`api#/${steps.map(escaped).join("/")}`, body)];
}

/** An event of a stream, by the name of its schema. */
export function eventProblems(
  name: "ScanStreamEvent" | "ChatStreamEvent",
  data: unknown,
): string[] {
  return schemaProblems(`api#/components/schemas/${name}`, data);
}

/** Those of the status are there; each of ours that is there is described, and has the form it should. */
function headerProblems({ headers = {} }: Described, response: Response): string[] {
  const missing = headersOfStatus(response.status).filter((name) => !response.headers.has(name));
  const present = Object.keys(knownHeaders).filter((name) => response.headers.has(name));
  return [
    ...missing.map((name) => `${name} is missing`),
    ...present.filter((name) => !(name in headers)).map((name) => `${name} is not described`),
    ...present.flatMap((name) => {
      const text = response.headers.get(name) ?? "";
      const value = /^\d+$/.test(text) ? Number(text) : text;
      const found = schemaProblems(`api#/components/headers/${name}/schema`, value);
      return found.map((problem) => `${name}: ${problem}`);
    }),
  ];
}

const compiled = new Map<string, ReturnType<typeof ajv.compile>>();

function schemaProblems($ref: string, value: unknown): string[] {
  const validate = compiled.get($ref) ?? ajv.compile({ $ref });
  compiled.set($ref, validate);
  if (validate(value)) return [];
  return (validate.errors ?? []).map(({ instancePath, message, params }) => {
    return `${instancePath} ${message} ${JSON.stringify(params)}`;
  });
}

/** A fixed segment is taken before a parameter. */
function templateOf(path: string): string | undefined {
  const fitting = Object.keys(document.paths).filter((template) => {
    const pattern = template.replaceAll(".", "\\.").replace(/\{\w+\}/g, "[^/]+");
    return new RegExp(`^${pattern}$`).test(path);
  });
  const parameters = (template: string) => template.split("{").length;
  return fitting.sort((a, b) => parameters(a) - parameters(b))[0];
}

/** The same with no member allowed but those described: one that clients are not told of is found. */
function closed(node: unknown): object {
  if (typeof node !== "object" || node === null) throw new TypeError("not an object");
  if (Array.isArray(node)) return node.map(closedValue);
  const entries = Object.entries(node).map(([key, value]) => [key, closedValue(value)] as const);
  const isClosable = "properties" in node && !("additionalProperties" in node);
  return { ...Object.fromEntries(entries), ...(isClosable && { additionalProperties: false }) };
}

function closedValue(value: unknown): unknown {
  return typeof value === "object" && value !== null ? closed(value) : value;
}

function member(node: unknown, key: string): unknown {
  if (typeof node !== "object" || node === null) return undefined;
  return Object.entries(node).find(([name]) => name === key)?.[1];
}

function escaped(step: string): string {
  return encodeURIComponent(step.replaceAll("~", "~0").replaceAll("/", "~1"));
}
