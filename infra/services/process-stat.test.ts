import { expect, test } from "bun:test";
import { parseProcessStat } from "./process-stat.ts";

/** Fields 3 to 24 of proc_pid_stat(5), each the number of its field. */
const fields = Array.from({ length: 22 }, (_, i) => i + 3).join(" ");
const expected = {
  ...{ pid: 4711, state: "3", parent: 4, ticks: 14 + 15 + 16 + 17 },
  ...{ startedAt: "22", pages: 24 },
};

test.each(["bun", "a b", "a) S 1 2", "((", "1 (2) 3"])(
  "fields are read by their number, whatever the process is called: (%s)",
  (name) => {
    expect(parseProcessStat(`4711 (${name}) ${fields}`)).toEqual(expected);
  },
);
