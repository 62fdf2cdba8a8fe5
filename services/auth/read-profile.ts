import * as v from "valibot";
import { plainText } from "#lib/contract/plain-text.ts";
import { Fault } from "#lib/error/fault.ts";
import type { Identity, ProviderName } from "./provider.ts";

/**
 * Reads a provider's profile as an identity. Only the id is required: a name or an address that is
 * invalid here must not keep its user from signing in, so it is cleaned or left out.
 *
 * @throws Fault `PROVIDER_REFUSED`, whose cause names the members that are wrong, not their values.
 */
export function readProfile(kind: Exclude<ProviderName, "dev">, profile: unknown): Identity {
  const read = v.safeParse(PROFILES[kind], profile);
  if (read.success) return read.output;
  const wrong = read.issues.map((issue) => v.getDotPath(issue) ?? "(all)").join(", ");
  throw new Fault("PROVIDER_REFUSED", { cause: new Error(`profile is wrong at ${wrong}`) });
}

const id = v.pipe(v.string(), v.minLength(1), v.maxLength(255));
const text = v.fallback(v.nullable(v.string()), null);
const isTrue = v.fallback(v.boolean(), false);

/** https://developers.google.com/identity/openid-connect/openid-connect#obtainuserinfo */
const GoogleProfile = v.pipe(
  v.object({ sub: id, email: text, email_verified: isTrue, name: text }),
  v.transform(({ sub, email, email_verified, name }) => ({
    id: sub,
    email: email_verified ? toEmail(email) : null,
    nickname: toNickname(name),
  })),
);

const noAccount = {
  email: null,
  is_email_valid: false,
  is_email_verified: false,
  profile: { nickname: null },
};

/** https://developers.kakao.com/docs/latest/en/kakaologin/rest-api#req-user-info */
const KakaoProfile = v.pipe(
  v.object({
    // Beyond 2^53 two ids would parse to one number, and one user would sign in as another.
    id: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
    kakao_account: v.fallback(
      v.object({
        email: text,
        /** False when the address has moved to another account. */
        is_email_valid: isTrue,
        is_email_verified: isTrue,
        profile: v.fallback(v.object({ nickname: text }), noAccount.profile),
      }),
      noAccount,
    ),
  }),
  v.transform(({ id, kakao_account: { email, profile, ...is } }) => ({
    id: String(id),
    email: is.is_email_valid && is.is_email_verified ? toEmail(email) : null,
    nickname: toNickname(profile.nickname),
  })),
);

/**
 * https://developers.naver.com/docs/login/profile/profile.md
 *
 * Its e-mail is a contact address of any domain, and nothing in the response says that it was
 * verified, so it is not taken: trusting it could confuse one user with another.
 */
const NaverProfile = v.pipe(
  v.object({ resultcode: v.literal("00"), response: v.object({ id, nickname: text }) }),
  v.transform(({ response }) => ({
    id: response.id,
    email: null,
    nickname: toNickname(response.nickname),
  })),
);

const PROFILES = { google: GoogleProfile, kakao: KakaoProfile, naver: NaverProfile } as const;

/** RFC 5321. Never cut: a shortened address would belong to somebody else. */
const emailCharsMax = 254;
const EMAIL = /^[^\s@\p{C}]+@[^\s@\p{C}]+$/u;

function toEmail(email: string | null): string | null {
  const trimmed = email?.trim() ?? "";
  return trimmed.length <= emailCharsMax && EMAIL.test(trimmed) ? trimmed : null;
}

/** As for nicknames that users choose. */
const nicknameCharsMax = 30;
/** Of a longer name only the beginning is read: work on a run of joiners is quadratic. */
const nameCharsMax = 1_000;
const Nickname = v.fallback(v.nullable(plainText(nicknameCharsMax)), null);
const graphemes = new Intl.Segmenter("ko");

function toNickname(name: string | null): string | null {
  const visible = (name ?? "")
    .slice(0, nameCharsMax)
    .normalize("NFC")
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ")
    .replace(/(?!\u200d)[\p{Cf}\p{Cs}\p{Co}]+/gu, "")
    // A joiner stays only between two characters.
    .replace(/^\u200d+|\u200d+$|\u200d(?=\u200d)/g, "")
    .trim();
  return v.parse(Nickname, cut(visible));
}

/** Cuts between grapheme clusters: half an emoji is another emoji. */
function cut(text: string): string {
  let end = 0;
  for (const { index, segment } of graphemes.segment(text)) {
    if (index + segment.length > nicknameCharsMax) break;
    end = index + segment.length;
  }
  return text.slice(0, end);
}
