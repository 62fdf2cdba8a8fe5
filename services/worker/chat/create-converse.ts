import type { ChatRun, ChatSource, ChatTurn, Converse } from "#lib/chat/turn.ts";
import { warningsFor } from "#lib/contract/items/safety.ts";
import type { CallModel } from "../models/call-with-fallback.ts";
import type { Intent } from "../models/chat-model.ts";
import { nothingSeen } from "./compose-reply.ts";
import { earlierMessages, titleOf } from "./conversation.ts";
import type { Evidence, Findings } from "./evidence.ts";
import { gatherEvidence, type ToolPorts } from "./gather-evidence.ts";
import { lookAtPhoto, type PhotoPorts, type Seen, submittedAt } from "./look-at-photo.ts";
import { summarise } from "./summarise.ts";
import { type Topic, topicOf, withSeen } from "./turn-topic.ts";
import { understandTurn } from "./understand-turn.ts";
import { writeReply } from "./write-reply.ts";

/** What a conversation uses of the worker. */
export interface ConversePorts extends ToolPorts, PhotoPorts {
  readonly callModel: CallModel;
  /** Whether a model of that name, or the one in its place, can converse: the local model cannot. */
  hasChat(model: string): boolean;
}

/**
 * The whole of an answer: what is asked → what the photo shows → what is known about it → the answer, as it streams.
 *
 * A message decides nothing: what it may cause is an answer, whose words are filtered and whose sources are what the
 * tools found. Nothing here can grant, change or send anything.
 */
export function createConverse(ports: ConversePorts): Converse {
  return async (turn, run) => {
    const call = callOf(turn);
    const understood = await run.once("intent", (start) =>
      understandTurn(ports, turn, call, { signal: run.signal, start }),
    );
    const seen = await see(ports, turn, run);
    const earlier = earlierMessages(turn.history);
    const topic = withSeen(topicOf(turn.message, understood.question, earlier), visionOf(seen));
    const asked = { turn, topic, ...understood };
    const findings = await run.once("tools", (start) =>
      gatherEvidence(ports, { ...asked, seen }, { ...run, start }),
    );
    const answer = {
      ...asked,
      seen,
      findings,
      warnings: warningsFor(visionOf(seen) ?? nothingSeen, topic),
    };
    const usage = await writeReply(ports, { ...answer, call }, run);
    return {
      intents: understood.intents,
      sources: sourcesOf(findings),
      usage,
      title: titleOf(turn, visionOf(seen)?.classification.minor_category ?? null),
      summary: await summarise(ports, turn, call, run.signal),
    };
  };
}

/** What an answer is made of. */
export interface Answer {
  readonly turn: ChatTurn;
  readonly intents: readonly Intent[];
  readonly topic: Topic;
  /** The message as a question of its own; "" as it stands. */
  readonly question: string;
  readonly seen: Seen | null;
  readonly findings: Findings;
  readonly warnings: readonly string[];
}

function callOf(turn: ChatTurn): Parameters<CallModel>[0] {
  return { model: turn.model ?? "", submitted_at: submittedAt(turn), user_id: turn.userId };
}

async function see(ports: PhotoPorts, turn: ChatTurn, run: ChatRun): Promise<Seen | null> {
  const { imageUrl } = turn;
  if (imageUrl === null) return null;
  const question = { ...callOf(turn), image_url: imageUrl, user_input: turn.message };
  return run.once("vision", async (start) => {
    await start();
    return lookAtPhoto(ports, question, run.signal);
  });
}

function visionOf(seen: Seen | null) {
  return seen && "vision" in seen ? seen.vision : undefined;
}

/** Each once: the collection and the catalogue name the same characters. */
function sourcesOf({ evidence }: Findings): ChatSource[] {
  const byId = new Map<string, Evidence>(evidence.map((one) => [`${one.type} ${one.id}`, one]));
  return [...byId.values()].map(({ type, id, title, url }) => ({ type, id, title, url }));
}
