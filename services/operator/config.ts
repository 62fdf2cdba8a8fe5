import * as v from "valibot";
import { origin, settings } from "#lib/config/settings.ts";

const { DATABASE_URL, REDIS_PREFIX, REDIS_URL, AMQP_URL } = settings;

/** What `dlq` reads from the environment. */
export const DlqConfig = v.object({ DATABASE_URL, REDIS_URL, REDIS_PREFIX, AMQP_URL });
export type DlqConfig = v.InferOutput<typeof DlqConfig>;

/** What `doctor` reads. */
export const DoctorConfig = v.object({
  ...DlqConfig.entries,
  RABBITMQ_MANAGEMENT_URL: v.optional(
    v.pipe(
      origin,
      v.description(
        "Origin of RabbitMQ's management API, where `doctor` reads bindings; default port 15672 beside the broker",
      ),
    ),
  ),
});
export type DoctorConfig = v.InferOutput<typeof DoctorConfig>;

/** What `migrate` reads. */
export const MigrateConfig = v.object({ DATABASE_URL });
