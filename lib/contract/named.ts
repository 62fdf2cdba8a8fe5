import * as v from "valibot";

/**
 * A schema that stands in the OpenAPI document once, under this name, and in the types of clients.
 *
 * @param example of a value, as the document shows it
 */
export function named<const S extends v.GenericSchema<unknown, unknown>>(
  name: string,
  schema: S,
  example?: v.InferInput<S>,
) {
  const examples = example === undefined ? {} : { examples: [example] };
  return v.pipe(schema, v.metadata({ ref: name, ...examples }));
}
