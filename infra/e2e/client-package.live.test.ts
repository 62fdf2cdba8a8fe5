import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { petAnswer, petVision } from "#lib/testing/pet-bottle.ts";
import { bundleClient, packClient } from "../client-package.ts";
import { openChromium } from "../harness/chromium.ts";
import { projectFolder } from "../services/ensure-services.ts";
import { type Harness, startHarness } from "./harness.ts";

/** The packed client in the hands of a stranger: the program of its README, and a page of another origin. */

const photo = join(projectFolder, "infra/samples/wine-bottle.jpg");
const readme = await Bun.file(join(projectFolder, "lib/client/README.md")).text();
const [, program = ""] = /```js\n([\s\S]*?)```/.exec(readme) ?? [];
const browser = await openChromium();
const site = await serveSite();

let eco2: Harness;
let folder: string;
beforeAll(async () => {
  eco2 = await startHarness({ CORS_ORIGINS: site.url.origin });
  eco2.model.always("vision", petVision);
  eco2.model.always("answer", petAnswer);
  // Below the project, where the types of Bun are found; the client itself comes out of the tarball.
  folder = await mkdtemp(join(projectFolder, "node_modules/.stranger-"));
  const tarball = await packClient(folder);
  const to = join(folder, "node_modules/eco2-client");
  expect(await run(["mkdir", "-p", to])).toMatchObject({ code: 0 });
  expect(await run(["tar", "xzf", tarball, "--strip-components=1", "-C", to])).toMatchObject({
    code: 0,
  });
  await Bun.write(join(folder, "scan.mjs"), program);
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await site.stop(true);
  await eco2?.stop();
  if (folder) await rm(folder, { recursive: true });
}, 60_000);

async function run(command: readonly string[], env: Record<string, string> = {}) {
  const all = { PATH: process.env.PATH, ...env };
  const child = Bun.spawn([...command], { cwd: folder, env: all, stderr: "pipe" });
  const [out, log] = [new Response(child.stdout).text(), new Response(child.stderr).text()];
  return { out: await out, log: await log, code: await child.exited };
}

/** An origin that is not the API's, with a page that has the client and nothing else. */
async function serveSite() {
  const client = await bundleClient();
  const type = { "content-type": "text/javascript" };
  return Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    routes: {
      "/": new Response("<!doctype html><title>a page</title>", {
        headers: { "content-type": "text/html" },
      }),
      "/client.js": new Response(client, { headers: type }),
    },
  });
}

describe("the program of the README", () => {
  test("is 20 lines at most, and in the project's README as well", async () => {
    expect(program.trimEnd().split("\n").length).toBeWithin(10, 21);
    expect(await Bun.file(join(projectFolder, "README.md")).text()).toContain(program);
  });

  test("is of the right types", async () => {
    const compilerOptions = {
      ...{ strict: true, checkJs: true, noEmit: true, skipLibCheck: false, target: "esnext" },
      ...{ module: "nodenext", lib: ["esnext", "dom", "dom.iterable"], types: ["node"] },
    };
    await Bun.write(
      join(folder, "tsconfig.json"),
      JSON.stringify({ compilerOptions, files: ["scan.mjs"] }),
    );
    const tsc = join(projectFolder, "node_modules/typescript/bin/tsc");
    expect(await run([process.execPath, tsc, "-p", "."])).toMatchObject({ out: "", code: 0 });
  }, 60_000);

  test.each([["Bun", process.execPath], ...(Bun.which("node") ? [["Node", "node"]] : [])])(
    "scans a photo, in %s",
    async (_, runtime = "") => {
      const env = { ECO2_URL: eco2.origin };
      const { out, log, code } = await run([runtime, "scan.mjs", photo, "어떻게 버려요?"], env);
      expect([code, log]).toEqual([0, ""]);
      expect(out).toContain("0 % queued started\n");
      expect(out).toContain("100 % done completed\n");
      expect(out).toEndWith(`${petAnswer.content.user_answer}\n`);
    },
    60_000,
  );

  test("says in Korean what was wrong with a photo", async () => {
    const env = { ECO2_URL: eco2.origin };
    const { log, code } = await run([process.execPath, "scan.mjs", "scan.mjs"], env);
    expect([code, log]).toEqual([1, expect.stringMatching(/^IMAGE_TYPE_UNSUPPORTED .*사진/)]);
  }, 30_000);
});

test("there is a Chromium to try the client in", () => {
  // Where none can be had, as without root, that was said; CI has one.
  if (!browser) expect(process.env.CI).toBeUndefined();
});
if (browser) describe("in Chromium", () => inChromium(browser));

function inChromium(browser: Browser): void {
  test("a page of another origin does a whole scan", async () => {
    const context = await browser.newContext();
    const page = await openPage(await context.newPage());
    const bytes = [...(await Bun.file(photo).bytes())];
    const seen = await page.evaluate(
      async ({ origin, bytes }) => {
        const path = "/client.js";
        const { createClient } = await import(path);
        const eco2 = createClient({ baseUrl: origin });
        await eco2.signIn("dev", { loginHint: "chromium" });
        const scan = await eco2.scan(new Blob([new Uint8Array(bytes)]), "어떻게 버려요?");
        const events: string[] = [];
        for await (const { event } of scan.events) events.push(event);
        return { events, result: await scan.result() };
      },
      { origin: eco2.origin, bytes },
    );
    expect(seen.events.at(-1)).toBe("done");
    expect(seen.result.pipeline_result.final_answer).toEqual(petAnswer.content);
    await context.close();
  }, 60_000);

  test("two tabs whose access token is gone refresh it once", async () => {
    const context = await browser.newContext();
    const refreshes: string[] = [];
    context.on("request", (request) => {
      if (request.url().endsWith("/auth/refresh") && request.method() === "POST")
        refreshes.push(request.url());
    });
    const tabs = [await openPage(await context.newPage()), await openPage(await context.newPage())];
    await tabs[0]?.evaluate(async (origin) => {
      const path = "/client.js";
      const { createClient } = await import(path);
      await createClient({ baseUrl: origin }).signIn("dev", { loginHint: "tabs" });
    }, eco2.origin);
    await context.clearCookies({ name: "s_access" });
    const statuses = await Promise.all(
      tabs.map((tab) =>
        tab.evaluate(async (origin) => {
          const path = "/client.js";
          const { createClient } = await import(path);
          const eco2 = createClient({ baseUrl: origin });
          return (await eco2.api.GET("/api/v1/users/me")).response.status;
        }, eco2.origin),
      ),
    );
    expect([statuses, refreshes.length]).toEqual([[200, 200], 1]);
    await context.close();
  }, 60_000);
}

async function openPage(page: Page): Promise<Page> {
  await page.goto(site.url.href);
  return page;
}
