import { afterAll, expect, test } from "bun:test";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serviceUrls } from "#lib/testing/services.ts";
import { until } from "#lib/testing/until.ts";

/** In place of the program that opens a browser: it writes down what it is to open. */
const folder = mkdtempSync(join(tmpdir(), "eco2-open-"));
const opened = join(folder, "opened");
afterAll(() => rmSync(folder, { recursive: true }));

test("the demo ends with a page at the address that it prints, and has a browser sign in there", async () => {
  const opener = join(folder, "xdg-open");
  await Bun.write(opener, `#!/bin/sh\necho "$1" > ${opened}\n`);
  chmodSync(opener, 0o755);
  const { PATH = "", HOME = "" } = process.env;
  const child = Bun.spawn([process.execPath, "infra/dev/demo.ts", "--open"], {
    env: { ...serviceUrls, PATH: `${folder}:${PATH}`, HOME },
    stdout: "ignore",
    stderr: "pipe",
  });
  try {
    let said = "";
    const decoder = new TextDecoder();
    for await (const bytes of child.stderr) {
      said += decoder.decode(bytes, { stream: true });
      if (said.includes("the page: ")) break;
    }
    const [, address = ""] = /the page: (\S+)/.exec(said) ?? [];
    const page = await fetch(address);
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('id="app"')]);

    await until(() => Bun.file(opened).exists());
    const link = (await Bun.file(opened).text()).trim();
    expect(link).toStartWith(new URL("/api/v1/auth/dev/authorize?login_hint=", address).href);
    const first = await fetch(link, { redirect: "manual" });
    expect(first.status).toBe(302);
  } finally {
    child.kill("SIGTERM");
    await child.exited;
  }
}, 120_000);
