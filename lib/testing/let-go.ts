import { until } from "./until.ts";

/**
 * Resolves when nothing holds on to what `make` made, called `count` times. All but a few: what happens to
 * look like a pointer to the collector keeps one alive.
 *
 * @param use takes each; what it leaves running may go on
 */
export async function untilLetGo<T extends object>(
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
