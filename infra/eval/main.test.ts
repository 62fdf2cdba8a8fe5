import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Reply, startOpenAiServer } from "#lib/testing/openai-server.ts";
import type { Question } from "./judge.ts";

const folder = mkdtempSync(join(tmpdir(), "eco2-eval-"));
/** A hosted model that takes every photo for a metal spoon. */
const spoon: Reply["content"] = {
  classification: {
    major_category: "재활용폐기물",
    middle_category: "금속류",
    minor_category: "숟가락",
  },
  situation_tags: [],
  question: null,
};
const server = startOpenAiServer({ vision: { content: spoon, usage: [1_000, 50] } });
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

const source = "made up · kind h-made-up";
const questions: Question[] = [
  { say: "숟가락이에요", accept: ["금속류"], source },
  // Words and photo show two things: it is asked which is meant.
  { say: "신문지예요", accept: ["종이"], source },
  { say: "", photo: "hammer.webp", accept: ["유리병"], source },
];

test("a hosted model is asked as a worker asks it, and its tokens, time and misses are said", async () => {
  const file = join(folder, "questions.json");
  await Bun.write(file, JSON.stringify(questions));
  const args = ["--questions", file, "--model", "spoons", "--price", "2,10", "--json"];
  const child = Bun.spawn([process.execPath, join(import.meta.dir, "main.ts"), ...args], {
    env: { PATH: process.env.PATH, OPENAI_BASE_URL: server.url },
    stdout: "pipe",
    stderr: "inherit",
  });
  const { model, usage, sets } = JSON.parse(await new Response(child.stdout).text());
  expect(sets[0].judged.map(({ verdict }: { verdict: string }) => verdict)).toEqual([
    "right",
    "asked",
    "wrong",
  ]);
  // One of three right is below the floor. What is asked about costs no second call.
  expect([await child.exited, sets[0].isFailed, server.counts]).toEqual([
    1,
    true,
    { vision: 3, answer: 2 },
  ]);
  expect([model, usage.calls, usage.tokensIn, usage.tokensOut]).toEqual(["spoons", 5, 3_000, 150]);
  expect(usage.dollars).toBeCloseTo(0.0075, 6);
  expect(usage.ms).toBeGreaterThan(0);
  const bodies = server.calls.filter(({ stage }) => stage === "vision").map(({ body }) => body);
  expect(bodies.map((body) => body.model)).toEqual(["spoons", "spoons", "spoons"]);
  expect(JSON.stringify(bodies)).toContain("숟가락이에요");
}, 30_000);
