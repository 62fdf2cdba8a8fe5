import { Gauge } from "prom-client";
import { publicOrigin } from "#lib/config/public-url.ts";
import type { Database } from "#lib/db/client.ts";
import type { Logger } from "#lib/log/logger.ts";
import type { ProcessScope } from "#lib/process/run-process.ts";
import type { Broker } from "#lib/queue/broker.ts";
import { type Authenticate, createAuthenticator } from "./authenticate.ts";
import { followRevocations } from "./follow-revocations.ts";
import { type KeySet, openKeySet } from "./key-set.ts";
import type { KeySetJson } from "./key-set-json.ts";
import { isPublicOperation } from "./public-operations.ts";
import { RevocationList } from "./revocation-list.ts";
import { createVerifier } from "./verifier.ts";

export interface AuthenticationConfig {
  readonly AUTH_MODE: "dev" | "oauth";
  readonly AUTH_KEYS?: KeySetJson | undefined;
  readonly PUBLIC_URL?: string | undefined;
  readonly PORT: number;
  readonly CORS_ORIGINS: readonly string[];
}

/** Authentication over real connections, and what it is made of. */
export interface Authentication {
  readonly authenticate: Authenticate;
  readonly keys: KeySet;
  readonly revocations: RevocationList;
  /** Whether it would let anybody in who is somebody; for readiness. */
  isCurrent(): boolean;
}

/** @throws BootError when the keys or the list of what was revoked cannot be had. */
export async function openAuthentication(
  config: AuthenticationConfig,
  given: {
    readonly broker: Broker;
    readonly database: Database;
    readonly log: Logger;
    readonly scope: Pick<ProcessScope, "onStop">;
  },
): Promise<Authentication> {
  const keys = await openKeySet(config.AUTH_KEYS);
  const revocations = new RevocationList();
  given.scope.onStop("revocations", await followRevocations({ ...given, list: revocations }));
  new Gauge({
    name: "eco2_revocations",
    help: "Revoked tokens, sessions and users that this process refuses",
    collect() {
      this.set(revocations.size);
    },
  });
  const authenticate = createAuthenticator({
    verify: createVerifier({ keys, revocations }),
    mode: config.AUTH_MODE,
    allowedOrigins: [publicOrigin(config), ...config.CORS_ORIGINS],
    isPublic: isPublicOperation,
  });
  return { authenticate, keys, revocations, isCurrent: () => revocations.isCurrent(Date.now()) };
}
