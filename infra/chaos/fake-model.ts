import { CHARACTERS } from "#lib/contract/characters.ts";
import { MIDDLES } from "#lib/contract/vocabulary.ts";
import {
  type Call,
  type Reply,
  type Stage,
  startOpenAiServer,
} from "#lib/testing/openai-server.ts";
import { petAnswer } from "#lib/testing/pet-bottle.ts";
import type { Random } from "#lib/testing/random.ts";
import type { StreamingPace } from "#lib/testing/streaming-model.ts";
import type { ModelCall } from "./history.ts";

/**
 * What becomes of a scan without a fault. Its token is `kind-number-run`, and the number decides the
 * material.
 */
export type Kind = "reward" | "plain" | "refused";

/** Decides one call's reply; undefined leaves it as it would be. */
export type Disturbance = (call: {
  readonly token: string;
  readonly stage: Stage;
  /** 1 for the first call of this token and stage. */
  readonly nth: number;
}) => Reply | undefined;

export type FakeModel = ReturnType<typeof startFakeModel>;

/** True when the material is one of a shipped character. */
export function earnsCharacter(token: string): boolean {
  const material = materialOf(token);
  return token.startsWith("reward") && CHARACTERS.some((one) => one.matchLabel === material);
}

function materialOf(token: string) {
  return MIDDLES[numberOf(token) % MIDDLES.length];
}

export function numberOf(token: string): number {
  return Number(token.split("-")[1]);
}

/** How an answer of a chat is written: long enough that a fault meets it in its middle. */
export const chatPace: StreamingPace = { firstMs: 200, tokensPerS: 40, tokens: 120 };

/** How long a call takes, in milliseconds: long enough that a fault meets many scans inside one. */
const callMs = { min: 60, max: 260 };
/** And while the model is slow: longer than a worker needs to be connected again and to be sent its messages anew. */
const slowCallMs = { min: 4_000, max: 5_000 };

/** A fake model server that knows which scan a call belongs to, and records every call. */
export function startFakeModel(random: Random, hostname?: string) {
  const calls: ModelCall[] = [];
  const counts = new Map<string, number>();
  let disturbance: Disturbance | undefined;
  let takesMs = callMs;
  const server = startOpenAiServer({
    hostname,
    callsMax: 0,
    streams: chatPace,
    script: (call) => {
      const { stage } = call;
      const token = readToken(call);
      const nth = (counts.get(`${stage} ${token}`) ?? 0) + 1;
      counts.set(`${stage} ${token}`, nth);
      const delayMs = Math.round(random.between(takesMs.min, takesMs.max));
      const reply = { delayMs, ...(disturbance?.({ token, stage, nth }) ?? replyTo(token, stage)) };
      calls.push({ token, stage, at: Date.now(), usable: isUsable(reply) });
      return reply;
    },
  });
  return {
    url: server.url,
    calls,
    disturb: (next: Disturbance | undefined): void => {
      disturbance = next;
    },
    slow: (isSlow: boolean): void => {
      takesMs = isSlow ? slowCallMs : callMs;
    },
    stop: server.stop,
  };
}

/** A refusal is paid as well, and final. */
function isUsable({ status = 200, content, refusal, finishReason = "stop", break: broken }: Reply) {
  const isWhole = typeof content === "object" || refusal !== undefined;
  return status < 400 && isWhole && finishReason === "stop" && broken === undefined;
}

function replyTo(token: string, stage: Stage): Reply {
  const [kind] = token.split("-");
  if (kind === "refused") return { refusal: "no" };
  if (stage === "answer") return petAnswer;
  if (kind === "plain") return { content: { classification: plain, situation_tags: [] } };
  const middle_category = materialOf(token);
  const classification = { major_category: "재활용폐기물", middle_category, minor_category: null };
  return { content: { classification, situation_tags: ["내용물_없음"] } };
}

const plain = {
  major_category: "일반종량제폐기물",
  middle_category: null,
  minor_category: "칫솔",
};

/** Both stages send the user's text, which is one word here, in a JSON object of their own. */
function readToken({ body }: Call): string {
  const sent = JSON.stringify(body.messages?.at(-1));
  const [, token] = /\buser_input\W+([\w-]+)/.exec(sent) ?? [];
  if (!token) throw new Error(`a call without a token: ${sent}`);
  return token;
}
