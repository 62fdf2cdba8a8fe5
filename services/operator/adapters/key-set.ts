import * as v from "valibot";
import { UsageError } from "#lib/cli/command-line.ts";
import { KeySetJson } from "#lib/token/key-set-json.ts";

/**
 * The steps of a rotation. The first key of a set signs and all verify, so every step yields a set that
 * takes what processes of the step before and after it sign.
 */
type Key = KeySetJson["keys"][number];

/** @throws UsageError; never quotes the text, which is a secret. */
export function readKeySet(text: string | undefined): KeySetJson {
  if (!text?.trim()) throw new UsageError("AUTH_KEYS is not set: `keys new` makes one");
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), KeySetJson), text);
  if (!parsed.success) throw new UsageError("AUTH_KEYS is not a JSON Web Key Set of RSA keys");
  return parsed.output;
}

/** @throws UsageError when it is what gatekeepers have, or has as many keys as a set may have. */
export function addKey({ keys }: KeySetJson, key: Key): KeySetJson {
  if (!keys.some(isPrivate))
    throw new UsageError("AUTH_KEYS has public keys alone: add to the full set");
  const added = v.safeParse(KeySetJson, { keys: [...keys, key] });
  if (!added.success) throw new UsageError("AUTH_KEYS has too many keys: drop one first");
  return added.output;
}

/** @throws UsageError when there is no other key, or the last one cannot sign. */
export function promoteKey({ keys }: KeySetJson): KeySetJson {
  const last = keys.at(-1);
  if (!last || keys.length === 1) throw new UsageError("AUTH_KEYS has one key only: add first");
  if (!isPrivate(last)) throw new UsageError("the last key of AUTH_KEYS is public: it cannot sign");
  return { keys: [last, ...keys.slice(0, -1)] };
}

/** @throws UsageError when nothing would be left. */
export function dropKey({ keys }: KeySetJson): KeySetJson {
  if (keys.length === 1) throw new UsageError("AUTH_KEYS has one key only: nobody could sign in");
  return { keys: keys.slice(0, -1) };
}

/** Named one by one: a private member that nobody thought of stays out. */
export function publicKeys({ keys }: KeySetJson): KeySetJson {
  return { keys: keys.map(({ kty, kid, n, e }) => ({ kty, kid, n, e })) };
}

/** A row a key: id, what it does, which half it is. */
export function listKeys({ keys }: KeySetJson): string[][] {
  return keys.map((key, i) => [
    key.kid,
    i === 0 && isPrivate(key) ? "signs, verifies" : "verifies",
    isPrivate(key) ? "private" : "public",
  ]);
}

function isPrivate(key: Key): boolean {
  return key.d !== undefined;
}
