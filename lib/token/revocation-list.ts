import type { Revocation } from "#lib/contract/revocation.ts";
import type { Claims } from "./token.ts";

/** How long the last read counts as current while the fanout queue is not followed. */
const staleAfterMs = 60_000;

/**
 * The revoked tokens, sessions and users, in memory. `followRevocations` fills the list and keeps
 * its freshness. A list that may have missed a revocation is not current, and its readers must
 * refuse every token.
 *
 * An entry expires with the last token it covers; keeping it longer costs memory and nothing else.
 */
export class RevocationList {
  /** One map a claim: composing a key for each lookup would cost a seventh of a check. */
  readonly #expiries: Readonly<Record<Kind, Map<string, number>>> = {
    jti: new Map(),
    sid: new Map(),
    sub: new Map(),
  };
  #sweeping: Iterator<Entry, void> | undefined;
  #version = 0;
  #readAt = Number.NEGATIVE_INFINITY;
  /**
   * Whether every new revocation will arrive: the fanout queue is subscribed and everything before
   * is loaded.
   */
  isFollowed = false;

  get size(): number {
    return this.#expiries.jti.size + this.#expiries.sid.size + this.#expiries.sub.size;
  }

  /** Rises with every session or user that is added: what they have open is to be closed. */
  get version(): number {
    return this.#version;
  }

  /** Ignores a key of an unknown kind: no claim could match it. */
  add({ key, expires_at: expiresAt }: Revocation): void {
    const [, kind, id] = KEY.exec(key) ?? [];
    if (kind === undefined || id === undefined || !isKind(kind)) return;
    const expiries = this.#expiries[kind];
    if (kind !== "jti" && !expiries.has(id)) this.#version++;
    expiries.set(id, Math.max(expiresAt, expiries.get(id) ?? 0));
  }

  has({ jti, sid, sub }: Pick<Claims, Kind>): boolean {
    return this.#expiries.jti.has(jti) || this.hasSession(sid, sub);
  }

  /** Whether the session has ended or the user is deleted; without a session, the user alone. */
  hasSession(sid: string | undefined, sub: string): boolean {
    return (sid !== undefined && this.#expiries.sid.has(sid)) || this.#expiries.sub.has(sub);
  }

  /** Records that everything revoked by `at`, in ms since the Unix epoch, has been added. */
  readAsOf(at: number): void {
    this.#readAt = at;
  }

  /** A read in the future does not count: the clock was set back. */
  isCurrent(now: number): boolean {
    const ageMs = now - this.#readAt;
    return this.isFollowed || (ageMs >= 0 && ageMs <= staleAfterMs);
  }

  /** Drops expired entries among the next `entriesMax`, continuing where the last sweep stopped. */
  sweep(now: number, entriesMax = 10_000): void {
    for (let visited = 0; visited < entriesMax; visited++) {
      this.#sweeping ??= this.#entries();
      const { done, value } = this.#sweeping.next();
      if (done || !value) {
        this.#sweeping = undefined;
        return;
      }
      const [expiries, id, expiresAt] = value;
      if (expiresAt <= now) expiries.delete(id);
    }
  }

  *#entries(): Generator<Entry, void> {
    for (const expiries of Object.values(this.#expiries)) {
      for (const [id, expiresAt] of expiries) yield [expiries, id, expiresAt];
    }
  }
}

type Kind = "jti" | "sid" | "sub";
type Entry = readonly [expiries: Map<string, number>, id: string, expiresAt: number];

/** The form of `revocationKeys`: the claim's name and its value. */
const KEY = /^(\w+):(.+)$/s;

function isKind(text: string): text is Kind {
  return text === "jti" || text === "sid" || text === "sub";
}
