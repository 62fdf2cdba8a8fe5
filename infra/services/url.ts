import type { ServiceName } from "./service.ts";

/** The same instance, but the part of it that tests may empty: own database, own vhost. */
export function testUrl(name: ServiceName, url: string): string {
  const swapped = new URL(url);
  swapped.pathname = { postgres: "/eco2_test", redis: "/1", rabbitmq: "/eco2-test" }[name];
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
