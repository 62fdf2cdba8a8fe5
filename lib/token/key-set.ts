import {
  type CryptoKey,
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
} from "jose";
import { BootError } from "#lib/process/run-process.ts";
import type { KeySetJson } from "./key-set-json.ts";
import { algorithm } from "./token.ts";

/**
 * The keys of a process: the first signs, all verify. So keys rotate without a token being refused:
 * [old] → [old, new] → [new, old] → [new]. Each step is rolled out to every process before the next
 * one, and the last step waits until the old key's last refresh token has expired.
 */
export interface KeySet {
  /** Undefined in a process that was given public keys alone. */
  readonly signing: { readonly kid: string; readonly key: CryptoKey } | undefined;
  find(kid: string): CryptoKey | undefined;
  /** Public halves only. */
  readonly jwks: { readonly keys: readonly JWK[] };
}

type KeyJson = KeySetJson["keys"][number];

const modulusBits = 2_048;

/**
 * @param json undefined makes a new key, good until the process ends.
 * @throws BootError naming `AUTH_KEYS`, and of a key no more than its id.
 */
export async function openKeySet(json: KeySetJson | undefined): Promise<KeySet> {
  const keys = json?.keys ?? [await makeKey()];
  const halves = new Map<string, CryptoKey>();
  for (const key of keys) halves.set(key.kid, await importHalf(key, publicHalf(key)));
  const [first] = keys;
  return {
    signing: first?.d === undefined ? undefined : await openSigning(first, halves.get(first.kid)),
    find: (kid) => halves.get(kid),
    jwks: { keys: keys.map((key) => ({ ...publicHalf(key), alg: algorithm, use: "sig" })) },
  };
}

/** RSA 2048; its id is its thumbprint (RFC 7638), so it is the same wherever it is computed. */
export async function makeKey(): Promise<KeyJson> {
  const { privateKey } = await generateKeyPair(algorithm, {
    modulusLength: modulusBits,
    extractable: true,
  });
  const { n = "", e = "", d, p, q, dp, dq, qi } = await exportJWK(privateKey);
  const kid = await calculateJwkThumbprint({ kty: "RSA", n, e });
  return { kty: "RSA", kid, n, e, d, p, q, dp, dq, qi };
}

function publicHalf({ kty, kid, n, e }: KeyJson) {
  return { kty, kid, n, e };
}

async function openSigning(json: KeyJson, publicKey: CryptoKey | undefined) {
  const key = await importHalf(json, json);
  // Halves of two different keys: every process would refuse what this one signs.
  if (!publicKey || !(await isPair(key, publicKey))) throw unusable(json.kid);
  return { kid: json.kid, key };
}

async function isPair(privateKey: CryptoKey, publicKey: CryptoKey): Promise<boolean> {
  const { name } = privateKey.algorithm;
  const probe = crypto.getRandomValues(new Uint8Array(32));
  try {
    const signature = await crypto.subtle.sign(name, privateKey, probe);
    return await crypto.subtle.verify(name, publicKey, signature, probe);
  } catch {
    return false;
  }
}

async function importHalf({ kid }: KeyJson, { kty, n, e, d, p, q, dp, dq, qi }: Partial<KeyJson>) {
  const parts = Object.entries({ n, e, d, p, q, dp, dq, qi }).filter(([, part]) => part);
  try {
    const key = await importJWK({ ...Object.fromEntries(parts), kty: kty ?? "RSA" }, algorithm);
    if (!(key instanceof Uint8Array)) return key;
  } catch {
    // The library's error is dropped: it might hold a part of the key.
  }
  throw unusable(kid);
}

function unusable(kid: string): BootError {
  return new BootError(`AUTH_KEYS: key ${kid} cannot be used; \`bun run keys\` makes one`);
}
