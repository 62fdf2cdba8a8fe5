import { type ServiceName, VARIABLES } from "./service.ts";

/** Names of the packages, by package manager. */
export const PACKAGES = {
  postgres: { brew: "postgresql@17", apt: "postgresql", dnf: "postgresql-server" },
  redis: { brew: "redis", apt: "redis-server", dnf: "redis" },
  rabbitmq: { brew: "rabbitmq", apt: "rabbitmq-server", dnf: "rabbitmq-server" },
} as const satisfies Record<ServiceName, Record<"brew" | "apt" | "dnf", string>>;

/** What to do when a service is neither given, nor in a container, nor installed. */
export function missingMessage(name: ServiceName, binaries: readonly string[]): string {
  const { brew, apt, dnf } = PACKAGES[name];
  return [
    `${name}: ${binaries.join(" and ")} not found on this machine. Any one of these helps:`,
    "  any system      start Docker, then run this again",
    `  macOS           brew install ${brew}`,
    `  Debian, Ubuntu  sudo apt-get install --no-install-recommends ${apt}`,
    `  Fedora          sudo dnf install ${dnf}`,
    `  elsewhere       export ${VARIABLES[name]}='…' for a server that already runs`,
  ].join("\n");
}
