import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import amqp, { type ChannelModel, type ConfirmChannel } from "amqplib";
import { TASK_NAMES } from "#lib/contract/task.ts";
import type { ScanEvent } from "#lib/scan/scan-event.ts";
import { holdReply } from "#lib/testing/held-reply.ts";
import { petAnswer, petVision } from "#lib/testing/pet-bottle.ts";
import { serviceUrls } from "#lib/testing/services.ts";
import { until } from "#lib/testing/until.ts";
import { createChatReader } from "../harness/chat-reader.ts";
import { type Harness, startHarness, uploadPhoto } from "./harness.ts";

const away = { status: 503 };

describe("a scan whose model was away for every try", () => {
  let connection: ChannelModel;
  let channel: ConfirmChannel;
  beforeAll(async () => {
    connection = await amqp.connect(serviceUrls.AMQP_URL);
    channel = await connection.createConfirmChannel();
  });
  afterAll(() => connection.close());
  const depth = async (queue: string) => (await channel.checkQueue(queue)).messageCount;

  /** Submits, and follows to the end of the first epoch. */
  async function failOnce(eco2: Harness) {
    const { id, api } = eco2.newUser();
    const job = await api.submit(await uploadPhoto(api), "");
    const events: ScanEvent[] = [];
    await api.follow(job.stream_url, (event) => events.push(event));
    return { ...job, userId: id, api, seqs: events.map(({ seq }) => seq) };
  }
  /** Follows on after the first epoch, as an `EventSource` does by itself. */
  async function seqsAfter52(eco2: Harness, job: { stream_url: string; userId: string }) {
    const headers = { "x-user-id": job.userId, "last-event-id": "52" };
    const response = await fetch(eco2.origin + job.stream_url, { headers });
    return [...(await response.text()).matchAll(/^id: (\d+)$/gm)].map(([, seq]) => Number(seq));
  }

  describe("with the operator's tool", () => {
    let eco2: Harness;
    beforeAll(async () => {
      eco2 = await startHarness({ REDRIVE_INTERVAL: "0" });
      for (const name of TASK_NAMES) await channel.purgeQueue(`dlq.${name}`);
    }, 60_000);
    beforeEach(() => eco2.model.reset());
    afterAll(() => eco2?.stop());

    async function redrive(queue: string): Promise<string> {
      const command = ["services/operator/main.ts", "dlq", "redrive", "--queue", queue];
      const env = { PATH: process.env.PATH, ...serviceUrls };
      const options = { env, stdout: "pipe", stderr: "ignore" } as const;
      return new Response(Bun.spawn([process.execPath, ...command], options).stdout).text();
    }

    test("completes from the stage that failed, and vision is not paid again", async () => {
      eco2.model.always("vision", petVision);
      eco2.model.always("answer", away);
      const job = await failOnce(eco2);
      expect(job.seqs).toEqual([0, 10, 11, 21, 30, 32, 52]);
      expect(await job.api.result(job.result_url)).toMatchObject({ status: "failed" });
      await until(async () => (await depth("dlq.scan.answer")) === 1);

      eco2.model.always("answer", petAnswer);
      expect(await redrive("scan.answer")).toBe("1 revived\n");

      expect(await seqsAfter52(eco2, job)).toEqual([130, 131, 141, 151]);
      expect(await job.api.result(job.result_url)).toMatchObject({
        status: "completed",
        error: null,
        reward: { received: true },
      });
      expect(eco2.model.counts.vision).toBe(1);
      expect(await depth("dlq.scan.answer")).toBe(0);
    }, 60_000);

    test("an answer of a chat is written anew, and who follows on sees it replace the failure", async () => {
      eco2.model.always("answer", away);
      const chat = createChatReader(eco2.origin, { "x-user-id": `user-${crypto.randomUUID()}` });
      const sent = await chat.send({ message: "투명 페트병 라벨 떼야 하나요?" });
      const failed = await chat.follow(sent.job_id);
      expect(failed.end).toBe("failed");
      await until(async () => (await depth("dlq.chat.process")) === 1);

      const held = holdReply();
      eco2.model.always("answer", held.reply);
      held.say("라벨은 떼어 주세요.");
      held.end();
      expect(await redrive("chat.process")).toBe("1 revived\n");

      const rest = await chat.follow(sent.job_id, { after: failed.events.at(-1)?.id });
      expect(rest.end).toBe("done");
      expect(rest.events.some(({ event }) => event === "snapshot")).toBe(true);
      expect(rest.text).toStartWith("라벨은 떼어 주세요.");
      const { messages } = await chat.read(sent.chat_id);
      expect(messages.map(({ role, status }) => [role, status])).toEqual([
        ["user", "completed"],
        ["assistant", "completed"],
      ]);
      expect(messages[1]?.content).toBe(rest.text);
      expect(await depth("dlq.chat.process")).toBe(0);
    }, 60_000);
  });

  test("completes by the redrive timer alone", async () => {
    const eco2 = await startHarness({ REDRIVE_INTERVAL: "1" });
    try {
      eco2.model.always("vision", away);
      const job = await failOnce(eco2);
      eco2.model.always("vision", petVision);
      expect(job.seqs).toEqual([0, 10, 12, 52]);
      await until(async () => (await job.api.result(job.result_url)).status === "completed", {
        timeoutMs: 30_000,
      });
      expect(await seqsAfter52(eco2, job)).toEqual([110, 111, 121, 130, 131, 141, 151]);
    } finally {
      await eco2.stop();
    }
  }, 90_000);
});
