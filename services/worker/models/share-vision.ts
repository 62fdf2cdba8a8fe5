import type { ModelClassification } from "#lib/contract/classification.ts";
import { Fault } from "#lib/error/fault.ts";
import type { Model, Photo } from "./model.ts";
import { classificationJsonSchema } from "./model-output.ts";
import { visionPrompt } from "./prompts.ts";

/**
 * Equal questions to a vision model are asked once: while one worker asks, the others wait for its
 * answer, and for a day it is remembered. Equal means the same model, prompt, schema, photo bytes and
 * words of the user, which are part of the prompt; so an answer never carries what somebody else wrote.
 *
 *   known   the answer is there
 *   lead    ask the model, holding a lease that is renewed while the call runs
 *   wait    somebody else asks; look again shortly
 *
 * A leader that dies lets its lease run out; one that fails or is cancelled gives it back, and one of
 * those who wait is next. After `failuresMax` failures in a row they no longer queue up behind one
 * another: with a model that hangs, that would take hours. Who has waited long gives the message back,
 * which costs no try, so that its place in the worker is free.
 *
 * It saves money and promises nothing: whoever outlives its lease, as when Redis is away, is overtaken,
 * and then two pay.
 */
export interface VisionShare {
  /** One step: nobody can lead between the look for an answer and the taking of the lease. */
  begin(key: string, token: string): Promise<Turn>;
  renew(key: string, token: string): Promise<void>;
  /** Remembers the answer and ends the lease. */
  settle(key: string, token: string, answer: ModelClassification): Promise<void>;
  /** Ends the lease without an answer. */
  release(key: string, token: string, hasFailed: boolean): Promise<void>;
}

export type Turn =
  | { readonly kind: "known"; readonly answer: ModelClassification }
  | { readonly kind: "lead" }
  | { readonly kind: "wait" };

/** Where an answer came from: a paid call, the memory, or the call of somebody it waited for. */
export type VisionSource = "model" | "cache" | "shared";

export interface ShareVisionDeps {
  readonly share: VisionShare;
  count(source: VisionSource): void;
  /** What besides its name tells the model from others: the address of its server. */
  readonly origin: string;
  readonly times?: ShareTimes;
}

export interface ShareTimes {
  readonly pollMs: number;
  readonly renewMs: number;
  readonly waitMaxMs: number;
}

/** How long a leader may be silent; renewed three times in that time. */
export const leaseMs = 5_000;
/** Failed leaders after which nobody waits for another, until a minute has passed. */
export const failuresMax = 3;

/** The wait leaves most of the stage's 60 s to whoever becomes the leader after it. */
const defaultTimes = { pollMs: 200, renewMs: leaseMs / 3, waitMaxMs: 20_000 };
const comeBackAfterMs = 1_000;

/** The same model, whose `classify` is shared. */
export function shareVision(model: Model, deps: ShareVisionDeps): Model {
  const { share, count, origin, times = defaultTimes } = deps;
  return {
    name: model.name,
    estimate: model.estimate,
    answer: (input, signal) => model.answer(input, signal),
    async classify(input, signal) {
      const key = keyOf(model.name, origin, input);
      const token = crypto.randomUUID();
      const waitsUntil = performance.now() + times.waitMaxMs;
      for (let source: VisionSource = "cache"; ; source = "shared") {
        signal.throwIfAborted();
        const turn = await share.begin(key, token);
        if (turn.kind === "lead") {
          count("model");
          // Handed on as a promise: a closure would hold the photo for as long as the model takes.
          const answering = model.classify(input, signal);
          return lead(answering, { share, key, token, renewMs: times.renewMs });
        }
        if (turn.kind === "known") {
          count(source);
          return turn.answer;
        }
        if (performance.now() >= waitsUntil) throw stillWaiting();
        await pause(times.pollMs, signal);
      }
    },
  };
}

interface Lease {
  readonly share: VisionShare;
  readonly key: string;
  readonly token: string;
  readonly renewMs: number;
}

/** What becomes of the lease must not cost the answer, which is paid for: it runs out by itself. */
async function lead(
  answering: Promise<ModelClassification>,
  { share, key, token, renewMs }: Lease,
): Promise<ModelClassification> {
  const renewal = setInterval(() => share.renew(key, token).catch(() => undefined), renewMs);
  try {
    const answer = await answering;
    await share.settle(key, token, answer).catch(() => undefined);
    return answer;
  } catch (error) {
    await share.release(key, token, hasFailed(error)).catch(() => undefined);
    throw error;
  } finally {
    clearInterval(renewal);
  }
}

/** A cancel, a worker that stops and a provider that asks for patience say nothing of the question. */
function hasFailed(error: unknown): boolean {
  const { code, kind } = Fault.from(error);
  return kind.onMessage !== "wait" && code !== "CANCELLED" && code !== "MODEL_RATE_LIMITED";
}

const schemaVersion = Bun.SHA256.hash(JSON.stringify(classificationJsonSchema), "hex");

function keyOf(model: string, origin: string, question: { photo: Photo; userInput: string }) {
  const { photo, userInput } = question;
  const photoHash = Bun.SHA256.hash(photo.bytes, "hex");
  const parts = [model, origin, visionPrompt.version, schemaVersion, photoHash, userInput];
  return Bun.SHA256.hash(JSON.stringify(parts), "hex");
}

function stillWaiting(): Fault {
  const cause = new Error("an equal photo is still being looked at");
  return new Fault("UNAVAILABLE", { cause, retryAfterMs: comeBackAfterMs });
}

/** Up to a quarter longer, so that those who wait do not all look at once. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const wake = (): void => resolve();
  const timer = setTimeout(wake, ms * (1 + Math.random() / 4));
  signal.addEventListener("abort", wake);
  await promise;
  signal.removeEventListener("abort", wake);
  clearTimeout(timer);
}
