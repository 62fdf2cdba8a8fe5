/** The backing services. */
export const SERVICE_NAMES = ["postgres", "redis", "rabbitmq"] as const;
export type ServiceName = (typeof SERVICE_NAMES)[number];

/** The environment variable that carries each service's URL. */
export const VARIABLES = {
  postgres: "DATABASE_URL",
  redis: "REDIS_URL",
  rabbitmq: "AMQP_URL",
} as const satisfies Record<ServiceName, string>;

export type ServiceUrls = Record<(typeof VARIABLES)[ServiceName], string>;

/** One value for each service. */
export function forEachService<T>(make: (name: ServiceName) => T): Record<ServiceName, T> {
  return { postgres: make("postgres"), redis: make("redis"), rabbitmq: make("rabbitmq") };
}

/** The URL of each service, under its variable. */
export function toServiceUrls(url: (name: ServiceName) => string): ServiceUrls {
  return { DATABASE_URL: url("postgres"), REDIS_URL: url("redis"), AMQP_URL: url("rabbitmq") };
}

/** Where a service runs: where the environment says, in the project's compose file, or as a private instance. */
export type Source = "environment" | "compose" | "private";

export type Log = (line: string) => void;
