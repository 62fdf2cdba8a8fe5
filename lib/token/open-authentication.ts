import { publicOrigin } from "#lib/config/public-url.ts";
import type { Database } from "#lib/db/client.ts";
import type { Logger } from "#lib/log/logger.ts";
import { observedGauge } from "#lib/process/observed-gauge.ts";
import type { ProcessScope } from "#lib/process/run-process.ts";
import type { Broker } from "#lib/queue/broker.ts";
import { type Authenticate, createAuthenticator } from "./authenticate.ts";
import { followRevocations } from "./follow-revocations.ts";
import { type KeySet, openKeySet } from "./key-set.ts";
import type { KeySetJson } from "./key-set-json.ts";
import { isPublicOperation } from "./public-operations.ts";
import { RevocationList } from "./revocation-list.ts";
import { createVerifier } from "./verifier.ts";

const observeRevocations = observedGauge(
  "eco2_revocations",
  "Revoked tokens, sessions and users that this process refuses",
);

export interface AuthenticationConfig {
  readonly AUTH_MODE: "dev" | "oauth";
  readonly AUTH_KEYS?: KeySetJson | undefined;
  readonly PUBLIC_URL?: string | undefined;
  readonly PORT: number;
  readonly CORS_ORIGINS: readonly string[];
}

export interface Authentication {
  readonly authenticate: Authenticate;
  readonly keys: KeySet;
  readonly revocations: RevocationList;
  /** False when the revocation list may be stale; `/readyz` reports it. */
  isCurrent(): boolean;
}

/**
 * Opens authentication over real connections: keys, revocation list, token verifier, public
 * operations and the CSRF check in one call, for edge and the gatekeeper.
 *
 * @throws BootError when the keys are unusable or the revocations cannot be read.
 */
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
  observeRevocations(() => revocations.size);
  const authenticate = createAuthenticator({
    verify: createVerifier({ keys, revocations }),
    mode: config.AUTH_MODE,
    allowedOrigins: [publicOrigin(config), ...config.CORS_ORIGINS],
    isPublic: isPublicOperation,
  });
  return { authenticate, keys, revocations, isCurrent: () => revocations.isCurrent(Date.now()) };
}
