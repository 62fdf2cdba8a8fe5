import * as v from "valibot";

/** Wrong configuration: the boot stops with every problem in one message. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/**
 * Reads a service's settings from the environment. The schema's keys are the variable names.
 * An empty variable counts as absent, since compose and Kubernetes write `X=` for "not set".
 *
 * @throws ConfigError naming every wrong variable at once; values are never repeated.
 */
export function loadConfig<const S extends v.GenericSchema<unknown, unknown>>(
  schema: S,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): v.InferOutput<S> {
  const present = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value.trim() !== ""),
  );
  const parsed = v.safeParse(schema, present);
  if (parsed.success) return parsed.output;
  const problems = parsed.issues.map(
    (issue) => `  ${v.getDotPath(issue) ?? "?"}: ${reason(issue)}`,
  );
  throw new ConfigError(`The configuration is not usable:\n${problems.join("\n")}`);
}

/** False where the default holds: nobody has chosen the value. */
export function isSet(variable: string, environment = process.env): boolean {
  return Boolean(environment[variable]?.trim());
}

function reason(issue: v.BaseIssue<unknown>): string {
  if (issue.input === undefined) return "is required but not set";
  // A default message of valibot quotes the input, and the input may be a secret.
  if (!issue.message.startsWith("Invalid ")) return issue.message;
  return issue.expected === null ? "is not usable" : `must be ${issue.expected}`;
}
