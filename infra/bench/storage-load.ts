import type { OwnershipGrant } from "#lib/contract/character-message.ts";
import { CHARACTERS } from "#lib/contract/characters.ts";
import type { TaskName } from "#lib/contract/task.ts";
import { createLogger } from "#lib/log/logger.ts";
import { connectBroker } from "#lib/queue/broker.ts";
import { createPublisher } from "#lib/queue/publisher.ts";
import { continueTrace } from "#lib/trace/trace-context.ts";
import type { ServiceUrls } from "../services/service.ts";

/** Publishes grants as a reward does: with confirms. */
export async function openGrantPublisher({ AMQP_URL }: ServiceUrls) {
  const broker = await connectBroker(AMQP_URL, createLogger("bench", "error"));
  const publisher = await createPublisher(broker);
  const headers = { traceparent: continueTrace(undefined), attempt: 0, epoch: 0 };
  return {
    /** Resolves when every queue named holds the grant safely. */
    publish: async (grant: OwnershipGrant, queues: readonly TaskName[]): Promise<void> => {
      await Promise.all(queues.map((queue) => publisher.publish(queue, grant, headers)));
    },
    [Symbol.asyncDispose]: broker.close,
  };
}

/** Grants that are all different, neighbours of different users: index pages are hit at random. */
export function makeGrants(count: number): OwnershipGrant[] {
  const users = Array.from({ length: Math.ceil(count / CHARACTERS.length) }, () =>
    crypto.randomUUID(),
  );
  const all = CHARACTERS.flatMap(({ code, name }) =>
    users.map((user_id) => ({
      job_id: Bun.randomUUIDv7(),
      user_id,
      character_code: code,
      character_name: name,
      granted_at: Date.now(),
    })),
  );
  return all.slice(0, count);
}
