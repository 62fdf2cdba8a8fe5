import { josa } from "es-hangul";
import * as v from "valibot";
import type { ChatRun, ChatTurn, Start } from "#lib/chat/turn.ts";
import type { Character } from "#lib/contract/character.ts";
import type { Position } from "#lib/contract/places/earth.ts";
import type { Intent } from "../models/chat-model.ts";
import type { Evidence, Findings, Missing, ToolName } from "./evidence.ts";
import type { Seen } from "./look-at-photo.ts";
import { type Place, type PlaceWish, placesWished } from "./place.ts";
import { asksForScans } from "./read-intents.ts";
import { FAILED, runTool, type ToolLimits } from "./run-tool.ts";
import { oneLine } from "./safe-text.ts";
import { searchRules } from "./search-rules.ts";
import type { Topic } from "./turn-topic.ts";

/** A finished scan of the user's own. */
export interface OwnScan {
  readonly jobId: string;
  readonly at: Date;
  /** What it was taken for; null when it had no name. */
  readonly name: string | null;
  readonly category: string;
}

export interface OwnCharacter {
  readonly code: string;
  readonly name: string;
  readonly acquiredAt: Date;
}

/** Whom the tools ask. */
export interface ToolPorts {
  /** The catalogue. */
  characters(): readonly Character[];
  /** The latest first. */
  scansOf(userId: string, limit: number, signal: AbortSignal): Promise<readonly OwnScan[]>;
  collectionOf(userId: string, signal: AbortSignal): Promise<readonly OwnCharacter[]>;
  /** The nearest first. */
  findPlaces(near: Position, wish: PlaceWish, signal: AbortSignal): Promise<readonly Place[]>;
  onToolFailure(tool: ToolName, error: unknown): void;
}

const scansMax = 5;
const placesMax = 5;

const limits: Readonly<Record<ToolName, ToolLimits>> = {
  rules: { timeoutMs: 2_000, tries: 1 },
  characters: { timeoutMs: 2_000, tries: 1 },
  scans: { timeoutMs: 3_000, tries: 2 },
  collection: { timeoutMs: 3_000, tries: 2 },
  // May ask another company's server.
  places: { timeoutMs: 5_000, tries: 2 },
};

interface Asked {
  readonly turn: ChatTurn;
  readonly intents: readonly Intent[];
  readonly topic: Topic;
  readonly seen: Seen | null;
}

/** All tools that the intents call for, side by side; what one of them cannot say is left out, and said so. */
export async function gatherEvidence(
  ports: ToolPorts,
  asked: Asked,
  run: Pick<ChatRun, "signal" | "ask"> & { readonly start: Start },
): Promise<Findings> {
  const { turn, intents, topic } = asked;
  const wants = (...wanted: Intent[]) => intents.some((intent) => wanted.includes(intent));
  const tools: [ToolName, boolean, (signal: AbortSignal) => Promise<readonly Evidence[]>][] = [
    ["rules", isAboutWaste(asked), async () => searchRules(topic, seenIn(asked))],
    [
      "characters",
      wants("character"),
      async () => catalogEvidence(ports.characters(), turn.message),
    ],
    ["collection", wants("character"), (signal) => collectionEvidence(ports, turn.userId, signal)],
    ["scans", asksForScans(turn.message), (signal) => scanEvidence(ports, turn.userId, signal)],
  ];
  const asksOthers =
    asksForScans(turn.message) || wants("character", "location", "collection_point");
  if (asksOthers) await run.start();
  const found = await Promise.all([
    ...tools
      .filter(([, isWanted]) => isWanted)
      .map(([name, , work]) => look(ports, run, name, work)),
    ...(wants("location", "collection_point") ? [lookForPlaces(ports, asked, run)] : []),
  ]);
  return {
    evidence: found.flatMap(({ evidence }) => evidence),
    missing: found.flatMap(({ missing }) => missing),
  };
}

function seenIn({ seen }: Asked) {
  return seen && "vision" in seen ? seen.vision.classification : undefined;
}

function isAboutWaste({ intents, topic }: Asked): boolean {
  const waste: readonly Intent[] = ["waste", "bulk_waste", "collection_point"];
  return topic.items.length > 0 || intents.some((intent) => waste.includes(intent));
}

async function look(
  ports: ToolPorts,
  { signal }: Pick<ChatRun, "signal">,
  tool: ToolName,
  work: (signal: AbortSignal) => Promise<readonly Evidence[]>,
): Promise<Findings> {
  const onFailure = (error: unknown) => ports.onToolFailure(tool, error);
  const evidence = await runTool(limits[tool], signal, work, onFailure);
  if (evidence === FAILED) return missing({ tool, why: "failed" });
  const isBare = evidence.length === 0;
  if (isBare && (tool === "scans" || tool === "collection" || tool === "places")) {
    return missing({ tool, why: "none" });
  }
  return { evidence, missing: [] };
}

function missing(one: Missing): Findings {
  return { evidence: [], missing: [one] };
}

const GivenLocation = v.object({
  latitude: v.pipe(v.number(), v.minValue(-90), v.maxValue(90)),
  longitude: v.pipe(v.number(), v.minValue(-180), v.maxValue(180)),
});

/** The time that its user takes to say where they are is not the tool's. */
async function lookForPlaces(
  ports: ToolPorts,
  { turn, topic }: Asked,
  run: Pick<ChatRun, "signal" | "ask">,
): Promise<Findings> {
  const given = turn.location ?? (await run.ask("location"));
  const near = v.safeParse(GivenLocation, given);
  if (!near.success) return missing({ tool: "places", why: "no location" });
  const wish = placesWished(turn.message, topic);
  return look(ports, run, "places", async (signal) => {
    const places = await ports.findPlaces(near.output, wish, signal);
    return places.slice(0, placesMax).map(placeEvidence);
  });
}

/** Names come out of registers that anybody may have written. */
function placeEvidence({ id, name, address, distance, isOpen, url }: Place): Evidence {
  const title = oneLine(name, 60);
  const open = isOpen === null ? undefined : isOpen ? "지금 열려 있어요" : "지금은 닫혀 있어요";
  const facts = [distance, address && oneLine(address, 100), open].filter(Boolean);
  return {
    type: "place",
    id,
    title,
    url: isWebAddress(url) ? url : null,
    lines: [facts.join(", ")],
  };
}

function isWebAddress(url: string | null): url is string {
  return url !== null && URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
}

function catalogEvidence(characters: readonly Character[], message: string): Evidence[] {
  const named = characters.filter(({ name }) => message.includes(name));
  return (named.length > 0 ? named : characters).map(
    ({ code, name, matchLabel, isDefault, dialog }) => ({
      type: "character",
      id: code,
      title: name,
      url: null,
      lines: [
        matchLabel
          ? `${matchLabel}에 해당하는 물건을 사진으로 분석하면 만날 수 있어요.`
          : isDefault
            ? "처음부터 함께하는 캐릭터예요."
            : "지금은 사진으로 얻을 수 없어요.",
        `"${dialog}"`,
      ],
    }),
  );
}

async function collectionEvidence(
  ports: ToolPorts,
  userId: string,
  signal: AbortSignal,
): Promise<Evidence[]> {
  const owned = await ports.collectionOf(userId, signal);
  return owned.map(({ code, name, acquiredAt }) => ({
    type: "character",
    id: code,
    title: name,
    url: null,
    lines: [`${koreanDate(acquiredAt)}에 만났어요.`],
  }));
}

async function scanEvidence(
  ports: ToolPorts,
  userId: string,
  signal: AbortSignal,
): Promise<Evidence[]> {
  const scans = await ports.scansOf(userId, scansMax, signal);
  return scans.map(({ jobId, at, name, category }) => ({
    type: "scan",
    id: jobId,
    title: `${koreanDate(at)} ${oneLine(name ?? "이름 모를 물건", 60)}`,
    url: null,
    lines: [`${josa(category, "으로/로")} 분석했어요.`],
  }));
}

const dates = new Intl.DateTimeFormat("ko-KR", { timeZone: "Asia/Seoul", dateStyle: "medium" });

function koreanDate(at: Date): string {
  return dates.format(at);
}
