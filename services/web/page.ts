/** The pages that everybody is led to, in this order. */
export const NAVIGATION = ["scan", "history", "collection", "chat", "places", "account"] as const;

/** All there are: administrators know the address of theirs. */
export const PAGES = [...NAVIGATION, "ops"] as const;
export type PageName = (typeof PAGES)[number];

/** Korean first: it has the short addresses. */
export const LANGUAGES = ["ko", "en"] as const;
export type Language = (typeof LANGUAGES)[number];

/**
 * Language is part of the address and of nothing else: a page is the same for everybody, so it is made once, may be
 * cached, and a link to it shows others what its sender saw.
 *
 * @example
 * pathOf("history", "en"); // "/en/history"
 */
export function pathOf(page: PageName, language: Language): string {
  const name = page === "scan" ? "" : `/${page}`;
  return (language === "ko" ? name : `/${language}${name}`) || "/";
}

/** Where the service worker is: its folder is what it may serve, which is everything. */
export const serviceWorkerPath = "/sw.js";

/** Files whose name says what is in them. */
export const assetsPath = "/assets";
