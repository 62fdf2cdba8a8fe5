import { createBench } from "./bench.ts";
import { gatekeeperFigures } from "./gatekeeper-figures.ts";
import { gatekeeperText, makeTokens, measureGatekeeper } from "./gatekeeper-measure.ts";

/** What a check costs one process, with tokens that it knows and with tokens that it has never seen. */
export const gatekeeper = createBench({
  name: "gatekeeper",
  measures:
    "one gatekeeper process that a proxy asks about every request, over kept connections: checks a " +
    "second, how long one takes at a fixed rate, and what the first sight of a token costs",
  steps: {
    full: [{ cold: 20_000, warmUp: 4_000, closed: 300_000, open: 100_000, revoked: 100_000 }],
    quick: [{ cold: 100, warmUp: 50, closed: 400, open: 200, revoked: 1_000 }],
  },
  start: async (sizes, context) => {
    const count = sizes.cold + sizes.warmUp;
    context.report(`signing ${count} tokens`);
    const tokens = await makeTokens(count);
    return { run: () => measureGatekeeper(sizes, tokens, context) };
  },
  summary: gatekeeperText,
  figures: gatekeeperFigures,
});
