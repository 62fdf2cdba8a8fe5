import { createBench, type MeasuredStep } from "./bench.ts";
import { type ChatLevel, type ChatRunMeasured, measureChat, modelMs } from "./chat-measure.ts";
import {
  atLeast,
  atMost,
  type Bounds,
  costTable,
  figuresOf,
  latencyChart,
  usageOf,
} from "./figures.ts";
import type { Figure } from "./result.ts";
import { percentile } from "./statistics.ts";

const pace = { firstMs: 1_000, tokensPerS: 40, tokens: 300 };
const quick = { firstMs: 100, tokensPerS: 100, tokens: 30 };

/**
 * Answers that stream, at once: how much later than their model writes a client reads, and whether all arrive. Users
 * who come evenly over one answer and go on with the next chat keep their number streaming; those who come in a burst
 * are many more a second than they are ever at once otherwise, and show what becomes of them.
 */
export const chat = createBench({
  name: "chat",
  measures:
    "chats at once, each followed as it streams, against one edge and one worker with a model whose first token " +
    "comes after 1 s, then 40 a second, 300 in all: 500 users who come evenly over one answer, open the next chat " +
    "when one is complete, and are watched through three rounds after two; and 2,000 within 5 s, one chat each",
  steps: {
    full: [
      { chats: 500, arrivalMs: modelMs(pace), rounds: { unwatched: 2, watched: 3 }, ...pace },
      { chats: 2_000, arrivalMs: 5_000, ...pace },
    ],
    quick: [
      { chats: 20, arrivalMs: modelMs(quick), rounds: { unwatched: 1, watched: 20 }, ...quick },
      { chats: 25, arrivalMs: 100, ...quick },
    ],
  },
  start: async (level, context) => () => measureChat(level, context),
  summary: (run, level) => {
    const late = [50, 95, 99].map((p) => Math.round(lateMs(run, level, p))).join("/");
    const errors = Object.entries(run.errors).map(([error, count]) => `${error} ${count}`);
    return (
      `${level.chats} chats at once, ${run.completed} of ${run.begun} complete, ` +
      `first text p50/p95/p99 ${late} ms after the model's, ` +
      `${run.different} of ${run.compared} differ, ${errors.join(", ") || "no errors"}`
    );
  },
  figures: (measured) => ({
    figures: measured.flatMap(levelFigures),
    charts: measured.map(({ step, runs }) =>
      latencyChart(`First text after the model's, ${step.chats} chats`, runs, (run, p) =>
        lateMs(run, step, p),
      ),
    ),
    costs: measured.map(({ step, runs }) => costTable(`${step.chats} chats`, "chat", runs)),
  }),
});

/** From the request to the first text, without what the model itself took for it. */
function lateMs({ firstMs }: ChatRunMeasured, level: ChatLevel, p: number): number {
  return percentile(firstMs, p) - level.firstMs;
}

const bounds: Readonly<Record<string, Bounds>> = {
  "500 chats: first text after the model's, p95": atMost(150),
  completion: atLeast(100),
  "texts that differ from the stored ones": atMost(0),
};

function levelFigures({ step, runs }: MeasuredStep<ChatLevel, ChatRunMeasured>): Figure[] {
  const level = `${step.chats} chats: `;
  const make = figuresOf(runs, level);
  const figure = (label: string, unit: string, value: (run: ChatRunMeasured) => number) =>
    make(label, unit, value, bounds[level + label] ?? bounds[label]);
  const cpuMs = (name: string) => (run: ChatRunMeasured) =>
    usageOf(run.usage, name).cpuMs / run.units;
  return [
    figure("completion", "%", ({ completed, begun }) => (100 * completed) / begun),
    figure("first text after the model's, p50", "ms", (run) => lateMs(run, step, 50)),
    figure("first text after the model's, p95", "ms", (run) => lateMs(run, step, 95)),
    figure("first text after the model's, p99", "ms", (run) => lateMs(run, step, 99)),
    figure(
      "end after the model's, p95",
      "ms",
      ({ doneMs }) => percentile(doneMs, 95) - modelMs(step),
    ),
    figure("tokens in an event", "", (run) => (step.tokens * run.completed) / run.tokens),
    figure("texts that differ from the stored ones", "", ({ different }) => different),
    figure("CPU of the worker a chat", "ms", cpuMs("worker")),
    figure("CPU of edge a chat", "ms", cpuMs("edge")),
  ];
}
