import { join } from "node:path";
import * as v from "valibot";
import { createApiClient } from "../harness/api-client.ts";
import { projectFolder } from "../services/ensure-services.ts";
import { Tally } from "./users-tally.ts";
import { runUser } from "./users-virtual-user.ts";

/**
 * The load of one run, in a process of its own so that its CPU is counted apart. Gets its plan as its
 * only argument, sends `window` and `over` to its parent as the window begins and ends, and last its
 * report.
 */
const UsersPlan = v.object({
  origin: v.string(),
  users: v.number(),
  /** What the model takes for each of its two calls: the floor of a scan. Users come evenly over it. */
  visionMs: v.number(),
  answerMs: v.number(),
  /** From the first user to the window, their coming included. */
  warmUpMs: v.number(),
  windowMs: v.number(),
});
export type UsersPlan = v.InferOutput<typeof UsersPlan>;

/** 600 × 400 pixels and 71 kB: what an app sends after downscaling. */
const photoFile = join(projectFolder, "infra/samples/coffee-cup.jpg");
/** Scans at the end of the window end within this time, or never. */
const tailMsMax = 150_000;
const readsResultEvery = 10;

if (import.meta.main) {
  const report = await runLoad(v.parse(UsersPlan, JSON.parse(process.argv[2] ?? "")));
  process.send?.(report);
  // Connections of scans that never ended would hold the process.
  process.disconnect?.();
  process.exit(0);
}

async function runLoad(plan: UsersPlan) {
  const tally = new Tally();
  const imageUrl = await uploadPhoto(plan.origin);
  const startedAt = performance.now();
  const windowAt = startedAt + plan.warmUpMs;
  let isOver = false;
  const users = startUsers(plan, startedAt, (userId) =>
    runUser({
      origin: plan.origin,
      userId,
      imageUrl,
      tally,
      readsResultEvery,
      isOver: () => isOver,
    }),
  );
  await sleepUntil(windowAt);
  tally.inWindow = true;
  process.send?.("window");
  await sleepUntil(windowAt + plan.windowMs);
  tally.inWindow = false;
  isOver = true;
  process.send?.("over");
  await Promise.race([users.then((all) => Promise.all(all)), Bun.sleep(tailMsMax)]);
  return tally.report();
}

/** One photo for all: scans are not shared here, and what a photo costs is the same for any. */
async function uploadPhoto(origin: string): Promise<string> {
  const photo = await Bun.file(photoFile).bytes();
  return createApiClient(origin, { "x-user-id": "bench-photo" }).upload(photo, "image/jpeg");
}

/** One loop instead of a timer for each; evenly, since users who arrive in a herd stay one. */
async function startUsers(
  { users, visionMs, answerMs }: UsersPlan,
  startedAt: number,
  run: (userId: string) => Promise<void>,
): Promise<Promise<void>[]> {
  const running: Promise<void>[] = [];
  for (let n = 0; n < users; n++) {
    await sleepUntil(startedAt + (n / users) * (visionMs + answerMs));
    running.push(run(`bench-${n}`));
  }
  return running;
}

async function sleepUntil(at: number): Promise<void> {
  const leftMs = at - performance.now();
  if (leftMs > 0) await Bun.sleep(leftMs);
}
