import type { Clock } from "#lib/clock/clock.ts";

/** What may be called now, and when that may rise by itself; tells of every change. */
export interface CapacitySource {
  readonly capacity: number;
  /** False while it is called by probes alone. */
  readonly isUp: boolean;
  /** Milliseconds since the Unix epoch. */
  readonly backoffUntil: number;
  onChange(listener: () => void): void;
}

/** Of all models together. */
export interface ModelCapacity {
  /** Calls that make sense now. */
  readonly calls: number;
  /** False while all models are down, or called by probes alone. */
  readonly isUp: boolean;
}

export interface AdaptivePrefetchOptions {
  /** Calls at once that make sense, whatever the models take. */
  readonly callsMax: number;
  /** Told at once, and whenever it changes. */
  setCapacity(capacity: ModelCapacity): void;
  readonly clock: Clock;
}

/** Changes that are less are not told: the rate of a model changes with each call. */
const increaseMin = 1.25;
const decreaseMin = 0.8;

/**
 * Adapts what a worker holds and works on to what all models together take at once: nothing while no model may be
 * called, so that the backlog stays in its queue, in order, instead of being taken and deferred.
 */
export function adaptPrefetch(
  models: readonly CapacitySource[],
  { callsMax, setCapacity, clock }: AdaptivePrefetchOptions,
): void {
  const capacity = (): ModelCapacity => ({
    calls: Math.min(
      callsMax,
      models.reduce((sum, model) => sum + model.capacity, 0),
    ),
    isUp: models.some((model) => model.isUp && model.capacity > 0),
  });
  let current = capacity();
  let timer: ReturnType<typeof setTimeout> | undefined;
  setCapacity(current);
  for (const model of models) model.onChange(update);

  function update(): void {
    const wanted = capacity();
    const { calls } = wanted;
    const isIncrease = calls >= current.calls * increaseMin || calls >= callsMax;
    const isDecrease = calls <= current.calls * decreaseMin;
    const isChanged = calls !== current.calls && (isIncrease || isDecrease);
    if (isChanged || wanted.isUp !== current.isUp) {
      current = wanted;
      setCapacity(wanted);
    }
    clearTimeout(timer);
    const now = clock.now();
    const wakeAt = Math.min(...models.map((model) => model.backoffUntil).filter((at) => at > now));
    if (Number.isFinite(wakeAt)) timer = setTimeout(update, wakeAt - now + 1);
  }
}
