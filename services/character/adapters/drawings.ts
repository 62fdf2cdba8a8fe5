import { readdir, readFile } from "node:fs/promises";
import type { Drawing } from "../catalog-entry.ts";

/** What a character without a drawing of its own is shown as. */
const neutral = "neutral";
const folder = new URL("../images/", import.meta.url);

/** The drawings of the project, all in memory: they are few and small. */
export async function readDrawings(): Promise<(code: string) => Drawing> {
  const files = (await readdir(folder)).filter((name) => name.endsWith(".svg"));
  const drawings = new Map<string, string>();
  for (const file of files) {
    drawings.set(file.replace(/\.svg$/, ""), await readFile(new URL(file, folder), "utf8"));
  }
  const fallback = drawings.get(neutral) ?? "";
  return function drawingOf(code) {
    const svg = drawings.get(code);
    return { svg: svg ?? fallback, isOwn: svg !== undefined };
  };
}
