import { createBench } from "./bench.ts";
import { streamFigures } from "./stream-figures.ts";
import { checkFileLimit, measureStream, streamText } from "./stream-measure.ts";

/** What the requests leave behind is collected within some seconds; the peak counts it. */
const settleMs = 10_000;

export const stream = createBench({
  name: "stream",
  measures: "What event streams cost one process, how late an event is, and a storm of reconnects",
  steps: {
    full: [1_000, 5_000, 10_000].map((clients) => ({ clients, settleMs })),
    quick: [50, 100].map((clients) => ({ clients, settleMs: 200 })),
  },
  start: async (step, context) => {
    checkFileLimit(step.clients);
    return { run: () => measureStream(step, context) };
  },
  summary: streamText,
  figures: streamFigures,
});
