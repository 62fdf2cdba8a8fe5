import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { projectFolder } from "../services/ensure-services.ts";

/** What tests of pages in a real browser share: somebody who visits, and what is looked at for them. */

const shots = join(projectFolder, ".local/screenshots");
mkdirSync(shots, { recursive: true });
const wide = { width: 1280, height: 800 };
const phone = { width: 360, height: 800 };
/** As WCAG's reflow has it. */
const narrowest = 320;
/** As its text spacing has it: whoever reads has other fonts than this machine. */
const wideLetters = "letter-spacing: 0.12em !important; word-spacing: 0.16em !important";
const axe = await Bun.file(Bun.fileURLToPath(import.meta.resolve("axe-core/axe.min.js"))).text();

export interface Visitor {
  readonly context: BrowserContext;
  readonly page: Page;
  /** What the browser complained of. */
  readonly trouble: string[];
}

export async function visit(browser: Browser, origin: string): Promise<Visitor> {
  const context = await browser.newContext({ baseURL: origin, locale: "ko-KR" });
  const page = await context.newPage();
  const trouble: string[] = [];
  page.on("pageerror", (error) => trouble.push(error.message));
  page.on("console", (message) => {
    if (/content security policy|violates/i.test(message.text())) trouble.push(message.text());
  });
  return { context, page, trouble };
}

/** Pixels by which a page is wider than the narrowest screen, in wide letters. */
export async function overflowOf(page: Page): Promise<number> {
  await page.setViewportSize({ width: narrowest, height: 700 });
  await page.evaluate(`document.adoptedStyleSheets = [new CSSStyleSheet()];
    document.adoptedStyleSheets[0].replaceSync("* { ${wideLetters} }")`);
  const overflow = await page.evaluate<number>("document.documentElement.scrollWidth - innerWidth");
  await page.evaluate("document.adoptedStyleSheets = []");
  await page.setViewportSize(wide);
  return overflow;
}

/** What axe finds serious and critical, in light and in dark. */
export async function audit(page: Page, where: string): Promise<unknown[]> {
  const wrong: unknown[] = [];
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.evaluate(axe);
    const found = await page.evaluate("axe.run()");
    const { violations } = found as { violations: Violation[] };
    for (const { id, impact, nodes } of violations) {
      if (impact !== "serious" && impact !== "critical") continue;
      wrong.push([where, colorScheme, id, nodes.map(({ html }) => html.slice(0, 200))]);
    }
    // One of each pair is looked at wide, the other as on a small phone.
    await shot(
      page,
      `${where.replaceAll("/", "_")}-${colorScheme}`,
      colorScheme === "light" ? wide : phone,
    );
  }
  return wrong;
}

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string }[];
}

/** To look at. */
export async function shot(page: Page, name: string, { width } = wide): Promise<void> {
  await page.setViewportSize({ width, height: 800 });
  await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true });
  await page.setViewportSize(wide);
}
