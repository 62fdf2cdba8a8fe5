import { type ComponentType, render } from "preact";
import { serviceWorkerPath } from "../page.ts";
import { NetworkNote } from "./network-note.tsx";

/** Puts a page's content where its document has left room, and keeps the page for when there is no network. */
export function startPage(Page: ComponentType): void {
  const root = document.getElementById("app");
  if (!root) return;
  root.replaceChildren();
  render(
    <>
      <NetworkNote />
      <Page />
    </>,
    root,
  );
  // The other language shows the same scan or conversation.
  const other = document.querySelector<HTMLAnchorElement>("a.language");
  other?.addEventListener("click", () => {
    other.hash = location.hash;
  });
  // Not before the page itself has loaded: on a slow connection it would wait for what others need.
  addEventListener(
    "load",
    () => void navigator.serviceWorker?.register(serviceWorkerPath).catch(() => undefined),
  );
}
