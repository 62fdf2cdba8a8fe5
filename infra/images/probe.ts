/**
 * `probe.ts URL`: the health check inside the images, which have no curl. Exits 0 when the address
 * answers with success; otherwise 1, with the answer on standard error, where `docker inspect` shows it.
 *
 * The worker's image has no Bun of its own: there the binary runs this, with `BUN_BE_BUN=1`.
 */
const deadlineMs = 4_000;
const [url = ""] = process.argv.slice(2);

try {
  const response = await fetch(url, { signal: AbortSignal.timeout(deadlineMs) });
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
} catch (error) {
  process.stderr.write(`${url}: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}

export {};
