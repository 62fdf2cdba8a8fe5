import * as v from "valibot";
import { KeySetJson } from "#lib/token/key-set-json.ts";
import { settings } from "./settings.ts";

/** What every process reads that verifies tokens: edge, auth, gatekeeper. */

const d = v.description;

const keySet = v.pipe(
  v.string(),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), KeySetJson), dataset.value);
    if (parsed.success) return parsed.output;
    // In one sentence: what the schema has to say in detail would be about a secret.
    addIssue({ message: "must be a JSON Web Key Set of RSA keys: `bun run keys` makes one" });
    return NEVER;
  }),
);

export const authSettings = {
  AUTH_MODE: v.optional(
    v.pipe(
      v.picklist(["dev", "oauth"]),
      d(
        "`oauth`: callers show a token. `dev`: also whoever says `X-User-ID`, and a sign-in that asks " +
          "for no password; it does not start with `NODE_ENV=production`",
      ),
    ),
    "dev",
  ),
  NODE_ENV: v.optional(v.pipe(v.string(), d("`production` refuses `AUTH_MODE=dev`"))),
  AUTH_KEYS: v.optional(
    v.pipe(
      keySet,
      d(
        "JSON Web Key Set: the first key signs tokens, all verify them (`bun run keys`). Required by " +
          "`AUTH_MODE=oauth`; else made at every start, which ends every sign-in",
      ),
    ),
  ),
  PUBLIC_URL: settings.PUBLIC_URL,
} as const;

interface AuthSettings {
  readonly AUTH_MODE: "dev" | "oauth";
  readonly NODE_ENV?: string | undefined;
  readonly AUTH_KEYS?: KeySetJson | undefined;
}

/** Rules over several of them; for the `v.pipe` around the object that has them. */
export function authRules<T extends AuthSettings>() {
  return v.rawCheck<T>(({ dataset, addIssue }) => {
    // Looked at also when another variable is wrong: everything is reported at once.
    const given: Partial<Record<keyof AuthSettings, unknown>> = { ...(dataset.value ?? {}) };
    const refuse = (key: keyof AuthSettings, message: string) =>
      addIssue({
        message,
        path: [{ type: "object", origin: "value", input: given, key, value: given[key] }],
      });
    // Also as it comes out of a file with other line ends.
    const isProduction = /^\s*production\s*$/i.test(String(given.NODE_ENV));
    if (given.AUTH_MODE === "dev" && isProduction) {
      refuse("AUTH_MODE", "`dev` lets everybody in as anybody; NODE_ENV is production");
    }
    if (given.AUTH_MODE === "oauth" && given.AUTH_KEYS === undefined) {
      refuse("AUTH_KEYS", "is required by AUTH_MODE=oauth: `bun run keys` makes them");
    }
  });
}
