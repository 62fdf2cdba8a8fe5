import type { Clock } from "#lib/clock/clock.ts";
import { Fault } from "#lib/error/fault.ts";
import type { FaultCode } from "#lib/error/fault-table.ts";
import type { ScanMessage } from "#lib/scan/scan-message.ts";
import { AskAgain } from "./ask-again.ts";
import type { Model } from "./model.ts";
import type { CallPermit } from "./model-guard.ts";
import type { GuardedModel } from "./select-models.ts";

/**
 * Calls models until one responds; says which one did. What a call needs is best loaded inside `call`,
 * which runs when the model may be called: a message that waits for its turn then holds nothing.
 */
export type CallModel = <T>(
  message: Pick<ScanMessage, "model" | "submitted_at" | "user_id">,
  signal: AbortSignal,
  call: (model: Model, permit: CallPermit) => Promise<T>,
) => Promise<{ readonly model: Model; readonly output: T }>;

/** Nobody waits for a scan any more that found no model for this long. */
const waitMsMax = 10 * 60_000;

/** The same call may succeed later: the fault says nothing about the message. */
const retryable: ReadonlySet<FaultCode> = new Set([
  "MODEL_RATE_LIMITED",
  "MODEL_BUSY",
  "MODEL_NOT_READY",
  "MODEL_BREAKER_OPEN",
  "MODEL_QUOTA_EXHAUSTED",
]);
/** Another model may respond now. What a model says about the content itself is final. */
const fallbackCodes: ReadonlySet<FaultCode> = new Set([
  ...retryable,
  "MODEL_UNAVAILABLE",
  "MODEL_ACCESS_DENIED",
  "MODEL_TIMEOUT",
]);

/**
 * Model fallback: the requested model first, then the others in their order, after faults that are not
 * the content's.
 *
 * @param candidates the models for a requested name, in fallback order; never empty
 * @throws Fault of the requested model, unless another's is retryable: then the one with the shortest
 * delay, so that the message waits without losing a try. `MODEL_OVERLOADED` when it has waited long
 * enough.
 */
export function callWithFallback(
  candidates: (name: string) => readonly GuardedModel[],
  clock: Clock,
): CallModel {
  return async (message, signal, call) => {
    const faults: Fault[] = [];
    for (const { model, guard } of candidates(message.model)) {
      try {
        const ask = () =>
          guard.withPermit(message.user_id, signal, (permit) => call(model, permit));
        return { model, output: await askUntilAnswered(ask) };
      } catch (error) {
        if (!(error instanceof Fault) || !canFallBack(error, faults.length === 0)) throw error;
        faults.push(error);
      }
    }
    throw finalError(faults, clock.now() - message.submitted_at);
  };
}

/** As many as a server may refuse fields one after another, and one that could not be read. */
const asksMax = 8;

/** Pays for a second reply at most. */
async function askUntilAnswered<T>(ask: () => Promise<T>): Promise<T> {
  let replies = 0;
  for (let asks = 1; ; asks++) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof AskAgain) || asks === asksMax) throw error;
      if (error.isPaid && ++replies === 2) throw error;
    }
  }
}

/** A fallback that is set up wrong must not fail a scan that the requested model would serve later. */
function canFallBack({ code }: Fault, isRequested: boolean): boolean {
  return fallbackCodes.has(code) || (code === "MODEL_REJECTED" && !isRequested);
}

function finalError(faults: readonly Fault[], ageMs: number): Fault {
  const soonest = faults
    .filter(({ code }) => retryable.has(code))
    .toSorted((a, b) => (a.retryAfterMs ?? 0) - (b.retryAfterMs ?? 0))[0];
  if (!soonest) return faults[0] ?? new Fault("MODEL_UNAVAILABLE");
  if (ageMs < waitMsMax) return soonest;
  return new Fault("MODEL_OVERLOADED", { cause: soonest, detail: soonest.detail });
}
