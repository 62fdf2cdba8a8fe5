import { connectDatabase } from "#lib/db/client.ts";
import type { Logger } from "#lib/log/logger.ts";
import type { ProcessScope } from "#lib/process/run-process.ts";
import { connectBroker } from "#lib/queue/broker.ts";
import { createPublisher } from "#lib/queue/publisher.ts";
import { createRpcClient } from "#lib/queue/rpc-client.ts";
import { connectRedis } from "#lib/redis/client.ts";
import type { WorkerConfig } from "./config.ts";

export type Connections = Awaited<ReturnType<typeof connect>>;

/** The three stores every worker is connected to, closed when the process stops. */
export async function connect(
  { DATABASE_URL, REDIS_URL, REDIS_PREFIX, AMQP_URL, AMQP_TOPOLOGY: topology }: WorkerConfig,
  { log, scope }: { log: Logger; scope: ProcessScope },
) {
  const database = await connectDatabase(DATABASE_URL);
  scope.onStop("postgres", database.close);
  const redis = await connectRedis(REDIS_URL, log, REDIS_PREFIX);
  scope.onStop("redis", () => redis.quit());
  // What a worker publishes is paid for, and nobody waits for it at the other end of a request.
  const broker = await connectBroker(AMQP_URL, log, { waitsForAlarm: true, topology });
  scope.onStop("rabbitmq", broker.close);
  const publisher = await createPublisher(broker);
  const rpc = await createRpcClient(broker);
  return { database, redis, broker, publisher, rpc };
}
