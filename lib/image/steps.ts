/** Work in steps, of at most a millisecond or so: between two of them the loop may turn. */
export type Steps<T> = Generator<undefined, T>;

/** Longest that the steps hold up the loop, which serves everybody else meanwhile. */
const turnMsMax = 4;

/** Takes the steps, and lets the loop turn whenever they took `turnMsMax`. */
export async function inTurns<T>(steps: Steps<T>): Promise<T> {
  let turnedAt = performance.now();
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    if (performance.now() - turnedAt < turnMsMax) continue;
    await nextTurn();
    turnedAt = performance.now();
  }
}

/** Resolves when the loop has served everybody else. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
