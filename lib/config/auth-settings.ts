import * as v from "valibot";
import { KeySetJson } from "#lib/token/key-set-json.ts";
import { checkTogether } from "./check-together.ts";
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
  NODE_ENV: v.optional(
    v.pipe(
      v.string(),
      d(
        "`production` refuses `AUTH_MODE=dev`, and a service that runs alone without INTERNAL_SECRET",
      ),
    ),
  ),
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

/** Proof of identity between the gatekeeper's process and services that run alone. */
export const INTERNAL_SECRET = v.optional(
  v.pipe(
    v.string(),
    v.minLength(32, "must have at least 32 characters"),
    d(
      "Signs the gatekeeper's proof of who is behind a request, for services that run alone: they " +
        "believe no `X-User-ID` without it. The same in all of them; required in production",
    ),
  ),
);

/** What a service that runs alone reads to know its callers; edge authenticates by itself. */
export const standaloneSettings = {
  AUTH_MODE: authSettings.AUTH_MODE,
  NODE_ENV: authSettings.NODE_ENV,
  INTERNAL_SECRET,
} as const;

interface AuthSettings {
  readonly AUTH_MODE: "dev" | "oauth";
  readonly NODE_ENV?: string | undefined;
  readonly AUTH_KEYS?: KeySetJson | undefined;
}

type Given = Partial<Record<"AUTH_MODE" | "NODE_ENV" | "AUTH_KEYS" | "INTERNAL_SECRET", unknown>>;

/** Rules over several of them; for the `v.pipe` around the object that has them. */
export function authRules<T extends AuthSettings>() {
  return checkTogether<T>((given, refuse) => {
    if (given.AUTH_MODE === "dev" && isProduction(given)) {
      refuse("AUTH_MODE", "`dev` lets everybody in as anybody; NODE_ENV is production");
    }
    if (given.AUTH_MODE === "oauth" && given.AUTH_KEYS === undefined) {
      refuse("AUTH_KEYS", "is required by AUTH_MODE=oauth: `bun run keys` makes them");
    }
  });
}

/** The rule of `standaloneSettings`: whoever serves others believes no `X-User-ID` by itself. */
export function standaloneRules<T extends Given>() {
  return checkTogether<T>((given, refuse) => {
    if (given.INTERNAL_SECRET !== undefined) return;
    if (isProduction(given) || given.AUTH_MODE === "oauth") refuse("INTERNAL_SECRET", noProof);
  });
}

/** In production the gatekeeper stands before services that need its proof. */
export function gatekeeperRules<T extends Given>() {
  return checkTogether<T>((given, refuse) => {
    if (given.INTERNAL_SECRET === undefined && isProduction(given)) {
      refuse("INTERNAL_SECRET", noProof);
    }
  });
}

const noProof =
  "is required in production, the same in the gatekeeper and the services: `openssl rand -hex 32`";

/** Also as it comes out of a file with other line ends. */
export function isProduction({ NODE_ENV }: Given): boolean {
  return /^\s*production\s*$/i.test(String(NODE_ENV));
}
