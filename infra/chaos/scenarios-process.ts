import { withChannel } from "#lib/testing/wipe.ts";
import { CRASH_POINTS } from "./crash-points.ts";
import type { Lab } from "./lab.ts";
import type { Scenario } from "./scenario.ts";

/** Kubernetes asks for more than a drain needs here: models answer within a quarter of a second. */
const workerStopMs = 30_000;
/** `stopDeadlineDefaultMs` of a process that serves. */
const edgeStopMs = 25_000;

/** Faults of our own processes, and of what clients send them. */
export const processScenarios: readonly Scenario[] = [
  {
    name: "worker-kill",
    proves: "a worker that dies at any moment loses no scan and ends none twice",
    quick: true,
    fault: (lab) => lab.repeat(lab.random.int(3, 5), [300, 1_200], () => killAndReplace(lab)),
  },
  {
    name: "worker-crash-points",
    proves: "a worker that dies at any step between received and acked leaves the scan whole",
    tree: "crash-points",
    load: { ratePerS: 20 },
    fault: async (lab) => {
      const [sound] = lab.workers;
      for (const point of shuffled(lab, shareOf(CRASH_POINTS, lab.seed))) {
        // Each dies at a later pass, so that others are in flight beside the one it dies in.
        const env = { CRASH_POINT: point, CRASH_AFTER: String(lab.random.int(1, 4)) };
        const doomed = lab.startWorker(env);
        const died = lab.expectDeath(doomed);
        await Promise.race([died, Bun.sleep(crashWaitMs)]);
        if (doomed.isRunning) await lab.kill(doomed);
        await died;
      }
      if (!sound?.isRunning) await lab.startWorker().ready();
    },
  },
  {
    name: "workers-rolling",
    proves: "SIGTERM lets two workers hand over under load: clean exits, nothing lost",
    quick: true,
    workers: 2,
    fault: async (lab) => {
      for (const old of [...lab.workers]) {
        await lab.startWorker().ready();
        await lab.terminate(old, workerStopMs);
        await Bun.sleep(lab.random.between(100, 600));
      }
    },
  },
  {
    name: "edge-kill",
    proves: "clients of an edge that dies resume where they were; accepted scans go on",
    // A photo cannot be fetched while its store is away, three times in a row.
    demands: { mayFailWith: ["IMAGE_UNREACHABLE"] },
    fault: (lab) =>
      lab.repeat(2, [400, 1_000], async () => {
        if (lab.edge) await lab.kill(lab.edge);
        await Bun.sleep(lab.random.between(0, 400));
        await lab.startEdge().ready();
      }),
  },
  {
    name: "edge-term",
    proves: "SIGTERM closes an edge's streams, and its clients resume at the next one",
    quick: true,
    demands: { mayFailWith: ["IMAGE_UNREACHABLE"] },
    fault: async (lab) => {
      if (lab.edge) await lab.terminate(lab.edge, edgeStopMs);
      await lab.startEdge().ready();
    },
  },
  {
    name: "duplicate-submits",
    proves: "hundreds of submits with one key at once are one scan, paid once",
    load: { ratePerS: 10 },
    fault: (lab, load) => lab.repeat(4, [500, 1_000], () => load.submit(lab.random.int(100, 250))),
  },
  {
    name: "poison",
    proves: "messages that no code can read go to the dead letters, and no scan waits for them",
    demands: { deadLetters: new Map([["dlq.scan.vision", 3]]) },
    fault: async (lab) => {
      const texts = ["{", "null", JSON.stringify({ job_id: "x", vision: [] })];
      await withChannel(lab.servers.urls.AMQP_URL, async (channel) => {
        for (const text of texts) {
          channel.publish("scan.direct", "scan.vision", Buffer.from(text), { persistent: true });
          await Bun.sleep(lab.random.between(100, 600));
        }
      });
    },
  },
];

/** A run has no time for every point: three seeds in a row share them. */
function shareOf<T>(list: readonly T[], seed: number): T[] {
  return list.filter((_, i) => i % 3 === seed % 3);
}

/** A point that this load does not pass soon enough: the worker is killed instead. */
const crashWaitMs = 4_000;

async function killAndReplace(lab: Lab): Promise<void> {
  const running = lab.workers.filter(({ isRunning }) => isRunning);
  await lab.kill(lab.random.pick(running));
  await Bun.sleep(lab.random.between(0, 300));
  await lab.startWorker().ready();
}

function shuffled<T>({ random }: Lab, list: readonly T[]): T[] {
  return list
    .map((one) => ({ one, order: random.next() }))
    .sort((a, b) => a.order - b.order)
    .map(({ one }) => one);
}
