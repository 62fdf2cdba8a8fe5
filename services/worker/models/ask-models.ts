import type { Clock } from "#lib/clock/clock.ts";
import { Fault } from "#lib/error/fault.ts";
import type { FaultCode } from "#lib/error/fault-table.ts";
import type { ScanMessage } from "#lib/scan/scan-message.ts";
import type { Model } from "./model.ts";

/** Asks until a model answers; says which one did. */
export type AskModels = <T>(
  message: Pick<ScanMessage, "model" | "submitted_at">,
  call: (model: Model) => Promise<T>,
) => Promise<{ readonly model: Model; readonly output: T }>;

/** A scan that found no model for this long has nobody waiting for it any more. */
const waitMsMax = 10 * 60_000;

/** The model may answer later, whatever it is asked: its trouble says nothing about the message. */
const patience: ReadonlySet<FaultCode> = new Set([
  "MODEL_RATE_LIMITED",
  "MODEL_BREAKER_OPEN",
  "MODEL_QUOTA_EXHAUSTED",
]);
/** Another model may answer now. What a model says about the content itself stands. */
const transient: ReadonlySet<FaultCode> = new Set([
  ...patience,
  "MODEL_UNAVAILABLE",
  "MODEL_TIMEOUT",
]);

/**
 * The requested model first, then the others in their order, for trouble that is not the content's.
 *
 * @param candidates the models for a requested name, in the order to ask them; never empty
 * @throws Fault of the first model, unless one asked for patience only: then that one, so that the
 * message waits for it without losing a try. `MODEL_OVERLOADED` when it has waited long enough.
 */
export function askModels(candidates: (name: string) => readonly Model[], clock: Clock): AskModels {
  return async (message, call) => {
    const faults: Fault[] = [];
    for (const model of candidates(message.model)) {
      try {
        return { model, output: await call(model) };
      } catch (error) {
        if (!(error instanceof Fault) || !canMoveOn(error, faults.length === 0)) throw error;
        faults.push(error);
      }
    }
    throw verdict(faults, clock.now() - message.submitted_at);
  };
}

/** A stand-in that is set up wrong must not fail a scan that its own model would answer later. */
function canMoveOn({ code }: Fault, isRequested: boolean): boolean {
  return transient.has(code) || (code === "MODEL_REJECTED" && !isRequested);
}

function verdict(faults: readonly Fault[], ageMs: number): Fault {
  const soonest = faults
    .filter(({ code }) => patience.has(code))
    .toSorted((a, b) => (a.retryAfterMs ?? 0) - (b.retryAfterMs ?? 0))[0];
  if (!soonest) return faults[0] ?? new Fault("MODEL_UNAVAILABLE");
  if (ageMs < waitMsMax) return soonest;
  return new Fault("MODEL_OVERLOADED", { cause: soonest, detail: soonest.detail });
}
