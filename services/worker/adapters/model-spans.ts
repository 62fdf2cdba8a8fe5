import { activeTraceparent, startSpan } from "#lib/trace/span.ts";
import type { Usage } from "../models/model-guard.ts";

/** A call of a model that is over, as OpenTelemetry's conventions for generative models name its parts. */
export function recordCall(
  model: string,
  { outcome, ms, usage }: { outcome: string; ms: number; usage: Usage | undefined },
): void {
  const parent = activeTraceparent();
  if (parent === undefined) return;
  const attributes = {
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": model.startsWith("gemini")
      ? "gcp.gemini"
      : model === "local"
        ? "eco2"
        : "openai",
    "gen_ai.request.model": model,
    ...(usage && {
      "gen_ai.usage.input_tokens": usage.promptTokens,
      "gen_ai.usage.output_tokens": usage.completionTokens,
    }),
  };
  const startedAt = Date.now() - ms;
  const span = startSpan({ name: `chat ${model}`, kind: "client", parent, attributes, startedAt });
  span.end({ error: outcome === "ok" ? undefined : outcome });
}
