import type { Revocation } from "#lib/contract/revocation.ts";
import type { Claims } from "./token.ts";

/** How long what was last read is trusted while nobody tells what comes after it. */
const staleAfterMs = 60_000;

/**
 * What is refused, in memory: tokens, sessions and users. `followRevocations` fills it and says how fresh it
 * is; one that may have missed something is not current, and whoever asks refuses everything.
 *
 * An entry ends with the last token it is about: forgetting it late costs memory and nothing else.
 */
export class RevocationList {
  /** By what a claim holds: strings made for looking up would be a seventh of a check. */
  readonly #ends: Readonly<Record<Kind, Map<string, number>>> = {
    jti: new Map(),
    sid: new Map(),
    sub: new Map(),
  };
  #sweeping: Iterator<Entry, void> | undefined;
  #readAt = Number.NEGATIVE_INFINITY;
  /** Whether every revocation from now on will be told. */
  isFollowed = false;

  get size(): number {
    return this.#ends.jti.size + this.#ends.sid.size + this.#ends.sub.size;
  }

  /** A key of a kind that is not known yet is about nothing that could be looked up. */
  add({ key, expires_at: expiresAt }: Revocation): void {
    const [, kind, id] = KEY.exec(key) ?? [];
    if (kind === undefined || id === undefined || !isKind(kind)) return;
    const ends = this.#ends[kind];
    ends.set(id, Math.max(expiresAt, ends.get(id) ?? 0));
  }

  has({ jti, sid, sub }: Pick<Claims, Kind>): boolean {
    return this.#ends.jti.has(jti) || this.#ends.sid.has(sid) || this.#ends.sub.has(sub);
  }

  /** Everything that was revoked by `at`, in ms since the Unix epoch, has been added. */
  readAsOf(at: number): void {
    this.#readAt = at;
  }

  /** A clock that was set back makes the last read one of the future, which says nothing. */
  isCurrent(now: number): boolean {
    const ageMs = now - this.#readAt;
    return this.isFollowed || (ageMs >= 0 && ageMs <= staleAfterMs);
  }

  /** Looks at so many entries, goes on where it was left, and drops those that have ended. */
  sweep(now: number, entriesMax = 10_000): void {
    for (let looked = 0; looked < entriesMax; looked++) {
      this.#sweeping ??= this.#entries();
      const { done, value } = this.#sweeping.next();
      if (done || !value) {
        this.#sweeping = undefined;
        return;
      }
      const [ends, id, expiresAt] = value;
      if (expiresAt <= now) ends.delete(id);
    }
  }

  *#entries(): Generator<Entry, void> {
    for (const ends of Object.values(this.#ends)) {
      for (const [id, expiresAt] of ends) yield [ends, id, expiresAt];
    }
  }
}

type Kind = "jti" | "sid" | "sub";
type Entry = readonly [ends: Map<string, number>, id: string, expiresAt: number];

/** As `revocationKeys` makes it: the claim's name and its value. */
const KEY = /^(\w+):(.+)$/s;

function isKind(text: string): text is Kind {
  return text === "jti" || text === "sid" || text === "sub";
}
