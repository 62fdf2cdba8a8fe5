import type * as v from "valibot";
import { loadConfig } from "#lib/config/load-config.ts";

/**
 * Where a verb's configuration comes from. It is asked after the command line has been read, with the names
 * of the variables that the verb reads.
 */
export type Environment = (names: readonly string[]) => Variables | Promise<Variables>;
type Variables = Readonly<Record<string, string | undefined>>;

/** @throws ConfigError naming every wrong variable at once. */
export async function readConfig<const S extends ConfigSchema>(
  schema: S,
  environment: Environment,
): Promise<v.InferOutput<S>> {
  return loadConfig(schema, await environment(Object.keys(schema.entries)));
}
type ConfigSchema = v.GenericSchema<unknown, unknown> & { readonly entries: object };
