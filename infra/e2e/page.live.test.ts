import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { heicPhoto } from "#lib/testing/heic-photos.ts";
import { exif, SECRET_PLACE, withJpegSegment } from "#lib/testing/photos.ts";
import { openChromium } from "../harness/chromium.ts";
import { projectFolder } from "../services/ensure-services.ts";
import { type Harness, startHarness } from "./harness.ts";
import { audit, overflowOf, shot, type Visitor, visit } from "./page-visit.ts";

/** The pages in a real browser, on the whole system: what people do, and what happens to them meanwhile. */

const photo = join(projectFolder, "infra/samples/wine-bottle.jpg");
const pages = ["", "/history", "/collection", "/chat", "/places", "/account"];

const browser = await openChromium();
test("there is a browser to try the pages in", () => {
  // Where none can be had, as without root, that was said; CI has one.
  if (!browser) expect(process.env.CI).toBeUndefined();
});
afterAll(() => browser?.close());

if (browser) {
  describe("with the embedded model", () => embedded(browser));
  describe("with a model that is no estimate", () => hosted(browser));
}

function embedded(browser: Browser): void {
  let eco2: Harness;
  let user: Visitor;
  beforeAll(async () => {
    eco2 = await startHarness({ OPENAI_BASE_URL: "" });
    user = await visit(browser, eco2.origin);
    await signInOn(user.page);
  }, 90_000);
  afterAll(async () => {
    await user?.context.close();
    await eco2?.stop();
  }, 60_000);

  test("a photo is scanned, asks for its material, and one tap scans it again", async () => {
    const { page } = user;
    await page.goto(eco2.origin);
    await choosePhoto(page);
    await page.getByRole("button", { name: "알아보기" }).click();
    await page.getByText("로컬 추정", { exact: true }).waitFor();
    const first = page.url();
    expect(first).toMatch(/#job=[\da-f-]{36}$/);
    await shot(page, "answer-estimate");
    await page.getByRole("button", { name: "유리병", exact: true }).click();
    await page.locator(".answer .eyebrow", { hasText: "유리병" }).waitFor();
    expect(page.url()).not.toBe(first);
    const steps = await page.locator(".steps li").allTextContents();
    expect(steps.length).toBeGreaterThan(2);
    await shot(page, "answer-glass");

    await page.getByRole("button", { name: "맞아요", exact: true }).click();
    await page.getByText("고마워요!").waitFor();
    await page.goBack();
    await page.getByText("로컬 추정", { exact: true }).waitFor();
    expect(page.url()).toBe(first);
  }, 60_000);

  test("a photo leaves the browser without what it says of its place, and small", async () => {
    const page = await user.context.newPage();
    await page.addInitScript(keepUpload);
    await page.goto("/");
    const buffer = Buffer.from(withJpegSegment(await Bun.file(photo).bytes(), 0xe1, exif(1)));
    await choosePhoto(page, { name: "p.jpg", mimeType: "image/jpeg", buffer });
    await page.getByRole("button", { name: "알아보기" }).click();
    await page.locator(".answer").waitFor();
    const sent = Buffer.from(await page.evaluate<string>("uploaded"), "latin1");
    expect([buffer.includes(SECRET_PLACE), sent.includes(SECRET_PLACE)]).toEqual([true, false]);
    const { width, height } = await new Bun.Image(sent).metadata();
    expect(Math.max(width, height)).toBeWithin(1_000, 1_601);
    await page.close();
  }, 60_000);

  test("what is no photo is refused in words, before anything is sent", async () => {
    const { page } = user;
    await page.goto(eco2.origin);
    const file = {
      name: "photo.jpg",
      mimeType: "image/jpeg",
      buffer: Buffer.from("no photo at all"),
    };
    await page.locator("#photo").setInputFiles(file);
    await page.getByText("사진이 아니에요.").waitFor();
    expect(await page.getByRole("button", { name: "알아보기" }).count()).toBe(0);
  }, 30_000);

  test("HEIC, which this browser cannot show, goes as it is and is scanned", async () => {
    const { page } = user;
    await page.goto("/");
    const file = { name: "p.heic", mimeType: "image/heic", buffer: Buffer.from(heicPhoto) };
    await page.locator("#photo").setInputFiles(file);
    await page.getByText("HEIC 사진이라").waitFor();
    await page.getByLabel("궁금한 점").fill("깨진 유리병이에요");
    await page.getByRole("button", { name: "알아보기" }).click();
    await page.getByRole("heading", { name: "먼저, 안전하게" }).waitFor();
  }, 60_000);

  test("a chat goes on after a reload, and is there the next time", async () => {
    const { page } = user;
    await page.goto(`${eco2.origin}/chat`);
    // The answer is held until the page has been loaded anew.
    await page.route("**/chat/*/events", (route) => route.abort());
    await page.getByRole("button", { name: "건전지는 어디에 버려요?", exact: true }).click();
    await page.waitForURL(/#chat=/);
    await page.unroute("**/chat/*/events");
    await page.reload();
    const answer = page.locator('.said[data-role="assistant"]', { hasText: "수거함" });
    await answer.waitFor();
    await page.locator('.said[data-role="assistant"][aria-busy]').waitFor({ state: "detached" });
    await page.goto(`${eco2.origin}/chat`);
    await page.getByRole("link", { name: /건전지는 어디에/ }).click();
    await answer.waitFor();
    await shot(page, "chat");
  }, 60_000);

  test("places are found by words, and around a position that is given", async () => {
    const { page, context } = user;
    await page.goto(`${eco2.origin}/places`);
    await page.getByLabel("지역이나 이름으로 찾기").fill("시청");
    await page.getByRole("button", { name: "찾기", exact: true }).click();
    await page.getByRole("heading", { name: "시청 재활용 정거장 (예시)" }).waitFor();
    await context.grantPermissions(["geolocation"], { origin: eco2.origin });
    await context.setGeolocation({ latitude: 37.5663, longitude: 126.9779 });
    await page.getByRole("button", { name: "내 주변" }).click();
    await page.locator(".map a").nth(3).waitFor();
    await shot(page, "places");
  }, 60_000);

  test("without a network the page is there, and the history as it was seen", async () => {
    const { page, context } = user;
    await page.goto(`${eco2.origin}/history`);
    await page.locator(".entry").first().waitFor();
    await page.evaluate(async () => void (await navigator.serviceWorker.ready));
    await context.setOffline(true);
    await page.reload();
    await page.getByText("인터넷이 없어서 마지막으로 본 기록을 보여 드려요.").waitFor();
    await page.getByText("인터넷이 끊겼어요.").waitFor();
    expect(await page.locator(".entry").count()).toBeGreaterThan(0);
    await shot(page, "history-offline");
    await context.setOffline(false);
    await page.getByText("다시 이어졌어요.").waitFor();
  }, 60_000);

  test("axe finds nothing serious on any page, in both languages and themes, and 320 pixels are enough", async () => {
    const { page } = user;
    const wrong: unknown[] = [];
    for (const path of ["", "/en"].flatMap((language) =>
      pages.map((one) => language + one || "/"),
    )) {
      await page.goto(eco2.origin + path);
      await page.locator("#app > :not(.network):not(.skeleton)").first().waitFor();
      await page.waitForLoadState("networkidle");
      const overflow = await overflowOf(page);
      if (overflow > 0) wrong.push([path, `${overflow} pixels too wide`]);
      wrong.push(...(await audit(page, path)));
    }
    expect(wrong).toEqual([]);
  }, 120_000);

  test("nor on an answer, nor for who is signed out", async () => {
    const { page } = user;
    await page.goto(`${eco2.origin}/history`);
    await page.locator(".entry a").first().click();
    await page.locator(".answer").waitFor();
    const wrong = await audit(page, "answer");
    const stranger = await visit(browser, eco2.origin);
    await stranger.page.goto(`${eco2.origin}/en/history`);
    await stranger.page.getByRole("heading", { name: "Please sign in" }).waitFor();
    wrong.push(...(await audit(stranger.page, "signed-out")));
    await stranger.context.close();
    expect(wrong).toEqual([]);
  }, 60_000);

  test("an account is changed, taken along as a file, and deleted with all that was kept of it", async () => {
    const { page } = user;
    await page.goto("/account");
    await page.getByLabel("별명").fill("걷는 사람");
    await page.getByRole("button", { name: "저장하기" }).click();
    await page.getByText("저장했어요.").waitFor();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "내려받기" }).click(),
    ]);
    const data = await Bun.file(await download.path()).json();
    expect(data.account.nickname).toBe("걷는 사람");
    expect([data.scans[0].result.status, data.chats[0].messages.length]).toEqual(["completed", 2]);

    await page.getByRole("button", { name: "계정 지우기" }).click();
    const really = page.getByRole("button", { name: "모두 지우기" });
    expect(await really.isDisabled()).toBe(true);
    await page.getByLabel("지우려면").fill("삭제");
    await really.click();
    await page.getByText("계정을 지웠어요.").waitFor();
    expect(
      await page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('eco2 '))"),
    ).toEqual([]);
    await page.goto("/history");
    await page.getByRole("heading", { name: "로그인이 필요해요" }).waitFor();
  }, 60_000);

  test("nothing was refused by the policy of a page, and no script has failed", () => {
    expect(user.trouble).toEqual([]);
  });
}

function hosted(browser: Browser): void {
  let eco2: Harness;
  let user: Visitor;
  beforeAll(async () => {
    eco2 = await startHarness();
    user = await visit(browser, eco2.origin);
    await signInOn(user.page);
  }, 90_000);
  beforeEach(() => eco2.model.reset());
  afterAll(async () => {
    await user?.context.close();
    await eco2?.stop();
  }, 60_000);

  async function submit(page: Page): Promise<void> {
    await page.goto(eco2.origin);
    await choosePhoto(page);
    await page.getByRole("button", { name: "알아보기" }).click();
  }

  test("a scan outlives a reload in its midst, and its new character is celebrated and kept", async () => {
    const { page } = user;
    eco2.model.next("answer", { delayMs: heldMs });
    await submit(page);
    await page.locator('[data-stage="rule"][data-state="done"]').waitFor();
    await page.reload();
    await page.locator('[data-stage="rule"][data-state="done"]').waitFor();
    await shot(page, "stages");
    await page.getByText("새 친구가 왔어요!").waitFor();
    await page.getByRole("heading", { name: "페티" }).waitFor();
    await shot(page, "reward");
    await page.getByRole("link", { name: "도감 보기" }).click();
    await page
      .getByText("13명 중 2명을 만났어요")
      .waitFor({ timeout: 10_000 })
      .catch(() => page.reload());
    await page.getByText("13명 중 2명을 만났어요").waitFor();
    await shot(page, "collection");
  }, 60_000);

  test("a lost network is said, and the scan goes on by itself when it is back", async () => {
    const { page, context } = user;
    eco2.model.next("answer", { delayMs: heldMs });
    await submit(page);
    await page.locator('[data-stage="vision"][data-state="done"]').waitFor();
    await context.setOffline(true);
    await page.getByText("인터넷이 끊겼어요.").waitFor();
    await shot(page, "offline");
    await context.setOffline(false);
    await page.locator(".answer").waitFor();
  }, 60_000);

  test("an answer of a chat is stopped where it is", async () => {
    const { page } = user;
    eco2.model.next("answer", { delayMs: 10 * heldMs });
    await page.goto("/chat");
    await page.getByLabel("메시지", { exact: true }).fill("투명 페트병 라벨 떼야 하나요?");
    await page.keyboard.press("Enter");
    await page.waitForURL(/#chat=/);
    await page.getByRole("button", { name: "멈추기" }).click();
    await page.getByText("여기서 멈췄어요.").waitFor();
    await page.getByRole("button", { name: "보내기" }).waitFor();
  }, 60_000);

  test("another tab shows the same scan", async () => {
    const { page, context } = user;
    eco2.model.next("answer", { delayMs: 3 * heldMs });
    await submit(page);
    await page.locator(".stages").waitFor();
    const other = await context.newPage();
    await other.goto(eco2.origin);
    await other.getByRole("link", { name: "이어서 보기" }).click();
    await Promise.all([page, other].map((tab) => tab.locator(".answer").waitFor()));
    expect(other.url()).toBe(page.url());
    await other.close();
  }, 60_000);

  test("nothing was refused by the policy of a page, and no script has failed", () => {
    expect(user.trouble).toEqual([]);
  });
}

/** Runs in a page: the driver is not told what a request has for a body when that is a file. */
const keepUpload = `{
  const send = fetch;
  globalThis.fetch = async (request) => {
    if (request.method === "PUT") {
      const bytes = new Uint8Array(await request.clone().arrayBuffer());
      globalThis.uploaded = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
    }
    return send(request);
  };
}`;

/** Long enough for what happens in the midst of a scan. */
const heldMs = 2_000;
/** As somebody does who comes for the first time: the page asks, and is where it was afterwards. */
async function signInOn(page: Page): Promise<void> {
  await page.goto("/history");
  await page.getByLabel("이름").fill(`page-${crypto.randomUUID()}`);
  await page.getByRole("button", { name: "이 이름으로 계속하기" }).click();
  await page.getByText("아직 기록이 없어요").waitFor();
  expect(new URL(page.url()).pathname).toBe("/history");
}

type File = Parameters<ReturnType<Page["locator"]>["setInputFiles"]>[0];

async function choosePhoto(page: Page, file: File = photo): Promise<void> {
  await page.locator("#photo").setInputFiles(file);
  await page.getByAltText("고른 사진").waitFor();
}
