import type { StreamingPace } from "#lib/testing/streaming-model.ts";
import { wipe } from "#lib/testing/wipe.ts";
import { startChild } from "../harness/child.ts";
import type { BenchContext } from "./bench.ts";
import type { ChatPlan, ChatReport } from "./chat-load.ts";
import { metered } from "./meter.ts";
import { startService } from "./servers.ts";

/** How many chats there are at once, and how their model writes. */
export interface ChatLevel extends StreamingPace {
  readonly chats: number;
  readonly arrivalMs: number;
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
  const { chats, arrivalMs } = level;
  const plan = { origin: edge.origin, chats, arrivalMs, comparesEvery };
  // A process that has just started takes four times as long for its first answers: that is no part of this.
  await load.ask({ ...plan, chats: Math.min(warmUpChats, chats), arrivalMs: warmUpMs });
  const [report, usage] = await metered(groups, () => load.ask(plan));
  return { ...report, usage, units: report.doneMs.length };
}
