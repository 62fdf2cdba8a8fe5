import type { ChatSource } from "#lib/chat/turn.ts";

/** What a tool found: a source of the answer, and what it says, in Korean, most fitting first. */
export interface Evidence extends ChatSource {
  readonly type: "item" | "regulation" | "scan" | "character" | "place";
  readonly lines: readonly string[];
  /** Of a regulation: what is done, in order. */
  readonly steps?: readonly string[];
}

/** What could not be looked up, or was looked for in vain. */
export type Missing =
  | { readonly tool: ToolName; readonly why: "failed" }
  | { readonly tool: "places"; readonly why: "no location" | "none" }
  | { readonly tool: "scans" | "collection"; readonly why: "none" };

export type ToolName = "rules" | "scans" | "characters" | "collection" | "places";

export interface Findings {
  readonly evidence: readonly Evidence[];
  readonly missing: readonly Missing[];
}

export function missingSentence({ tool, why }: Missing): string {
  switch (why) {
    case "failed":
      return `지금은 ${toolNames[tool]} 찾아보지 못했어요. 잠시 뒤에 다시 물어봐 주세요.`;
    case "no location":
      return "위치를 알려 주시면 가까운 곳을 찾아 드릴게요.";
    case "none":
      return nothingFound[tool];
  }
}

const nothingFound = {
  places:
    "알려 주신 위치 가까이에서는 등록된 곳을 찾지 못했어요. 사는 곳의 주민센터나 구청 청소과에 물어봐 주세요.",
  scans: "아직 남아 있는 스캔 기록이 없어요.",
  collection: "아직 모은 캐릭터가 없어요.",
} as const;

/** With the particle of an object. */
const toolNames: Readonly<Record<ToolName, string>> = {
  rules: "배출 기준을",
  scans: "스캔 기록을",
  characters: "캐릭터 정보를",
  collection: "모은 캐릭터를",
  places: "가까운 곳을",
};
