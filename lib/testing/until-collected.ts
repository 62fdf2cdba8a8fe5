import { until } from "./until.ts";

/**
 * Resolves when the garbage collector has taken what `make` made, called `count` times. One in ten may
 * stay: the collector is conservative, and a number that looks like a pointer keeps an object alive.
 *
 * @param use takes each; work that it starts may still be running
 */
export async function untilCollected<T extends object>(
  make: () => T,
  use: (made: T) => unknown,
  count = 20,
): Promise<void> {
  const made: WeakRef<T>[] = [];
  for (let i = 0; i < count; i += 1) {
    const one = make();
    made.push(new WeakRef(one));
    use(one);
  }
  await until(
    () => {
      Bun.gc(true);
      return made.filter((one) => one.deref()).length <= count / 10;
    },
    { timeoutMs: 3_000 },
  );
}
