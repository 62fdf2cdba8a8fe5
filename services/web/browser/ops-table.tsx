import type { ComponentChildren } from "preact";
import { ops } from "./ops-words.ts";

interface TableProps {
  readonly id: string;
  readonly title: string;
  readonly head: readonly string[];
  /** Null where it could not be read. The first cell of a row names it. */
  readonly rows: readonly (readonly ComponentChildren[])[] | null | undefined;
}

/** A table that scrolls by itself where it is too wide, also by keyboard. */
export function OpsTable({ id, title, head, rows }: TableProps) {
  return (
    <section class="card" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {rows == null && <p class="bad">{ops.system.unread}</p>}
      {rows?.length === 0 && <p class="quiet">{ops.system.none}</p>}
      {rows && rows.length > 0 && <Rows id={id} head={head} rows={rows} />}
    </section>
  );
}

/** @param rows one at least */
export function Rows({ id, head, rows }: Omit<TableProps, "title">) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard
    // biome-ignore lint/a11y/useSemanticElements: a section has a heading of its own
    <div class="scrolled" role="group" aria-labelledby={id} tabIndex={0}>
      <table>
        <thead>
          <tr>
            {head.map((one) => (
              <th key={one} scope="col">
                {one}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows?.map(([first, ...cells], i) => (
            <tr key={i}>
              <th scope="row">{first}</th>
              {cells.map((cell, n) => (
                <td key={n}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
