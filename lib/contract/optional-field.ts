import * as v from "valibot";

/**
 * A member that a JSON request may leave out. `null`, which many clients write for what they do not have, is as
 * good as none. Where it means something of its own, as in "clear it", `v.optional(v.nullable(…))` says so.
 */
export function optionalField<const S extends v.GenericSchema<unknown, unknown>>(schema: S) {
  return v.pipe(
    v.nullish(schema),
    v.transform((value) => value ?? undefined),
  );
}
