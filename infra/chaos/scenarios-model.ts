import { type Reply, rateLimitReply } from "#lib/testing/openai-server.ts";
import type { Lab } from "./lab.ts";
import type { Scenario } from "./scenario.ts";

/** Faults of the model. Three tries reach over 6 s: what lasts less fails no scan. */
export const modelScenarios: readonly Scenario[] = [
  {
    name: "model-429",
    proves: "a rate limit delays scans and fails none",
    fault: (lab) => storm(lab, rateLimitReply(1), 1),
  },
  {
    name: "model-5xx",
    proves: "a model that is down for seconds fails no scan",
    quick: true,
    fault: (lab) => storm(lab, { status: 503 }, 0.8),
  },
  {
    name: "model-hang",
    proves: "a call without a reply is cancelled, and repeated",
    // The call's own deadline is 58 s.
    settleMsMax: 100_000,
    fault: async (lab) => {
      lab.model.disturb(({ nth }) =>
        nth === 1 && lab.random.chance(0.3) ? { break: "hang" } : undefined,
      );
      await Bun.sleep(lab.random.between(1_000, 3_000));
      lab.model.disturb(undefined);
    },
  },
  {
    name: "model-truncated",
    proves: "replies that are cut off, or no JSON, are requested again",
    fault: async (lab) => {
      const broken: readonly Reply[] = [
        { content: '{"classification":{"major_cat' },
        { finishReason: "length" },
        { break: "reset", content: "x".repeat(2_000) },
        { body: "<html>" },
      ];
      lab.model.disturb(({ nth }) =>
        nth === 1 && lab.random.chance(0.6) ? lab.random.pick(broken) : undefined,
      );
      await Bun.sleep(4_000);
      lab.model.disturb(undefined);
    },
  },
  {
    name: "model-refuses",
    proves: "a refused scan ends as failed, once, and is not asked again",
    quick: true,
    load: { kinds: { reward: 6, plain: 1, refused: 5 } },
    fault: () => Bun.sleep(2_000),
  },
];

async function storm(lab: Lab, reply: Reply, share: number): Promise<void> {
  lab.model.disturb(() => (lab.random.chance(share) ? { delayMs: 20, ...reply } : undefined));
  await Bun.sleep(lab.random.between(2_500, 4_000));
  lab.model.disturb(undefined);
}
