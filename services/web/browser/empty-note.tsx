import { Icon } from "./icon.tsx";
import { linkTo, words } from "./page-words.ts";

/** In place of a list with nothing in it: what will be there, and how it comes there. */
export function EmptyNote({ title, lead }: { title: string; lead: string }) {
  return (
    <div class="card empty">
      <img src="/api/v1/character/images/char-eco.svg" alt="" width="112" height="112" />
      <h2>{title}</h2>
      <p class="quiet">{lead}</p>
      <a class="button strong" href={linkTo("scan")}>
        <Icon name="scan" />
        {words.list.start}
      </a>
    </div>
  );
}
