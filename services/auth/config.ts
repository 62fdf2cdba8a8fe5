import * as v from "valibot";
import { authRules, authSettings } from "#lib/config/auth-settings.ts";
import { settings, wholeNumber } from "#lib/config/settings.ts";

const { AMQP_URL, CORS_ORIGINS, DATABASE_URL, HOST, LOG_LEVEL, PORT, REDIS_URL } = settings;
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
    AMQP_URL,
    PORT,
    HOST,
    LOG_LEVEL,
    CORS_ORIGINS,
    ...authSettings,
    GOOGLE_CLIENT_ID: clientId("Google"),
    GOOGLE_CLIENT_SECRET: clientSecret("Google"),
    KAKAO_CLIENT_ID: clientId("Kakao"),
    KAKAO_CLIENT_SECRET: clientSecret("Kakao"),
    NAVER_CLIENT_ID: clientId("Naver"),
    NAVER_CLIENT_SECRET: clientSecret("Naver"),
    SIGN_INS_PER_MINUTE_PER_IP: v.optional(
      v.pipe(
        wholeNumber("SIGN_INS_PER_MINUTE_PER_IP", 0, 1_000_000),
        d("Sign-ins one address may begin a minute (IPv6: one /64); 0 is no limit"),
      ),
      "100",
    ),
    SIGN_INS_PER_MINUTE_PER_USER: v.optional(
      v.pipe(
        wholeNumber("SIGN_INS_PER_MINUTE_PER_USER", 0, 1_000_000),
        d("Sign-ins of one user a minute; 0 is no limit"),
      ),
      "20",
    ),
    TRUSTED_PROXY_HOPS: v.optional(
      v.pipe(
        wholeNumber("TRUSTED_PROXY_HOPS", 0, 10),
        d("Proxies of ours that append to `X-Forwarded-For`; 0 takes the connection's own address"),
      ),
      "0",
    ),
  }),
  authRules(),
);
export type AuthConfig = v.InferOutput<typeof AuthConfig>;
