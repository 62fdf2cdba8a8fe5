import type { Clock } from "#lib/clock/clock.ts";

export interface Paced {
  readonly capacity: number;
  readonly quietUntil: number;
}

/** Below this rise the consumers are left alone: each change costs two round trips to the broker. */
const growthMin = 1.25;

/**
 * Takes from the queues what the models can take, and nothing while no model is to be called: the
 * backlog stays in the queue, in order, instead of being taken and given back.
 *
 * @param setPrefetch told the calls at once that make sense, whenever that changes
 * @returns to be called whenever a guard may have changed
 */
export function paceIntake(
  guards: readonly Paced[],
  setPrefetch: (callsMax: number) => void,
  clock: Clock,
): () => void {
  const capacity = () => guards.reduce((sum, guard) => sum + guard.capacity, 0);
  const full = capacity();
  let current = full;
  let timer: ReturnType<typeof setTimeout> | undefined;
  return function update(): void {
    const wanted = capacity();
    if (
      wanted < current ||
      (wanted > current && (wanted >= current * growthMin || wanted >= full))
    ) {
      current = wanted;
      setPrefetch(wanted);
    }
    clearTimeout(timer);
    const now = clock.now();
    const wakeAt = Math.min(...guards.map((guard) => guard.quietUntil).filter((at) => at > now));
    if (Number.isFinite(wakeAt)) timer = setTimeout(update, wakeAt - now + 1);
  };
}
