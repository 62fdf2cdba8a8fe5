import type { ServiceName } from "./service.ts";

/** Parts of the services that may be emptied: own database, own Redis database, own vhost. */
export const PARTS = {
  test: { postgres: "eco2_test", redis: "1", rabbitmq: "eco2-test" },
  demo: { postgres: "eco2_demo", redis: "2", rabbitmq: "eco2-demo" },
  test2: { postgres: "eco2_test2", redis: "3", rabbitmq: "eco2-test2" },
} as const satisfies Record<string, Record<ServiceName, string>>;
export type Part = keyof typeof PARTS;
/** One for each process that runs tests beside the others. */
export const TEST_PARTS = ["test", "test2"] as const satisfies readonly Part[];

/** The same instance, but a part of it. */
export function partUrl(part: Part, name: ServiceName, url: string): string {
  const swapped = new URL(url);
  swapped.pathname = `/${PARTS[part][name]}`;
  return swapped.href;
}

/** For anything a person may see or a log may keep. */
export function maskUrl(url: string): string {
  const masked = URL.parse(url);
  // Without "//" all of it is a path, and a password in it would pass for part of a name.
  if (!masked?.host) return "(not a URL)";
  if (masked.password) masked.password = "***";
  // Some drivers also take the password as a parameter.
  for (const key of masked.searchParams.keys()) {
    if (/pass/i.test(key)) masked.searchParams.set(key, "***");
  }
  return masked.href;
}

/** `export NAME='value'`, safe for any value in a POSIX shell. */
export function shellExport(name: string, value: string): string {
  return `export ${name}='${value.replaceAll("'", "'\\''")}'`;
}
