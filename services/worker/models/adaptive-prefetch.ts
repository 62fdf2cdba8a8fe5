import type { Clock } from "#lib/clock/clock.ts";

/** What may be called now, and when that may rise by itself; tells of every change. */
export interface CapacitySource {
  readonly capacity: number;
  /** Milliseconds since the Unix epoch. */
  readonly backoffUntil: number;
  onChange(listener: () => void): void;
}

export interface AdaptivePrefetchOptions {
  /** Calls at once that make sense, whatever the models take. */
  readonly callsMax: number;
  /** Called with the calls that make sense now: at once, and whenever that changes. */
  setPrefetch(calls: number): void;
  readonly clock: Clock;
}

/** For less of a change the consumers are left alone: each costs two round trips to the broker. */
const increaseMin = 1.25;
const decreaseMin = 0.8;

/**
 * Adaptive prefetch: consumers hold what all models together take at once, and nothing while no model may
 * be called. The backlog stays in the queue, in order, instead of being taken and deferred.
 */
export function adaptPrefetch(
  models: readonly CapacitySource[],
  { callsMax, setPrefetch, clock }: AdaptivePrefetchOptions,
): void {
  const capacity = () =>
    Math.min(
      callsMax,
      models.reduce((sum, model) => sum + model.capacity, 0),
    );
  let current = capacity();
  let timer: ReturnType<typeof setTimeout> | undefined;
  setPrefetch(current);
  for (const model of models) model.onChange(update);

  function update(): void {
    const wanted = capacity();
    const isIncrease = wanted >= current * increaseMin || wanted >= callsMax;
    const isDecrease = wanted <= current * decreaseMin;
    if (wanted !== current && (isIncrease || isDecrease)) {
      current = wanted;
      setPrefetch(wanted);
    }
    clearTimeout(timer);
    const now = clock.now();
    const wakeAt = Math.min(...models.map((model) => model.backoffUntil).filter((at) => at > now));
    if (Number.isFinite(wakeAt)) timer = setTimeout(update, wakeAt - now + 1);
  }
}
