/** Runs work, at most `concurrentMax` pieces at once; the rest waits its turn in order. */
export function createSlots(concurrentMax: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let free = concurrentMax;

  return async function runInSlot(work) {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      // The slot is handed over, not freed: a newcomer cannot slip in before the one that waited.
      if (next) next();
      else free += 1;
    }
  };
}
