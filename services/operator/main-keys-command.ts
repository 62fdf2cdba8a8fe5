import { type CommandLine, type Typed, UsageError } from "#lib/cli/command-line.ts";
import { livesS } from "#lib/token/token.ts";

const refreshDays = livesS.refresh / 86_400;

export const keysCommand: CommandLine<Record<never, never>> = {
  name: "keys",
  usage: `usage: keys [verb]
  Key sets for AUTH_KEYS: one line of JSON on standard output. They are secret, except what \`public\`
  prints. All but \`new\` start from the AUTH_KEYS of the environment.
  new      a set with one key (default)
  add      one more key at the end: it verifies, and does not sign yet
  promote  the last key becomes the first: it signs
  drop     without the last key: what it signed is no longer taken
  public   the public halves alone, for processes that only verify: gatekeepers
  list     every key's id and what it is for; nothing secret

  A new key without downtime, each step in every process before the next begins:
  1. AUTH_KEYS="$(… keys add)"       everybody knows the new key
  2. AUTH_KEYS="$(… keys promote)"   it signs; what the old one signed is still taken
  3. ${refreshDays} days later, when the last refresh token of the old key has ended:
     AUTH_KEYS="$(… keys drop)"
  A stolen key is not waited for: take \`new\`, and everybody signs in again.`,
  options: {},
  argumentsMax: 1,
};

const VERBS = ["new", "add", "promote", "drop", "public", "list"] as const;
export type KeysVerb = (typeof VERBS)[number];

/** @throws UsageError */
export function readVerb({ positionals }: Typed<Record<never, never>>): KeysVerb {
  const [name = "new"] = positionals;
  const verb = VERBS.find((one) => one === name);
  if (!verb) throw new UsageError(`unknown verb '${name}'; see --help`);
  return verb;
}
