import type { Redis } from "ioredis";
import { systemClock } from "#lib/clock/clock.ts";
import { publicOrigin } from "#lib/config/public-url.ts";
import type { Database } from "#lib/db/client.ts";
import { clientAddress } from "#lib/http/client-address.ts";
import type { App } from "#lib/http/create-app.ts";
import type { Logger } from "#lib/log/logger.ts";
import type { ProcessScope } from "#lib/process/run-process.ts";
import type { Publisher } from "#lib/queue/publisher.ts";
import type { KeySet } from "#lib/token/key-set.ts";
import type { RevocationList } from "#lib/token/revocation-list.ts";
import { createAccounts } from "./adapters/accounts.ts";
import { secrets } from "./adapters/crypto.ts";
import { createDevProvider } from "./adapters/dev.ts";
import { createAuthRoutes } from "./adapters/http.ts";
import { metrics } from "./adapters/metrics.ts";
import { createOauthProvider } from "./adapters/oauth.ts";
import { createAttempts, createSignInLimits } from "./adapters/redis.ts";
import { createSessions } from "./adapters/sessions.ts";
import { createTokens } from "./adapters/tokens.ts";
import { type AuthConfig, credentialsOf, needsSecureCookies } from "./config.ts";
import { startRelay } from "./main-relay.ts";
import type { Provider } from "./provider.ts";
import { RefreshRateLimit } from "./refresh-rate-limit.ts";

interface Given {
  readonly database: Database;
  readonly redis: Redis;
  readonly publisher: Pick<Publisher, "broadcast">;
  readonly log: Logger;
  readonly scope: ProcessScope;
  readonly keys: KeySet;
  /** The process's own list, to which revocations made here are added at once. */
  readonly revocations: Pick<RevocationList, "add">;
}

/** The auth API and its relay over real connections, for its own process and for edge. */
export function authRoutes(
  config: AuthConfig,
  given: Given,
  providers: ReadonlyMap<string, Provider> = createProviders(config),
): App {
  const { database, redis, publisher, log, scope, keys, revocations } = given;
  const clock = systemClock;
  startRelay({ database, publisher, clock, log, scope });
  const { SIGN_INS_PER_MINUTE_PER_IP: perAddress, SIGN_INS_PER_MINUTE_PER_USER: perUser } = config;
  return createAuthRoutes({
    clock,
    providers,
    secrets,
    revocations,
    attempts: createAttempts(redis),
    limits: createSignInLimits(redis, clock, { perAddress, perUser }),
    accounts: createAccounts(database),
    sessions: createSessions(database),
    tokens: createTokens(keys, clock),
    refreshing: new Map(),
    refreshLimit: new RefreshRateLimit(),
    origins: { own: publicOrigin(config), others: config.CORS_ORIGINS },
    jwks: keys.jwks,
    secureCookies: needsSecureCookies(config),
    addressOf: (env, request) => clientAddress(env, request, config.TRUSTED_PROXY_HOPS),
    onSignedIn: (provider) => metrics.countSignIn(provider, "ok"),
    onRefreshed: metrics.countRefresh,
    onSignInFailed: (provider, fault) => {
      metrics.countSignIn(provider, fault.code);
      const fields = { provider, code: fault.code, error: fault };
      if (fault.kind.status >= 500) log.warn("sign-in failed", fields);
      else log.info("sign-in failed", { provider, code: fault.code });
    },
    onReuse: ({ sub, sid }) =>
      log.warn("refresh token reused: session ended", { user_id: sub, session_id: sid }),
  });
}

/** The configured providers, and `dev` with `AUTH_MODE=dev`. */
function createProviders(config: AuthConfig): ReadonlyMap<string, Provider> {
  const providers = new Map<string, Provider>();
  for (const { provider, clientId, clientSecret } of credentialsOf(config)) {
    if (!clientId || !clientSecret) continue;
    providers.set(provider, createOauthProvider(provider, { clientId, clientSecret }));
  }
  if (config.AUTH_MODE === "dev") providers.set("dev", createDevProvider());
  return providers;
}
