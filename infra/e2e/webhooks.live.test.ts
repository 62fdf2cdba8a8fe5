import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "#lib/testing/free-port.ts";
import { until } from "#lib/testing/until.ts";
import { type Harness, scan, startHarness } from "./harness.ts";

/** The receiver that the README shows. */
async function readReceiver(): Promise<string> {
  const readme = await Bun.file(new URL("../../README.md", import.meta.url)).text();
  const [, section = ""] = readme.split("\n## Webhooks");
  return /```js\n(.*?)```/s.exec(section)?.[1] ?? "";
}

let eco2: Harness;
const folder = mkdtempSync(join(tmpdir(), "eco2-receiver-"));
beforeAll(async () => {
  eco2 = await startHarness();
}, 60_000);
afterAll(async () => {
  await eco2?.stop();
  rmSync(folder, { recursive: true });
}, 60_000);

test("the README's receiver hears of a scan, also again, and of nothing that is signed otherwise", async () => {
  const { id: userId, api } = eco2.newUser();
  const port = freePort();
  const call = async (method: string, path: string, body?: unknown) => {
    const headers = { "x-user-id": userId, "content-type": "application/json" };
    const init = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
    const response = await fetch(`${eco2.origin}/api/v1/webhooks${path}`, init);
    expect([path, response.ok]).toEqual([path, true]);
    return response.status === 204 ? undefined : response.json();
  };
  const { id, secret } = await call("POST", "", { url: `http://127.0.0.1:${port}/eco2` });
  const file = join(folder, "receiver.mjs");
  await Bun.write(file, await readReceiver());
  const receiver = Bun.spawn([process.execPath, file], {
    env: { PORT: String(port), WEBHOOK_SECRET: secret },
    stdout: "pipe",
    stderr: "inherit",
  });
  let said = "";
  const reading = (async () => {
    for await (const text of receiver.stdout.pipeThrough(new TextDecoderStream())) said += text;
  })();
  try {
    await until(() => said.includes("listening"), { timeoutMs: 30_000 });
    const { job_id } = await scan(api);
    const times = () => said.split(`scan_${job_id}_0 `).length - 1;
    await until(() => times() === 1, { timeoutMs: 20_000 });
    expect(said).toContain(`"type":"scan.completed"`);
    const last = async () => (await call("GET", `/${id}/deliveries`)).items[0];
    const delivered = await until(async () => {
      const one = await last();
      return one.status === "delivered" && one;
    });
    await call("POST", `/${id}/deliveries/${delivered.id}/replay`);
    await until(() => times() === 2);
    // The receiver has the secret before this one, which is still good.
    await call("POST", `/${id}/secret`);
    await call("POST", `/${id}/ping`);
    await until(() => said.includes("webhook.ping"));
    const forged = await fetch(`http://127.0.0.1:${port}/`, {
      method: "POST",
      headers: {
        "webhook-id": "forged",
        "webhook-timestamp": String(Math.floor(Date.now() / 1_000)),
        "webhook-signature": `v1,${Buffer.alloc(32).toString("base64")}`,
      },
      body: "{}",
    });
    expect([forged.status, said.includes("forged")]).toEqual([401, false]);
    await call("DELETE", `/${id}`);
  } finally {
    receiver.kill();
    await reading;
  }
}, 60_000);
