import { createHash, timingSafeEqual } from "node:crypto";
import { generateRandomCodeVerifier, generateRandomState } from "oauth4webapi";
import type { BeginDeps } from "../begin-sign-in.ts";
import type { FinishDeps } from "../finish-sign-in.ts";

/** 32 random bytes each, in base64url. */
export const secrets: Pick<BeginDeps, "randomText" | "newCodeVerifier" | "fingerprint"> &
  Pick<FinishDeps, "isFingerprintOf"> = {
  randomText: generateRandomState,
  newCodeVerifier: generateRandomCodeVerifier,
  // Of 32 random bytes: nobody finds them from it, so it needs neither salt nor time.
  fingerprint: (text) => digest(text).toString("base64url"),
  isFingerprintOf: (text, fingerprint) => {
    const kept = Buffer.from(fingerprint, "base64url");
    const shown = digest(text);
    return kept.length === shown.length && timingSafeEqual(kept, shown);
  },
};

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
