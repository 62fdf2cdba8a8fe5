import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Browser, chromium } from "playwright-core";
import { canInstall, installPackages } from "../services/apt.ts";
import { projectFolder } from "../services/ensure-services.ts";

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
/** The browser, and letters for what the pages say. */
const packages = ["chromium", "fonts-noto-cjk"];

/**
 * A real browser without a window: the one of this machine, else Debian's, which is installed where that is possible.
 * The package that drives it brings none of its own, so nothing is downloaded from elsewhere.
 *
 * @returns undefined where there is none, which is said on standard error.
 */
export async function openChromium(): Promise<Browser | undefined> {
  const found = findChromium() ?? (await installChromium());
  return found === undefined ? undefined : chromium.launch({ executablePath: found });
}

function findChromium(): string | undefined {
  return names.map((name) => Bun.which(name)).find((path) => path !== null) ?? undefined;
}

async function installChromium(): Promise<string | undefined> {
  const log = (line: string) => console.error(line);
  if (canInstall()) {
    const folder = join(projectFolder, ".local");
    mkdirSync(folder, { recursive: true });
    await installPackages(packages, log, join(folder, "apt-chromium.log"));
  } else {
    log(
      `no browser: install one with  sudo apt-get install --no-install-recommends ${packages.join(" ")}`,
    );
  }
  return findChromium();
}
