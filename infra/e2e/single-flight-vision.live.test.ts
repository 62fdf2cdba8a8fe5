import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import amqp, { type Channel, type ChannelModel } from "amqplib";
import { TASK_NAMES } from "#lib/contract/task.ts";
import { petAnswer, petVision } from "#lib/testing/pet-bottle.ts";
import { jpegPhoto } from "#lib/testing/photos.ts";
import { serviceUrls } from "#lib/testing/services.ts";
import { until } from "#lib/testing/until.ts";
import { type Harness, startHarness, workerCommand } from "./harness.ts";

let eco2: Harness;

function resetModel(): void {
  eco2.model.reset();
  eco2.model.always("vision", petVision);
  eco2.model.always("answer", petAnswer);
}

/** A size no other test uses is a photo no other test has. */
const newPhoto = () => jpegPhoto(16 + random(500), 16 + random(500));
const random = (max: number) => Math.floor(Math.random() * max);

/** Submits equal scans, each of another user, and follows them. */
async function submitEqual(count: number, photo: Uint8Array, userInput = "이거 뭐예요?") {
  const submitOne = async () => {
    const { id, api } = eco2.newUser();
    const job = await api.submit(await api.upload(photo, "image/jpeg"), userInput);
    const seqs: number[] = [];
    const ended = api.follow(job.stream_url, ({ seq }) => seqs.push(seq));
    return { id, ...job, seqs, result: ended.then(() => api.result(job.result_url)) };
  };
  return Promise.all(Array.from({ length: count }, submitOne));
}
type Job = Awaited<ReturnType<typeof submitEqual>>[number];

const results = (jobs: readonly Job[]) => Promise.all(jobs.map(({ result }) => result));
const atVision = (jobs: readonly Job[]) => until(() => jobs.every(({ seqs }) => seqs.includes(10)));

/** One scan whose vision call never ends, and others that wait for it. */
async function submitBehindHanging(count: number, between: () => Promise<void>) {
  eco2.model.next("vision", { break: "hang" });
  const arrival = eco2.model.arrival("vision");
  const photo = await newPhoto();
  const leaders = await submitEqual(1, photo);
  await arrival;
  await between();
  const others = await submitEqual(count, photo);
  await atVision(others);
  expect(eco2.model.counts.vision).toBe(1);
  return { leaders, others };
}

describe("equal photos", () => {
  beforeAll(async () => {
    eco2 = await startHarness({ VISION_CACHE_TTL: "3600" });
  }, 60_000);
  beforeEach(resetModel);
  afterAll(() => eco2?.stop());

  test("of 30 users at once cost one vision call, and everybody gets the own result", async () => {
    eco2.model.always("vision", { ...petVision, delayMs: 500 });
    const jobs = await submitEqual(30, await newPhoto());
    const all = await results(jobs);
    expect(all.map(({ status }) => status)).toEqual(jobs.map(() => "completed"));
    expect(all.map(({ task_id }) => task_id)).toEqual(jobs.map(({ job_id }) => job_id));
    expect(eco2.model.counts).toEqual({ vision: 1, answer: 30 });
    for (const { pipeline_result: output, reward } of all) {
      expect<unknown>(output?.classification_result).toMatchObject({
        classification: petVision.content.classification,
        situation_tags: petVision.content.situation_tags,
        meta: { user_input: "이거 뭐예요?", model: "gpt-5.2", estimate: false },
      });
      expect(reward?.received).toBe(true);
    }
  }, 30_000);

  test("are cached, but not for another question", async () => {
    const photo = await newPhoto();
    const ask = async (words: string) => {
      const [result] = await results(await submitEqual(1, photo, words));
      return result?.pipeline_result?.classification_result.meta;
    };
    expect((await ask("하나"))?.user_input).toBe("하나");
    expect((await ask("하나"))?.user_input).toBe("하나");
    expect(eco2.model.counts.vision).toBe(1);
    expect((await ask("둘"))?.user_input).toBe("둘");
    expect(eco2.model.counts.vision).toBe(2);
  });

  test("whose first call is cancelled are classified by the next, and no other scan fails", async () => {
    const { leaders, others } = await submitBehindHanging(5, async () => undefined);
    for (const { id, job_id } of leaders) {
      const headers = { "x-user-id": id };
      await fetch(`${eco2.origin}/api/v1/scan/${job_id}`, { method: "DELETE", headers });
    }
    expect((await results(leaders)).map(({ error }) => error?.code)).toEqual(["CANCELLED"]);
    expect((await results(others)).every(({ status }) => status === "completed")).toBe(true);
    expect(eco2.model.counts.vision).toBe(2);
  });

  test("whose first call fails are classified one after the other, not all at once", async () => {
    eco2.model.next("vision", { content: "not what was asked for", delayMs: 300 });
    eco2.model.always("vision", { ...petVision, delayMs: 300 });
    const all = await results(await submitEqual(10, await newPhoto()));
    expect(all.every(({ status }) => status === "completed")).toBe(true);
    expect(eco2.model.counts.vision).toBe(2);
  }, 30_000);
});

describe("equal photos in two workers", () => {
  let broker: ChannelModel;
  let channel: Channel;
  beforeAll(async () => {
    broker = await amqp.connect(serviceUrls.AMQP_URL);
    channel = await broker.createChannel();
    const rest = TASK_NAMES.filter((name) => name !== "scan.vision");
    eco2 = await startHarness({ VISION_CACHE_TTL: "3600" }, workerCommand(rest));
  }, 60_000);
  beforeEach(resetModel);
  afterAll(async () => {
    await eco2?.stop();
    await broker.close();
  });

  test("survive the death of the worker that calls the model: another takes over, and all complete", async () => {
    const first = eco2.startWorker(["scan.vision"]);
    const { leaders, others } = await submitBehindHanging(6, async () => {
      eco2.startWorker(["scan.vision"]);
      await until(async () => (await channel.checkQueue("scan.vision")).consumerCount === 2);
    });
    await first.end("SIGKILL");
    const all = await results([...leaders, ...others]);
    expect(all.map(({ status }) => status)).toEqual(all.map(() => "completed"));
    expect(eco2.model.counts.vision).toBe(2);
  }, 60_000);
});

describe("with VISION_CACHE_TTL=0", () => {
  beforeAll(async () => {
    eco2 = await startHarness({ VISION_CACHE_TTL: "0" });
  }, 60_000);
  beforeEach(resetModel);
  afterAll(() => eco2?.stop());

  test("every scan of an equal photo pays for itself", async () => {
    const photo = await newPhoto();
    await results(await submitEqual(5, photo));
    await results(await submitEqual(1, photo));
    expect(eco2.model.counts.vision).toBe(6);
  });
});
