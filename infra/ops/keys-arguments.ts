import { parseArgs } from "node:util";
import { livesS } from "#lib/token/token.ts";

const refreshDays = livesS.refresh / 86_400;

export const usage = `usage: bun run keys [verb]
  Key sets for AUTH_KEYS: one line of JSON on standard output. They are secret, except what \`public\`
  prints. All but \`new\` start from the AUTH_KEYS of the environment.
  new      a set with one key (default)
  add      one more key at the end: it verifies, and does not sign yet
  promote  the last key becomes the first: it signs
  drop     without the last key: what it signed is no longer taken
  public   the public halves alone, for processes that only verify: gatekeepers
  list     every key's id and what it is for; nothing secret

  A new key without downtime, each step in every process before the next begins:
  1. AUTH_KEYS="$(bun run keys add)"       everybody knows the new key
  2. AUTH_KEYS="$(bun run keys promote)"   it signs; what the old one signed is still taken
  3. ${refreshDays} days later, when the last refresh token of the old key has ended:
     AUTH_KEYS="$(bun run keys drop)"
  A stolen key is not waited for: take \`new\`, and everybody signs in again.`;

/** What the operator typed, or the environment holds, makes no sense: exit code 2. */
export class UsageError extends Error {}

const VERBS = ["new", "add", "promote", "drop", "public", "list"] as const;
export type KeysVerb = (typeof VERBS)[number];

/** @throws UsageError */
export function readVerb(args: readonly string[]): KeysVerb | "help" {
  const { values, positionals } = parse(args);
  if (values.help) return "help";
  const [name = "new", ...rest] = positionals;
  const verb = VERBS.find((one) => one === name);
  if (!verb || rest.length > 0) throw new UsageError(`unknown verb ${name}\n${usage}`);
  return verb;
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { help: { type: "boolean", short: "h", default: false } },
    });
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : error}\n${usage}`);
  }
}
