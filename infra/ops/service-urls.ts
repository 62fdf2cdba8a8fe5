import { inspectServices } from "../services/inspect-services.ts";
import { type ServiceUrls, VARIABLES } from "../services/service.ts";

/**
 * The services an operator's command works on: those the environment names, else the local ones that run.
 *
 * @throws Error naming what is neither given nor running.
 */
export async function findServiceUrls(): Promise<ServiceUrls> {
  const found = new Map((await inspectServices()).map(({ name, url }) => [name, url]));
  const missing = Object.entries(VARIABLES).filter(([name]) => !urlOf(name));
  if (missing.length > 0) {
    const names = missing.map(([, variable]) => variable).join(", ");
    throw new Error(`${names} not set and not running locally; run: bun run services up`);
  }
  return {
    DATABASE_URL: urlOf("postgres"),
    REDIS_URL: urlOf("redis"),
    AMQP_URL: urlOf("rabbitmq"),
  };

  function urlOf(name: string): string {
    for (const [service, url] of found) if (service === name && url) return url;
    return "";
  }
}
