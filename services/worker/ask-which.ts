import type { SaidItem } from "#lib/contract/items/read-words.ts";
import { isDangerous } from "#lib/contract/items/safety.ts";

const namedMax = 4;

/** Asks which of several items of different categories is meant; the dangerous ones come first. */
export function askWhich(items: readonly SaidItem[]): string {
  const sorted = [...items.filter(isDangerous), ...items.filter((item) => !isDangerous(item))];
  const named = sorted.slice(0, namedMax).map((item) => `'${item.name}': ${item.category}`);
  return `${named.join(", ")}. 버리는 방법이 서로 달라요. 어느 것을 먼저 버리실까요?`;
}

/** Asks which is meant, where a photo shows another thing than the words name. */
export function askWhichOf(said: string, shown: string): string {
  return `말씀하신 것은 '${said}'인데 사진에는 '${shown}' 같은 것이 보여요. 어느 쪽을 버리시나요?`;
}
