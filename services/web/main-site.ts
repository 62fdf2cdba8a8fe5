import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { type Bundle, bundleBrowser, bundleServiceWorker } from "./adapters/bundle.ts";
import type { Site, SiteFile } from "./adapters/http.ts";
import { assetsPath, LANGUAGES, NAVIGATION, PAGES, pathOf, serviceWorkerPath } from "./page.ts";
import { Document } from "./pages/document.tsx";
import { manifestOf } from "./pages/manifest.ts";
import { en } from "./words/en.ts";
import { ko } from "./words/ko.ts";
import { opsEn } from "./words/ops-en.ts";
import { opsKo } from "./words/ops-ko.ts";

const dictionaries = { ko, en } as const;
const opsWords = { ko: opsKo, en: opsEn } as const;

/** Everything that is served, ready to be sent: bundled, rendered, compressed. */
export async function buildSite(): Promise<Site> {
  const bundle = await bundleBrowser();
  const { style, opsStyle, icons, appIcon, appIcon180, appIcon512 } = bundle;
  const files = new Map<string, SiteFile>();
  for (const [name, bytes] of bundle.files) {
    files.set(`${assetsPath}/${name}`, file("immutable", typeOf(name), bytes));
  }
  const ofOps = partsOfOps(bundle);
  const shell = [...files.keys()].filter((path) => !ofOps.has(path));
  for (const language of LANGUAGES) {
    const words = dictionaries[language];
    const text = manifestOf(language, words, { appIcon, appIcon512 });
    const manifest = `${assetsPath}/manifest-${language}-${Bun.hash(text).toString(36)}.webmanifest`;
    files.set(manifest, file("immutable", typeOf(manifest), text));
    for (const page of PAGES) {
      const scripts = bundle.scriptsOf(page);
      const html = Document({
        page,
        language,
        words,
        scripts,
        styles: page === "ops" ? [style, opsStyle] : [style],
        ...(page === "ops" && { moreWords: opsWords[language] }),
        icons,
        appIcon,
        appIcon180,
        manifest,
      });
      files.set(
        pathOf(page, language),
        file("document", typeOf(".html"), `<!doctype html>${html}`),
      );
      if (page !== "ops") shell.push(pathOf(page, language));
    }
  }
  const worker = await bundleServiceWorker(shell);
  files.set(serviceWorkerPath, file("fresh", typeOf(".js"), worker));
  return files;
}

/** What no other page loads: nobody's browser keeps it for when there is no network. */
function partsOfOps({ scriptsOf, opsStyle }: Bundle): ReadonlySet<string> {
  const others = new Set(NAVIGATION.flatMap((page) => scriptsOf(page)));
  return new Set([opsStyle, ...scriptsOf("ops").filter((path) => !others.has(path))]);
}

const TYPES: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  svg: "image/svg+xml; charset=utf-8",
  png: "image/png",
  webmanifest: "application/manifest+json; charset=utf-8",
};

function typeOf(name: string): string {
  return TYPES[name.slice(name.lastIndexOf(".") + 1)] ?? "application/octet-stream";
}

function file(
  kind: SiteFile["kind"],
  type: string,
  content: string | Uint8Array<ArrayBuffer>,
): SiteFile {
  const plain = typeof content === "string" ? new TextEncoder().encode(content) : content;
  const etag = `"${Bun.hash(plain).toString(36)}"`;
  // Pixels are compressed as they are.
  if (type.startsWith("image/png")) return { kind, type, etag, bodies: { plain } };
  const params = { [constants.BROTLI_PARAM_QUALITY]: brotliQuality };
  const br = new Uint8Array(brotliCompressSync(plain, { params }));
  const gzip = new Uint8Array(gzipSync(plain, { level: 9 }));
  return { kind, type, etag, bodies: { plain, br, gzip } };
}

/** Of 11: the last two cost ten times as much and save three in a hundred. */
const brotliQuality = 9;
