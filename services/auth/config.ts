import * as v from "valibot";
import { authRules, authSettings, isProduction } from "#lib/config/auth-settings.ts";
import { checkTogether } from "#lib/config/check-together.ts";
import { publicOrigin } from "#lib/config/public-url.ts";
import { limit, processSettings, settings, wholeNumber } from "#lib/config/settings.ts";
import { isSafeTransport } from "#lib/http/is-safe-transport.ts";
import type { KeySetJson } from "#lib/token/key-set-json.ts";
import { PROVIDERS } from "./provider.ts";

const { AMQP_TOPOLOGY, AMQP_URL, CORS_ORIGINS, DATABASE_URL, HOST, PORT, REDIS_PREFIX, REDIS_URL } =
  settings;
const d = v.description;

const clientId = (provider: string) =>
  v.optional(
    v.pipe(v.string(), d(`Client id of ${provider}; with its secret, offers it for sign-in`)),
  );
const clientSecret = (provider: string) =>
  v.optional(v.pipe(v.string(), d(`Client secret of ${provider}`)));

export const AuthConfig = v.pipe(
  v.object({
    DATABASE_URL,
    REDIS_URL,
    REDIS_PREFIX,
    AMQP_URL,
    AMQP_TOPOLOGY,
    PORT,
    HOST,
    ...processSettings,
    CORS_ORIGINS,
    ...authSettings,
    GOOGLE_CLIENT_ID: clientId("Google"),
    GOOGLE_CLIENT_SECRET: clientSecret("Google"),
    KAKAO_CLIENT_ID: clientId("Kakao"),
    KAKAO_CLIENT_SECRET: clientSecret("Kakao"),
    NAVER_CLIENT_ID: clientId("Naver"),
    NAVER_CLIENT_SECRET: clientSecret("Naver"),
    SIGN_INS_PER_MINUTE_PER_IP: limit(
      "Sign-ins one address may begin a minute (IPv6: one /64)",
      100,
    ),
    SIGN_INS_PER_MINUTE_PER_USER: limit("Sign-ins of one user a minute", 20),
    TRUSTED_PROXY_HOPS: v.optional(
      v.pipe(
        wholeNumber(0, 10),
        d("Proxies of ours that append to `X-Forwarded-For`; 0 takes the connection's own address"),
      ),
      "0",
    ),
  }),
  authRules(),
  signInRules(),
);
export type AuthConfig = v.InferOutput<typeof AuthConfig>;

interface SignInSettings {
  readonly AUTH_MODE: "dev" | "oauth";
  readonly AUTH_KEYS?: KeySetJson | undefined;
  readonly PUBLIC_URL?: string | undefined;
  readonly GOOGLE_CLIENT_ID?: string | undefined;
  readonly GOOGLE_CLIENT_SECRET?: string | undefined;
  readonly KAKAO_CLIENT_ID?: string | undefined;
  readonly KAKAO_CLIENT_SECRET?: string | undefined;
  readonly NAVER_CLIENT_ID?: string | undefined;
  readonly NAVER_CLIENT_SECRET?: string | undefined;
}

/** The credentials of each provider; one without both is not offered. */
export function credentialsOf(config: Partial<SignInSettings>) {
  return PROVIDERS.map((provider) => {
    const [id, secret] = keysOf[provider];
    return { provider, clientId: config[id], clientSecret: config[secret] };
  });
}

const keysOf = {
  google: ["GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET"],
  kakao: ["KAKAO_CLIENT_ID", "KAKAO_CLIENT_SECRET"],
  naver: ["NAVER_CLIENT_ID", "NAVER_CLIENT_SECRET"],
} as const;

/** Rules over several variables; for the `v.pipe` around the object, here and in edge. */
export function signInRules<T extends SignInSettings>() {
  return checkTogether<T>((given, refuse) => {
    const credentials = credentialsOf(given);
    for (const { provider, clientId, clientSecret } of credentials) {
      const [id, secret] = keysOf[provider];
      if (clientId && !clientSecret) refuse(secret, `is required with ${id}`);
      if (clientSecret && !clientId) refuse(id, `is required with ${secret}`);
    }
    // Gatekeepers may have public keys alone; this service signs.
    const [signing] = given.AUTH_KEYS?.keys ?? [];
    if (signing && signing.d === undefined) refuse("AUTH_KEYS", "must begin with a private key");
    if (given.AUTH_MODE !== "oauth") return;
    if (!credentials.some(({ clientId }) => clientId)) {
      refuse("AUTH_MODE", "`oauth` needs a provider: as GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET");
    }
    if (!isSafeOrigin(given.PUBLIC_URL)) {
      refuse("PUBLIC_URL", "is required by AUTH_MODE=oauth: https, or http on loopback");
    }
  });
}

/** Cookies and codes travel under this origin: plain http on loopback only. */
function isSafeOrigin(text: string | undefined): boolean {
  const url = text === undefined ? null : URL.parse(text);
  return url !== null && isSafeTransport(url);
}

/**
 * Always, except where somebody tries it at home: Safari drops `Secure` cookies on plain http, on loopback as well, and
 * would never be signed in. Decided by the configuration, since behind a proxy every request is http.
 */
export function needsSecureCookies(
  config: Pick<AuthConfig, "NODE_ENV" | "PUBLIC_URL" | "PORT">,
): boolean {
  const url = new URL(publicOrigin(config));
  const isLoopback = url.protocol === "http:" && isSafeTransport(url);
  return isProduction(config) || !isLoopback;
}
