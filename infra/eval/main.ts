import { join } from "node:path";
import * as v from "valibot";
import { alignColumns } from "#lib/cli/align-columns.ts";
import { type Typed, UsageError } from "#lib/cli/command-line.ts";
import { runCommand } from "#lib/cli/run-command.ts";
import { createSemaphore } from "#lib/process/semaphore.ts";
import { renderChart } from "../bench/chart-svg.ts";
import { ask } from "./ask.ts";
import {
  Floor,
  isBelow,
  judge,
  kindOf,
  type Question,
  readQuestions,
  share,
  Tally,
  tally,
} from "./judge.ts";
import { type OpenModel, openModel, type Usage } from "./open-model.ts";

/**
 * `bun run eval [--questions FILE] [--model NAME] [--price IN,OUT] [--json] [--save]`: asks every question through
 * the tasks of a scan, with its photo or one that shows nothing, and says which came out right, asked back, and wrong.
 * Exits 1 below the floor of a set in `floor.json`; another file is held to that of `questions`.
 */
const options = {
  questions: { type: "string" },
  model: { type: "string", default: "local" },
  price: { type: "string" },
  json: { type: "boolean", default: false },
  save: { type: "boolean", default: false },
} as const;

const folder = import.meta.dir;
const verdicts = ["right", "asked", "wrong"] as const;
const atOnceMax = 8;

await runCommand(
  {
    name: "eval",
    usage: `usage: bun run eval [--questions FILE] [--model NAME] [--price IN,OUT] [--json] [--save]
  --questions FILE  questions as infra/eval/questions.json has them, instead of the project's own
  --model NAME      a model a key is set for, as a worker would call it; default local
  --price IN,OUT    dollars a million tokens in and out: then the cost is also said in dollars
  --json            everything as one JSON document on standard output, instead of tables
  --save            also the figures the next run is compared with, and their chart`,
    options,
  },
  ({ values }) => main(values),
);

async function main(values: Typed<typeof options>["values"]): Promise<number> {
  const own = ["questions", "sentences", "dictionary", "photos"];
  const files = values.questions
    ? [["questions", values.questions] as const]
    : own.map((name) => [name, join(folder, `${name}.json`)] as const);
  const price = values.price === undefined ? undefined : readPrice(values.price);
  const floors = v.parse(
    v.record(v.string(), Floor),
    await Bun.file(join(folder, "floor.json")).json(),
  );
  const model = openModel(values.model, Bun.env);
  const sets: EvaluatedSet[] = [];
  for (const [name, file] of files) {
    const questions = readQuestions(await Bun.file(file).json());
    const judged = await judgeAll(questions, model);
    const floor = floors[name] ?? { right: 0, wrong: 100 };
    const counts = tally(judged);
    const isFailed = counts.all === undefined || isBelow(floor, counts.all);
    sets.push({ name, floor, counts, isFailed, judged });
  }
  const savedPath = join(folder, "results", `${values.model}.json`);
  const savedFile = Bun.file(savedPath);
  const savedJson: unknown = (await savedFile.exists()) ? await savedFile.json() : {};
  const saved = v.parse(v.record(v.string(), Tally), savedJson);
  const dollars = price && costOf(model.usage, price);
  const report = { model: values.model, usage: { ...model.usage, dollars }, sets };
  const text = values.json ? JSON.stringify(report, null, 2) : render(report, saved);
  await Bun.write(Bun.stdout, `${text}\n`);
  if (values.save) await save(savedPath, sets);
  model.close();
  return sets.some(({ isFailed }) => isFailed) ? 1 : 0;
}

type Judged = Awaited<ReturnType<typeof judgeOne>>;
interface EvaluatedSet {
  readonly name: string;
  readonly floor: Floor;
  readonly counts: Tally;
  readonly isFailed: boolean;
  readonly judged: readonly Judged[];
}

function judgeAll(questions: readonly Question[], model: OpenModel) {
  const inTurn = createSemaphore(atOnceMax);
  return Promise.all(questions.map((question) => inTurn(() => judgeOne(question, model))));
}

async function judgeOne(question: Question, model: OpenModel) {
  const { vision, answer } = await ask(model, question);
  const category = vision.classification.middle_category;
  return { question, category, answer, verdict: judge(question, category) };
}

function render({ model, usage, sets }: Report, saved: Record<string, Tally>): string {
  const parts = sets.map((set) => renderSet(set, saved[set.name]));
  const { calls, tokensIn, tokensOut, ms, dollars } = usage;
  const mean = calls === 0 ? "" : `, ${(ms / calls / 1000).toFixed(2)} s a call`;
  const money = dollars === undefined ? "" : `, $${dollars.toFixed(2)}`;
  const cost = `${calls} calls${mean}, ${tokensIn} + ${tokensOut} tokens${money}`;
  return [...parts, `${model}: ${cost}`].join("\n\n");
}

interface Report {
  readonly model: string;
  readonly usage: Usage & { readonly dollars: number | undefined };
  readonly sets: readonly EvaluatedSet[];
}

/** Dollars a million tokens. */
type Price = readonly [tokensIn: number, tokensOut: number];

function readPrice(text: string): Price {
  const [tokensIn = Number.NaN, tokensOut = Number.NaN, ...more] = text.split(",").map(Number);
  if (tokensIn >= 0 && tokensOut >= 0 && more.length === 0) return [tokensIn, tokensOut];
  throw new UsageError("--price: two numbers as 1.25,10");
}

function costOf({ tokensIn, tokensOut }: Usage, price: Price): number {
  return (tokensIn * price[0] + tokensOut * price[1]) / 1_000_000;
}

function renderSet({ name, floor, counts, isFailed, judged }: EvaluatedSet, before?: Tally) {
  const rows = Object.entries(counts).map(([kind, count]) => {
    const was = before?.[kind];
    const change = was ? share(count, "right") - share(was, "right") : 0;
    const percent = `${share(count, "right").toFixed(1)} %`;
    const sign = change > 0 ? "+" : "";
    const counted = verdicts.map((verdict) => `${count[verdict]}`);
    return [kind, ...counted, percent, change === 0 ? "" : `${sign}${change.toFixed(1)}`];
  });
  const misses = judged
    .filter(({ verdict }) => verdict !== "right")
    .map(({ question, category, verdict }) => [
      ...[verdict, kindOf(question), asText(question), category, question.accept.join(" or ")],
    ]);
  const bounds = `at least ${floor.right} % right, at most ${floor.wrong} % wrong`;
  return [
    `${name}: ${isFailed ? "BELOW THE FLOOR" : "above the floor"} (${bounds})`,
    alignColumns([["kind", ...verdicts, "right", "before"], ...rows]),
    alignColumns(misses),
  ].join("\n");
}

function asText({ say, photo }: Question): string {
  return photo === undefined ? say : `${say || "-"} (${photo})`;
}

async function save(path: string, sets: readonly EvaluatedSet[]): Promise<void> {
  const tallies = Object.fromEntries(sets.map(({ name, counts }) => [name, counts]));
  await Bun.write(path, `${JSON.stringify(tallies, null, 2)}\n`);
  const counts = sets.find(({ name }) => name === "questions")?.counts ?? {};
  const kinds = Object.entries(counts).filter(([kind]) => kind !== "all");
  const chart = await renderChart({
    title: "Questions by kind: how they came out",
    x: { label: "Kind" },
    y: { label: "Questions" },
    kind: "bar",
    series: verdicts.map((verdict) => ({
      name: verdict,
      points: kinds.map(([kind, count]) => ({ x: kind, y: count[verdict] })),
    })),
  });
  await Bun.write(path.replace(/\.json$/, ".svg"), chart);
}
