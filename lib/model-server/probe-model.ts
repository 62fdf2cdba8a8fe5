import { chatParams } from "./chat-params.ts";
import { type Dialect, nextDialect, openAiDialect } from "./dialect.ts";
import { type Completion, readCompletion } from "./read-completion.ts";
import { faultOfServerError, readServerError, type ServerError } from "./server-error.ts";

export interface ProbedModel {
  readonly baseURL: string;
  readonly apiKey: string;
  readonly name: string;
}

/** `dialect` is what the model takes; `isBare`: its reply is JSON as it stands. */
export type Probe =
  | { readonly dialect: Dialect; readonly isBare: boolean; readonly ms: number }
  | { readonly problem: string };

/** A cold start may load a model from disk. */
const probeMsMax = 240_000;
const asksMax = 8;

/**
 * Asks a model about a small picture, as a worker would: in the dialects it takes, until it replies. Paid
 * for once.
 */
export async function probeModel(model: ProbedModel): Promise<Probe> {
  let dialect = openAiDialect;
  for (let asks = 1; asks <= asksMax; asks++) {
    const startedAt = performance.now();
    const { error, text, refusal } = await ask(model, dialect);
    if (!error) {
      if (refusal !== undefined || text === "")
        return { problem: `says nothing: ${refusal ?? ""}` };
      return { dialect, isBare: isJson(text), ms: Math.round(performance.now() - startedAt) };
    }
    const next = nextDialect(dialect, error);
    if (!next) return { problem: `${faultOfServerError(error).code}: ${error.words}` };
    dialect = next;
  }
  return { problem: "refuses one field after another" };
}

async function ask(
  { baseURL, apiKey, name: model }: ProbedModel,
  dialect: Dialect,
): Promise<Pick<Completion, "error" | "text" | "refusal">> {
  const params = chatParams({ ...question, model }, dialect);
  try {
    const reply = await fetch(`${baseURL.replace(/\/$/, "")}/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/json" },
      body: JSON.stringify(params),
      redirect: "manual",
      signal: AbortSignal.timeout(probeMsMax),
    });
    const text = await reply.text();
    if (!reply.ok) return { text: "", error: readServerError(reply.status, text, reply.headers) };
    return readCompletion(text);
  } catch (error) {
    return { text: "", error: unreachable(error) };
  }
}

function unreachable(error: unknown): ServerError {
  return { status: 0, words: String(error), retryAfterMs: undefined };
}

function isJson(text: string): boolean {
  try {
    return typeof JSON.parse(text) === "object";
  } catch {
    return false;
  }
}

/** 64 × 64, all green: some models take nothing smaller. */
const picture =
  "data:image/png;base64," +
  "iVBORw0KGgoAAAANSUhEUgAAAEAAAABACAIAAAAlC+aJAAAAT0lEQVR42u3PQQkAAAgEsEtkCYsa1Qi+hcEK" +
  "LDX9WgQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQELgsAFxEAEf/DiQAA" +
  "AABJRU5ErkJggg==";
const question = {
  instructions: 'Which colour is the picture? Reply with JSON alone: {"colour": "…"}',
  data: "{}",
  photoUrl: picture,
  schema: {
    name: "colour",
    schema: {
      type: "object",
      properties: { colour: { type: "string" } },
      required: ["colour"],
      additionalProperties: false,
    },
  },
  tokensMax: 4_096,
};
