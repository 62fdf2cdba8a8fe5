import type { Env, ValidationTargets } from "hono";
import { validator } from "hono-openapi";
import type * as v from "valibot";
import { Fault } from "#lib/error/fault.ts";
import { FAULTS, type FaultCode } from "#lib/error/fault-table.ts";

/**
 * Validates one part of a request with the schema that also describes it in the OpenAPI document.
 * A schema may use a fault code as an action's message (`v.maxLength(1000, "USER_INPUT_TOO_LONG")`)
 * to respond with that code; every other issue is `VALIDATION_FAILED` with the offending paths. A JSON body is read by
 * `jsonBody`, which comes before.
 */
export function validate<
  const T extends keyof ValidationTargets,
  const S extends v.GenericSchema<unknown, unknown>,
  E extends Env,
>(target: T, schema: S) {
  return validator<S, T, E, string>(target, schema, (result) => {
    if (!result.success) throw invalid(result.error);
  });
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
