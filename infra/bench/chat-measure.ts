import type { StreamingPace } from "#lib/testing/streaming-model.ts";
import { wipe } from "#lib/testing/wipe.ts";
import { startChild } from "../harness/child.ts";
import type { BenchContext } from "./bench.ts";
import type { ChatPlan, ChatReport } from "./chat-load.ts";
import { metered, type Usage } from "./meter.ts";
import { startService } from "./servers.ts";

/** How many chats there are at once, and how their model writes. */
export interface ChatLevel extends StreamingPace {
  readonly chats: number;
  readonly arrivalMs: number;
  /** Undefined: each user has one chat, of which all is watched. Else they go on with the next one, so many rounds. */
  readonly rounds?: { readonly unwatched: number; readonly watched: number };
}

/** What a chat takes of the model's own time: a round of a user. */
export function modelMs({ firstMs, tokens, tokensPerS }: StreamingPace): number {
  return firstMs + (1_000 * tokens) / tokensPerS;
}

export type ChatRunMeasured = Awaited<ReturnType<typeof measureChat>>;

const comparesEvery = 10;
const warmUpChats = 50;
const warmUpMs = 1_000;

/** One level once, on wiped data and fresh processes: one edge, one worker. */
export async function measureChat(level: ChatLevel, { urls, services }: BenchContext) {
  await wipe(urls);
  await using model = startChild<StreamingPace, string>("infra/bench/chat-model.ts");
  const env = {
    ...urls,
    LOG_LEVEL: "error",
    OPENAI_BASE_URL: await model.ask(level),
    CHATS_IN_FLIGHT_PER_USER: "0",
    MESSAGES_PER_MINUTE_PER_USER: "0",
  };
  await using edge = startService("edge", env);
  await using worker = startService("worker", { ...env, PUBLIC_URL: edge.origin });
  await Promise.all([edge.ready(), worker.ready()]);
  await using load = startChild<ChatPlan, ChatReport>("infra/bench/chat-load.ts");
  const groups = [
    { name: "edge", pid: edge.pid },
    { name: "worker", pid: worker.pid },
    ...services,
    { name: "model server", pid: model.pid },
    { name: "load generator", pid: load.pid },
  ];
  const { chats, arrivalMs, rounds } = level;
  const once = { goesOnMs: 0, watchedFromMs: 0 };
  const plan = { origin: edge.origin, chats, arrivalMs, comparesEvery, ...once };
  if (rounds) {
    const watchedFromMs = modelMs(level) * rounds.unwatched;
    const watchedMs = modelMs(level) * rounds.watched;
    const all = load.ask({ ...plan, watchedFromMs, goesOnMs: watchedFromMs + watchedMs });
    await Bun.sleep(watchedFromMs);
    const [, usage] = await metered(groups, () => Bun.sleep(watchedMs));
    return measured(await all, usage);
  }
  // A process that has just started takes four times as long for its first answers: that is no part of this.
  await load.ask({ ...plan, chats: Math.min(warmUpChats, chats), arrivalMs: warmUpMs });
  const [report, usage] = await metered(groups, () => load.ask(plan));
  return measured(report, usage);
}

function measured(report: ChatReport, usage: readonly Usage[]) {
  return { ...report, usage, units: report.doneMs.length };
}
