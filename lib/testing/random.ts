/** Random numbers that a seed decides: the same seed makes the same faults at the same moments. */
export interface Random {
  /** 0 ≤ x < 1 */
  next(): number;
  between(min: number, max: number): number;
  /** Both ends included. */
  int(min: number, max: number): number;
  pick<T>(list: readonly T[]): T;
  chance(probability: number): boolean;
  /** A generator of its own, so that what one part draws does not move what another one gets. */
  fork(name: string): Random;
}

export function createRandom(seed: string): Random {
  let state = Bun.hash.crc32(seed);
  // mulberry32: 32 bits of state are plenty for choosing victims and moments.
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const between = (min: number, max: number): number => min + next() * (max - min);
  const int = (min: number, max: number): number => Math.floor(between(min, max + 1));
  return {
    next,
    between,
    int,
    pick: (list) => {
      const chosen = list[int(0, list.length - 1)];
      if (chosen === undefined) throw new Error("nothing to pick from");
      return chosen;
    },
    chance: (probability) => next() < probability,
    fork: (name) => createRandom(`${seed}/${name}`),
  };
}
