import type { Env, HonoRequest, MiddlewareHandler, ValidationTargets } from "hono";
import { validator } from "hono-openapi";
import type * as v from "valibot";
import { Fault } from "#lib/error/fault.ts";
import { FAULTS, type FaultCode } from "#lib/error/fault-table.ts";
import { readBounded } from "./read-bounded.ts";

/**
 * Validates one part of a request with the schema that also describes it in the OpenAPI document.
 * A schema may use a fault code as an action's message (`v.maxLength(1000, "USER_INPUT_TOO_LONG")`)
 * to respond with that code; every other issue is `VALIDATION_FAILED` with the offending paths.
 */
export function validate<
  const T extends keyof ValidationTargets,
  const S extends v.GenericSchema<unknown, unknown>,
  E extends Env,
>(target: T, schema: S) {
  return validator<S, T, E, string>(target, schema, (result, c) => {
    // Hono does not read a body of another type: it would pass for an empty object.
    if (target === "json" && !mayBeJson(c.req)) throw new Fault("CONTENT_TYPE_UNSUPPORTED");
    if (!result.success) throw invalid(result.error);
  });
}

const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i;

/** No body at all needs no type: the schema says whether it may be missing. */
function mayBeJson({ raw }: HonoRequest): boolean {
  const type = raw.headers.get("content-type");
  return type === null ? raw.body === null : JSON_TYPE.test(type);
}

/** Refuses bodies larger than `bytesMax` before and while they are read. */
export function limitBody(bytesMax: number): MiddlewareHandler {
  return async function limitBodyHandler(c, next) {
    const declared = c.req.header("content-length");
    if (Number(declared ?? 0) > bytesMax) throw new Fault("BODY_TOO_LARGE");
    // Chunked, or streamed by a proxy: the size is known only by reading.
    if (declared === undefined && c.req.raw.body !== null) {
      const { bytes, end } = await readBounded(c.req.raw.body, bytesMax);
      if (end === "too large") throw new Fault("BODY_TOO_LARGE");
      c.req.raw = new Request(c.req.raw, { body: bytes });
    }
    await next();
  };
}

interface Issue {
  readonly message: string;
  readonly path?: ReadonlyArray<PropertyKey | { readonly key: PropertyKey }> | undefined;
}

function invalid(issues: readonly Issue[]): Fault {
  const named = issues.find((issue) => isFaultCode(issue.message));
  if (named && isFaultCode(named.message)) return new Fault(named.message);
  const errors = issues.slice(0, issuesShownMax).map(({ path = [] }) => ({
    path: path.map((part) => String(typeof part === "object" ? part.key : part)).join("."),
  }));
  return new Fault("VALIDATION_FAILED", { extra: { errors } });
}

const issuesShownMax = 10;

function isFaultCode(text: string): text is FaultCode {
  return Object.hasOwn(FAULTS, text);
}
