import { type Language, pathOf } from "../page.ts";
import type { Words } from "../words/words.ts";

/** What a device installs the pages as. */
export function manifestOf(
  language: Language,
  words: Words,
  { appIcon, appIcon512 }: { readonly appIcon: string; readonly appIcon512: string },
): string {
  const icon = { src: appIcon, type: "image/svg+xml", sizes: "any" };
  return JSON.stringify({
    name: words.site.name,
    short_name: words.site.name,
    description: words.site.description,
    lang: language,
    start_url: pathOf("scan", language),
    scope: "/",
    id: pathOf("scan", language),
    display: "standalone",
    background_color: "#f4f7f2",
    theme_color: "#f4f7f2",
    icons: [
      { ...icon, purpose: "any" },
      { ...icon, purpose: "maskable" },
      { src: appIcon512, type: "image/png", sizes: "512x512" },
    ],
  });
}
