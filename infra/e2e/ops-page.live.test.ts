import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import amqp, { type ChannelModel, type ConfirmChannel } from "amqplib";
import type { Browser, Page } from "playwright-core";
import { connectDatabase, type Database } from "#lib/db/client.ts";
import { migrate } from "#lib/db/migrate.ts";
import { accounts, audit as auditTable, socialAccounts } from "#lib/db/schema.ts";
import { glassVision, scanMessage } from "#lib/testing/scan-message.ts";
import { serviceUrls } from "#lib/testing/services.ts";
import { until } from "#lib/testing/until.ts";
import { purgeQueues } from "#lib/testing/wipe.ts";
import { openChromium } from "../harness/chromium.ts";
import { type Harness, scan, startHarness } from "./harness.ts";
import { audit, overflowOf, shot, type Visitor, visit } from "./page-visit.ts";

/** The page for administrators in a real browser: what they see of a running system, and do to it. */

const browser = await openChromium();
test("there is a browser to try the page in", () => {
  if (!browser) expect(process.env.CI).toBeUndefined();
});
afterAll(() => browser?.close());

if (browser) describe("the page for administrators", () => operate(browser));

function operate(browser: Browser): void {
  const name = `ops-${crypto.randomUUID()}`;
  const adminId = crypto.randomUUID();
  let eco2: Harness;
  let admin: Visitor;
  let connection: ChannelModel;
  let channel: ConfirmChannel;
  let database: Database;

  beforeAll(async () => {
    await migrate(serviceUrls.DATABASE_URL);
    database = await connectDatabase(serviceUrls.DATABASE_URL);
    await database.call((db) => db.insert(accounts).values({ id: adminId }));
    const social = { userId: adminId, provider: "dev", providerUserId: name };
    await database.call((db) => db.insert(socialAccounts).values(social));
    connection = await amqp.connect(serviceUrls.AMQP_URL);
    channel = await connection.createConfirmChannel();
    eco2 = await startHarness({ ADMIN_USERS: adminId, REDRIVE_INTERVAL: "0" });
    await purgeQueues(channel);
    admin = await visit(browser, eco2.origin);
    await signInAt(admin.page, "/ops", name);
  }, 90_000);
  afterAll(async () => {
    await admin?.context.close();
    await eco2?.stop();
    await Promise.all([connection?.close(), database?.close()]);
  }, 60_000);

  const rowOf = (page: Page, task: string) =>
    page.locator("section", { has: page.locator("#queues") }).getByRole("row", { name: task });

  test("shows the queues and who consumes them, live", async () => {
    const { page } = admin;
    await page.getByRole("heading", { name: "작업 줄" }).waitFor();
    await rowOf(page, "scan.vision").waitFor();
    const read = () => rowOf(page, "scan.vision").getByRole("cell").allTextContents();
    await until(async () => (await read())[2] === "1");
    const job = scanMessage({ vision: glassVision });
    channel.sendToQueue("archive.scan.rule", Buffer.from(JSON.stringify(job)));
    await channel.waitForConfirms();
    // Nobody reloads: it comes with the stream.
    await until(
      async () => (await rowOf(page, "scan.rule").getByRole("cell").allTextContents())[4] === "1",
    );
    expect(await page.locator(".chart canvas").count()).toBe(5);
    // What the worker has measured comes through Redis.
    await page
      .locator("section", { has: page.locator("#processes") })
      .getByRole("row", { name: "worker" })
      .first()
      .waitFor();
    await shot(page, "ops");
  }, 60_000);

  test("redrives a dead letter, after it has said what that costs", async () => {
    const { page } = admin;
    const job = scanMessage({ vision: glassVision });
    channel.sendToQueue("dlq.scan.answer", Buffer.from(JSON.stringify(job)), { persistent: true });
    await channel.waitForConfirms();
    const redrive = page.getByRole("button", { name: "다시 보내기" });
    await page.getByLabel("줄", { exact: true }).selectOption("dlq.scan.answer");
    await page.getByRole("button", { name: "보기", exact: true }).click();
    await page.getByRole("link", { name: job.job_id }).waitFor();
    expect(await redrive.isDisabled()).toBe(true);
    await page.getByRole("button", { name: "미리 확인" }).click();
    await page.getByText("1건을 다시 보내면 모델을 최대 1번 불러요.").waitFor();
    await shot(page, "ops-dry-run");
    page.once("dialog", (dialog) => void dialog.accept());
    await redrive.click();
    await page.getByText("처리했어요: revived 1").waitFor();
    const rows = await database.call((db) => db.select().from(auditTable));
    expect(rows.filter(({ jobIds }) => jobIds.includes(job.job_id))).toMatchObject([
      { who: `user ${adminId}`, action: "redrive", queue: "dlq.scan.answer" },
    ]);
  }, 60_000);

  test("shows where the time of one scan went", async () => {
    const { page } = admin;
    const { job_id } = await scan(eco2.newUser().api);
    await page.getByLabel("작업 번호", { exact: true }).fill(job_id);
    await page.getByRole("button", { name: "살펴보기" }).click();
    const stages = page
      .locator("section", { has: page.locator("#job") })
      .getByRole("row")
      .locator("th[scope=row]");
    await stages.nth(5).waitFor();
    expect(await stages.allTextContents()).toEqual(
      "queued vision rule answer reward done".split(" "),
    );
    expect(new URL(page.url()).hash).toBe(`#job=${job_id}`);
    await shot(page, "ops-job");
    await page.reload();
    await stages.nth(5).waitFor();
  }, 60_000);

  test("axe finds nothing serious on it, in both languages and themes, and 320 pixels are enough", async () => {
    const { page } = admin;
    const wrong: unknown[] = [];
    for (const path of ["/ops", "/en/ops"]) {
      await page.goto(`${path}${new URL(page.url()).hash}`);
      await page.locator(".chart canvas").nth(4).waitFor();
      await page.locator("section:has(#job) .bar").first().waitFor();
      const overflow = await overflowOf(page);
      if (overflow > 0) wrong.push([path, `${overflow} pixels too wide`]);
      wrong.push(...(await audit(page, path)));
    }
    expect(wrong).toEqual([]);
  }, 90_000);

  test("nothing was refused by the policy of the page, and no script has failed", () => {
    expect(admin.trouble).toEqual([]);
  });

  test("shows others one sentence, and the system tells them nothing", async () => {
    const { page, context } = await visit(browser, eco2.origin);
    const bodies: string[] = [];
    page.on("response", async (response) => {
      if (response.url().includes("/ops/")) bodies.push(await response.text());
    });
    await signInAt(page, "/ops", `nobody-${crypto.randomUUID()}`);
    await page.getByText("관리자만 볼 수 있는 페이지예요.").waitFor();
    expect(await page.locator("table, canvas, button.strong").count()).toBe(0);
    expect(bodies.map((body) => JSON.parse(body).code)).toEqual(["UNAUTHENTICATED", "FORBIDDEN"]);
    await context.close();
  }, 30_000);
}

async function signInAt(page: Page, path: string, name: string): Promise<void> {
  await page.goto(path);
  await page.getByLabel("이름").fill(name);
  await page.getByRole("button", { name: "이 이름으로 계속하기" }).click();
  await page.locator("#app > :not(.network):not(.skeleton):not(.sign-in)").first().waitFor();
}
