import { join } from "node:path";
import { createApiClient } from "../harness/api-client.ts";
import { answerParent } from "../harness/child.ts";
import { projectFolder } from "../services/ensure-services.ts";
import { Tally } from "./users-tally.ts";
import { runUser } from "./users-virtual-user.ts";

/**
 * The load of one run, in a process of its own so that its CPU is counted apart. It is told to begin by
 * its plan, and has when the window begins; it is asked for the window, which is over then, and last for
 * the end.
 */
export type UsersCommand = UsersPlan | "window" | "end";

export type UsersReport = Omit<Tally, "accept" | "end" | "error" | "time" | "inFlight">;

export interface UsersPlan {
  readonly origin: string;
  readonly users: number;
  /** What the model takes for each of its two calls: the floor of a scan. Users come evenly over it. */
  readonly visionMs: number;
  readonly answerMs: number;
  /** From the first user to the window, their coming included. */
  readonly warmUpMs: number;
  readonly windowMs: number;
}

/** 600 × 400 pixels and 71 kB: what an app sends after downscaling. */
const photoFile = join(projectFolder, "infra/samples/coffee-cup.jpg");
/** Scans at the end of the window end within this time, or never. */
const tailMsMax = 150_000;
const readsResultEvery = 10;

const tally = new Tally();
let running: Promise<unknown> = Promise.resolve();
let [windowMs, isOver] = [0, false];

if (import.meta.main) {
  answerParent(async (command: UsersCommand): Promise<UsersReport> => {
    await handle(command);
    return { ...tally };
  });
}

async function handle(command: UsersCommand): Promise<void> {
  if (command === "window") {
    tally.inWindow = true;
    await Bun.sleep(windowMs);
    tally.inWindow = false;
    isOver = true;
  } else if (command === "end") {
    await Promise.race([running, Bun.sleep(tailMsMax)]);
  } else {
    const imageUrl = await uploadPhoto(command.origin);
    windowMs = command.windowMs;
    running = startUsers(command, imageUrl).then((users) => Promise.all(users));
    await Bun.sleep(command.warmUpMs);
  }
}

/** One photo for all: scans are not shared here, and what a photo costs is the same for any. */
async function uploadPhoto(origin: string): Promise<string> {
  const photo = await Bun.file(photoFile).bytes();
  return createApiClient(origin, { "x-user-id": "bench-photo" }).upload(photo, "image/jpeg");
}

/** One loop instead of a timer for each; evenly, since users who arrive in a herd stay one. */
async function startUsers({ origin, users, visionMs, answerMs }: UsersPlan, imageUrl: string) {
  const options = { origin, imageUrl, tally, readsResultEvery, isOver: () => isOver };
  const startedAt = performance.now();
  const running: Promise<void>[] = [];
  for (let n = 0; n < users; n++) {
    const dueAt = startedAt + (n / users) * (visionMs + answerMs);
    // Those that are due together come together: a sleep of nothing takes a millisecond.
    if (dueAt > performance.now()) await Bun.sleep(dueAt - performance.now());
    running.push(runUser({ ...options, userId: `bench-${n}` }));
  }
  return running;
}
