import type { Random } from "#lib/testing/random.ts";
import { createApiClient, statusOf } from "../harness/api-client.ts";
import { earnsCharacter, type Kind, numberOf } from "./fake-model.ts";
import { followJob } from "./follow-job.ts";
import type { Follow, Job } from "./history.ts";

export interface LoadPlan {
  readonly origin: string;
  /** Photos that look different; a scan's number decides which it is of. */
  readonly imageUrls: readonly string[];
  /** Unique among all runs: part of every token and user. */
  readonly run: string;
  readonly ratePerS: number;
  /** From when all is whole again. Default: the same. */
  readonly ratePerSAfter?: number;
  /** Weights of what scans are about. */
  readonly kinds: Readonly<Record<Kind, number>>;
  /** Whether a submit that is answered with an error is sent again, with its idempotency key. */
  readonly retries?: boolean;
  /** Share of the jobs that are followed by a client from their start. */
  readonly followShare: number;
  readonly random: Random;
}

/** Few enough that users meet characters they own already, and that two scans race for one. */
const usersMax = 24;
/** Longer than a submit is held whose publish had no confirm. */
const submitMs = 30_000;
const retryEveryMs = 500;
const retriesMax = 60;

/** Submits scans at a steady rate, whatever becomes of them, until `stop`. */
export class Load {
  readonly jobs: Job[] = [];
  readonly acceptedAt: number[] = [];
  readonly follows: Promise<Follow>[] = [];
  /** Tokens of the scans whose submits were all answered with an error. */
  readonly refused: string[] = [];
  /** Tokens of the scans of which nobody knows. */
  readonly unanswered: string[] = [];
  readonly #plan: LoadPlan;
  readonly #pending = new Set<Promise<void>>();
  readonly #followEnd = new AbortController();
  #timer: ReturnType<typeof setInterval> | undefined;
  #count = 0;

  constructor(plan: LoadPlan) {
    this.#plan = plan;
  }

  start(): void {
    this.#submitEvery(1_000 / this.#plan.ratePerS);
  }

  /** What was broken is whole again. */
  recovered(): void {
    const { ratePerSAfter } = this.#plan;
    if (ratePerSAfter) this.#submitEvery(1_000 / ratePerSAfter);
  }

  #submitEvery(ms: number): void {
    clearInterval(this.#timer);
    this.#timer = setInterval(() => this.submit(), ms);
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
    const kind = this.#pickKind();
    const token = `${kind}-${number}-${run}`;
    const expected = kind === "refused" ? "failed" : "completed";
    const earns = earnsCharacter(token);
    const userId = `u${random.int(1, usersMax)}-${run}`;
    const submittedAt = Date.now();
    const outcomes = await Promise.all(
      Array.from({ length: copies }, () => this.#postUntilAccepted(userId, token, copies > 1)),
    );
    const accepted = new Set(outcomes.filter((one) => typeof one === "string"));
    if (outcomes.every((one) => typeof one === "number")) this.refused.push(token);
    else if (accepted.size === 0) this.unanswered.push(token);
    // More than one id for one key is a breach: each of them is checked, and pays for the same token.
    for (const id of accepted) this.#accept({ id, userId, token, expected, earns, submittedAt });
  }

  #accept(job: Job): void {
    this.jobs.push(job);
    const { random, followShare, origin } = this.#plan;
    if (!random.chance(followShare)) return;
    const options = { random: random.fork(job.token), signal: this.#followEnd.signal };
    this.follows.push(followJob(origin, job, options));
  }

  async #postUntilAccepted(userId: string, token: string, isKeyed: boolean) {
    const { retries = false } = this.#plan;
    for (let tries = retries ? retriesMax : 0; ; tries--) {
      const outcome = await this.#post(userId, token, isKeyed || retries);
      if (typeof outcome !== "number" || tries <= 0) return outcome;
      await Bun.sleep(retryEveryMs);
    }
  }

  /** @returns the id of the accepted job, or the HTTP status of an error; undefined without a response. */
  #post(userId: string, token: string, isKeyed: boolean): Promise<string | number | undefined> {
    const { origin, imageUrls } = this.#plan;
    const imageUrl = imageUrls[numberOf(token) % imageUrls.length] ?? "";
    const key = isKeyed ? { "x-idempotency-key": token } : {};
    const headers = { "x-user-id": userId, ...key };
    const api = createApiClient(origin, headers, submitMs);
    return api.submit(imageUrl, token).then(({ job_id }) => {
      this.acceptedAt.push(Date.now());
      return job_id;
    }, statusOf);
  }

  #pickKind(): Kind {
    const { kinds, random } = this.#plan;
    const total = kinds.reward + kinds.plain + kinds.refused;
    const drawn = random.between(0, total);
    if (drawn < kinds.reward) return "reward";
    return drawn < kinds.reward + kinds.plain ? "plain" : "refused";
  }
}
