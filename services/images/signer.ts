/**
 * Signs a list of values, so that a client can carry them and return them unchanged. The first part is
 * the purpose: a signature for one purpose is invalid for another.
 */
export interface Signer {
  /** 43 characters of base64url. */
  sign(parts: readonly [purpose: string, ...values: string[]]): Promise<string>;
  /** In constant time. False for malformed signatures. */
  verify(
    parts: readonly [purpose: string, ...values: string[]],
    signature: string,
  ): Promise<boolean>;
}

/** HMAC-SHA256 under `secret`. */
export function createSigner(secret: string): Signer {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const importing = crypto.subtle.importKey("raw", encode([secret]), algorithm, false, [
    "sign",
    "verify",
  ]);

  return {
    async sign(parts) {
      const mac = await crypto.subtle.sign("HMAC", await importing, encode(parts));
      return toBase64Url(new Uint8Array(mac));
    },
    async verify(parts, signature) {
      const mac = fromBase64Url(signature);
      if (mac === undefined) return false;
      return crypto.subtle.verify("HMAC", await importing, mac, encode(parts));
    },
  };
}

export function toBase64Url(bytes: Uint8Array): string {
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}

function fromBase64Url(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!/^[A-Za-z0-9_-]{43}$/.test(text)) return undefined;
  try {
    // Strict: otherwise several spellings are the same signature.
    return Uint8Array.fromBase64(`${text}=`, {
      alphabet: "base64url",
      lastChunkHandling: "strict",
    });
  } catch {
    return undefined;
  }
}

/** JSON, because joined with any separator two different lists could read the same. */
function encode(parts: readonly string[]): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(parts));
}
