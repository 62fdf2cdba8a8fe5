import * as v from "valibot";
import { Fault } from "#lib/error/fault.ts";

/**
 * A message that does not match its schema was written by a bug, and is dead-lettered; but one whose
 * only fault is a word that this code does not know, as of a new category, was written by a newer
 * release, and waits for a worker of it.
 */
export function readMessage<S extends v.GenericSchema<unknown, unknown>>(
  schema: S,
  body: unknown,
): v.InferOutput<S> {
  const parsed = v.safeParse(schema, body);
  if (parsed.success) return parsed.output;
  const isNewer = parsed.issues.every(
    ({ type, input }) => type === "picklist" && typeof input === "string",
  );
  const paths = parsed.issues.map((issue) => v.getDotPath(issue)).join(", ");
  const code = isNewer ? "MESSAGE_NEWER" : "MESSAGE_INVALID";
  throw new Fault(code, { cause: new Error(`wrong fields: ${paths}`) });
}
