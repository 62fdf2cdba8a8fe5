import * as v from "valibot";
import type { Random } from "../harness/random.ts";
import { expectedEnd, type Kind, tokenOf } from "./fake-model.ts";
import { followJob } from "./follow-job.ts";
import type { Follow, Job } from "./history.ts";

export interface LoadPlan {
  readonly origin: string;
  readonly imageUrl: string;
  /** Unique among all runs: part of every token and user. */
  readonly run: string;
  readonly ratePerS: number;
  /** Weights of what scans are about. */
  readonly kinds: Readonly<Record<Kind, number>>;
  /** Share of the jobs that are followed by a client from their start. */
  readonly followShare: number;
  readonly random: Random;
}

/** Few enough that users meet characters they own already, and that two scans race for one. */
const usersMax = 24;
const submitMs = 10_000;

const Accepted = v.object({ job_id: v.string() });

/** Submits scans at a steady rate, whatever becomes of them, until `stop`. */
export class Load {
  readonly jobs: Job[] = [];
  readonly follows: Promise<Follow>[] = [];
  rejected = 0;
  readonly #plan: LoadPlan;
  readonly #pending = new Set<Promise<void>>();
  readonly #followEnd = new AbortController();
  #timer: ReturnType<typeof setInterval> | undefined;
  #count = 0;

  constructor(plan: LoadPlan) {
    this.#plan = plan;
  }

  start(): void {
    this.#timer = setInterval(() => this.submit(), 1_000 / this.#plan.ratePerS);
  }

  /** Submits no more; resolves when every request has its response. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#pending);
  }

  /** Ends the clients that are still waiting, and returns what each has seen. */
  async followed(): Promise<Follow[]> {
    this.#followEnd.abort();
    return Promise.all(this.follows);
  }

  /** One more scan; `copies` sends it that often at once, with one idempotency key. */
  submit(copies = 1): void {
    const work = this.#submit(copies).finally(() => this.#pending.delete(work));
    this.#pending.add(work);
  }

  async #submit(copies: number): Promise<void> {
    const { random, run } = this.#plan;
    const number = this.#count++;
    const token = tokenOf(this.#pickKind(), number, run);
    const userId = `u${random.int(1, usersMax)}-${run}`;
    const submittedAt = Date.now();
    const ids = await Promise.all(
      Array.from({ length: copies }, () => this.#post(userId, token, copies > 1)),
    );
    const accepted = new Set(ids.filter((id) => id !== undefined));
    if (accepted.size === 0) this.rejected++;
    // More than one id for one key is a breach: each of them is checked, and pays for the same token.
    for (const id of accepted) this.#accept({ id, userId, token, submittedAt });
  }

  #accept(accepted: Omit<Job, "expected">): void {
    const { token } = accepted;
    const kind = token.startsWith("refused") ? "refused" : "reward";
    const job: Job = { ...accepted, expected: expectedEnd(kind) };
    this.jobs.push(job);
    const { random, followShare, origin } = this.#plan;
    if (!random.chance(followShare)) return;
    const options = { random: random.fork(token), signal: this.#followEnd.signal };
    this.follows.push(followJob(origin, job, options));
  }

  /** @returns the job's id when it was accepted. */
  async #post(userId: string, token: string, isKeyed: boolean): Promise<string | undefined> {
    const { origin, imageUrl } = this.#plan;
    try {
      const response = await fetch(`${origin}/api/v1/scan`, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          "x-user-id": userId,
          ...(isKeyed ? { "x-idempotency-key": token } : {}),
        },
        body: JSON.stringify({ image_url: imageUrl, user_input: token }),
        signal: AbortSignal.timeout(submitMs),
      });
      const body: unknown = await response.json();
      return response.status === 202 ? v.parse(Accepted, body).job_id : undefined;
    } catch {
      return undefined;
    }
  }

  #pickKind(): Kind {
    const { kinds, random } = this.#plan;
    const total = kinds.reward + kinds.plain + kinds.refused;
    const drawn = random.between(0, total);
    if (drawn < kinds.reward) return "reward";
    return drawn < kinds.reward + kinds.plain ? "plain" : "refused";
  }
}
