/** What users' calls use, by the average of each user's latest ones. A new user is expected to be like the others. */
export class TokenCosts {
  /** Who has called last comes last. */
  readonly #byUser = new Map<string, number>();
  #ofAll: number | undefined;

  /** A call of the user has used so many. */
  add(user: string, tokens: number): void {
    if (tokens <= 0) return;
    const before = this.#byUser.get(user) ?? this.#ofAll ?? tokens;
    this.#byUser.delete(user);
    this.#byUser.set(user, before + weight * (tokens - before));
    for (const oldest of this.#byUser.keys()) {
      if (this.#byUser.size <= usersMax) break;
      this.#byUser.delete(oldest);
    }
    const all = this.#ofAll ?? tokens;
    this.#ofAll = all + weightOfAll * (tokens - all);
  }

  /** Tokens that the user's next call is expected to use; 1 where nothing is known. */
  of = (user: string): number => this.#byUser.get(user) ?? this.#ofAll ?? 1;
}

const usersMax = 10_000;
const weight = 0.2;
const weightOfAll = 0.01;
