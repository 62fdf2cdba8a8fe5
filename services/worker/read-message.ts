import * as v from "valibot";
import { Fault } from "#lib/error/fault.ts";

/** A message that does not match its schema was written by a bug: it is dead-lettered. */
export function readMessage<S extends v.GenericSchema<unknown, unknown>>(
  schema: S,
  body: unknown,
): v.InferOutput<S> {
  const parsed = v.safeParse(schema, body);
  if (parsed.success) return parsed.output;
  const paths = parsed.issues.map((issue) => v.getDotPath(issue)).join(", ");
  throw new Fault("MESSAGE_INVALID", { cause: new Error(`wrong fields: ${paths}`) });
}
