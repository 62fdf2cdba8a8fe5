import type { Lab } from "./lab.ts";
import type { Scenario } from "./scenario.ts";

/** A router that is dead holds its streams for 3 s more. */
const takeOverMs = 3_500;

/** Faults of the fan-out tier, which these have on whether `--fanout` says so or not. */
export const fanOutScenarios: readonly Scenario[] = [
  {
    // A scan's words have this name in them: that of a thing, such as a router, would be read as the thing.
    name: "fanout-kill",
    proves: "an event router that dies in the middle of a publication leaves no client a gap",
    fanout: true,
    load: { ratePerS: 10, followShare: 0.8 },
    fault: (lab) =>
      lab.repeat(3, [takeOverMs, takeOverMs + 1_000], async () => {
        const [router] = lab.routers.filter(({ isRunning }) => isRunning);
        if (router) await lab.kill(router);
        await lab.startRouter().ready();
      }),
  },
  {
    name: "fanout-paused",
    proves:
      "of two event routers one that stands still is replaced, and says nothing new when it goes on",
    fanout: true,
    load: { ratePerS: 10, followShare: 0.8 },
    fault: async (lab) => {
      await lab.startRouter().ready();
      await lab.repeat(4, [200, 1_500], async (i) => {
        const router = lab.routers[i % 2];
        if (!router) return;
        process.kill(router.pid, "SIGSTOP");
        await Bun.sleep(lab.random.pick([500, takeOverMs]) + lab.random.between(0, 1_000));
        process.kill(router.pid, "SIGCONT");
      });
    },
  },
  {
    name: "publications-lost",
    proves: "what Pub/Sub loses is found missing, and read from the logs",
    quick: true,
    fanout: true,
    load: { ratePerS: 10, followShare: 0.8 },
    fault: (lab) =>
      lab.repeat(6, [300, 1_200], () => losePublications(lab, lab.random.between(50, 700))),
  },
];

/** Of the gateway alone: the router publishes to nobody meanwhile, and hears of nothing. */
async function losePublications(lab: Lab, ms: number): Promise<void> {
  lab.heardFrom?.refuse();
  lab.heardFrom?.reset();
  await Bun.sleep(ms);
  lab.heardFrom?.heal();
}
