import * as v from "valibot";

/** RFC 7518 asks for 2,048 bits at least: 256 bytes, in base64url without padding. */
const modulusCharsMin = 342;
const keysMax = 16;

const text = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]+$/));

/**
 * RSA only: an `oct` key would allow HS256. A private key also has `d` and the members after it.
 */
const Key = v.object({
  kty: v.literal("RSA"),
  kid: v.pipe(v.string(), v.regex(/^[A-Za-z0-9._-]{1,64}$/)),
  n: v.pipe(text, v.minLength(modulusCharsMin)),
  e: text,
  d: v.optional(text),
  p: v.optional(text),
  q: v.optional(text),
  dp: v.optional(text),
  dq: v.optional(text),
  qi: v.optional(text),
});

/**
 * A JSON Web Key Set (RFC 7517). The first key signs; all of them verify. Public keys alone suffice
 * for a gatekeeper.
 */
export const KeySetJson = v.object({
  keys: v.pipe(
    v.array(Key),
    v.minLength(1),
    v.maxLength(keysMax),
    v.check((keys) => new Set(keys.map(({ kid }) => kid)).size === keys.length),
  ),
});
export type KeySetJson = v.InferOutput<typeof KeySetJson>;
