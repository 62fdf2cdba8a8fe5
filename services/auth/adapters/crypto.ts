import { createHash, timingSafeEqual } from "node:crypto";
import { generateRandomCodeVerifier, generateRandomState } from "oauth4webapi";
import type { BeginDeps } from "../begin-sign-in.ts";
import type { FinishDeps } from "../finish-sign-in.ts";

/** 32 random bytes each, in base64url. */
export const secrets: BeginDeps["secrets"] & FinishDeps["secrets"] = {
  randomText: generateRandomState,
  newCodeVerifier: generateRandomCodeVerifier,
  // The input is 32 random bytes, which cannot be guessed: neither salt nor a slow hash is needed.
  fingerprint: (text) => digest(text).toString("base64url"),
  isFingerprintOf: (text, fingerprint) => {
    const stored = Buffer.from(fingerprint, "base64url");
    const shown = digest(text);
    return stored.length === shown.length && timingSafeEqual(stored, shown);
  },
};

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
