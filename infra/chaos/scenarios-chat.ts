import { until } from "#lib/testing/until.ts";
import { talk } from "./chat-load.ts";
import { chatPace } from "./fake-model.ts";
import type { Scenario } from "./scenario.ts";

const cutChats = 200;
const killChats = 20;
/** Where answers are when their worker dies: shares of their time. */
const killedAfter = [0.05, 0.4, 0.9];
const answerMs = chatPace.firstMs + (1_000 * chatPace.tokens) / chatPace.tokensPerS;
const never = (): number => Number.POSITIVE_INFINITY;

/** Faults in the middle of answers that stream. */
export const chatScenarios: readonly Scenario[] = [
  {
    name: "chat-cut",
    proves: "answers cut at random characters, 200 at once, resume to what is stored",
    load: { ratePerS: 10 },
    fault: async (lab) => {
      const random = lab.random.fork("cuts");
      const talks = Array.from({ length: cutChats }, (_, n) =>
        talk(lab, `cut${n}-${lab.run}`, () => random.between(20, answerMs / 3)),
      );
      await Promise.all(talks.map(({ ended }) => ended));
    },
  },
  {
    name: "chat-kill",
    proves:
      "an answer whose worker dies at its start, in its middle or near its end is shown once, whole",
    load: { ratePerS: 10 },
    fault: async (lab) => {
      const starts = killedAfter.toSorted((a, b) => b - a);
      const talks = starts.flatMap((share) =>
        Array.from({ length: killChats }, async (_, n) => {
          await Bun.sleep(((starts[0] ?? 0) - share) * answerMs);
          return talk(lab, `kill${share}-${n}-${lab.run}`, never);
        }),
      );
      const newest = await Promise.all(talks);
      await until(() => newest.at(-1)?.shown !== "", { timeoutMs: 20_000 });
      const [worker] = lab.workers.filter(({ isRunning }) => isRunning);
      if (worker) await lab.kill(worker);
      await lab.startWorker().ready();
      await Promise.all(newest.map(({ ended }) => ended));
    },
  },
];
