import { modelEndpoints } from "#lib/config/model-endpoints.ts";
import { createLocalModel } from "../../services/worker/adapters/local.ts";
import { LocalDetector } from "../../services/worker/adapters/local-detector.ts";
import { createOpenAiModel } from "../../services/worker/adapters/openai.ts";
import { createOpenAiClient } from "../../services/worker/adapters/openai-client.ts";
import type { Detect } from "../../services/worker/local-model/detection.ts";
import type { Model, Photo } from "../../services/worker/models/model.ts";
import type { CallPermit } from "../../services/worker/models/model-guard.ts";
import { neutralPhoto } from "./photo.ts";

/** What a model was paid for, in tokens, and how long its calls took together. */
export type Usage = Readonly<Record<"calls" | "tokensIn" | "tokensOut" | "ms", number>>;

/** A model without a guard, whose calls are counted. */
export interface OpenModel {
  readonly model: Model;
  readonly run: CallPermit["run"];
  readonly usage: Usage;
  close(): void;
}

/** A model by its name: `local`, else one behind `OPENAI_API_KEY` or `OPENAI_BASE_URL`. */
export function openModel(name: string, env: typeof Bun.env): OpenModel {
  const usage = { calls: 0, tokensIn: 0, tokensOut: 0, ms: 0 };
  if (name === "local") {
    const run: OpenModel["run"] = (_, send) => send(() => undefined);
    // Started with the first photo that shows something. Each takes half a second, and is asked about several times.
    const detector = new LocalDetector();
    const seen = new Map<Photo, ReturnType<Detect>>([[neutralPhoto, Promise.resolve([])]]);
    const model = createLocalModel((photo, signal) => {
      const detections = seen.get(photo) ?? detector.detect(photo, signal);
      seen.set(photo, detections);
      return detections;
    });
    return { model, run, usage, close: () => detector.close() };
  }
  const { OPENAI_API_KEY, OPENAI_BASE_URL } = env;
  const named = { DEFAULT_MODEL: name, SUPPORTED_GEMINI_MODELS: [] };
  const [endpoint] = modelEndpoints({ ...named, OPENAI_API_KEY, OPENAI_BASE_URL });
  if (!endpoint) throw new Error("no OPENAI_API_KEY or OPENAI_BASE_URL");
  const client = createOpenAiClient(endpoint);
  const withConnection = <T>(call: () => Promise<T>): Promise<T> => call();
  const run: OpenModel["run"] = async (_, send) => {
    const startedAt = performance.now();
    usage.calls++;
    const done = await send(({ promptTokens, completionTokens }) => {
      usage.tokensIn += promptTokens;
      usage.tokensOut += completionTokens;
    });
    usage.ms += performance.now() - startedAt;
    return done;
  };
  const model = createOpenAiModel({ name, client, timeoutMs: 58_000, withConnection });
  return { model, run, usage, close: () => undefined };
}
