import { dataOf } from "#lib/client/calls.ts";
import { eco2 } from "./eco2.ts";

/** Everything the API keeps of the user, as the API says it. `onCount` is told how much has been collected. */
export async function collectData(onCount: (n: number) => void): Promise<Blob> {
  let count = 0;
  const counted = <T>(items: readonly T[]): readonly T[] => {
    count += items.length;
    onCount(count);
    return items;
  };
  const account = dataOf(await eco2.api.GET("/api/v1/users/me"));
  const { characters } = dataOf(await eco2.api.GET("/api/v1/users/me/characters"));
  counted(characters);
  const scans = [];
  for await (const scan of pages(listScans)) {
    const params = { path: { job_id: scan.job_id } };
    scans.push({
      ...scan,
      result: (await eco2.api.GET("/api/v1/scan/{job_id}/result", { params })).data,
    });
    counted([scan]);
  }
  const chats = [];
  for await (const chat of pages(listChats)) {
    const messages = [];
    for await (const message of pages(listMessages(chat.id))) messages.push(message);
    chats.push({ ...chat, messages: counted(messages) });
  }
  const data = { exported_at: new Date().toISOString(), account, characters, scans, chats };
  return new Blob([JSON.stringify(data, null, 2)], { type: "application/json" });
}

interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}
type ListPage<T> = (cursor: { cursor?: string }) => Promise<Page<T>>;

async function* pages<T>(list: ListPage<T>): AsyncGenerator<T> {
  let cursor: string | null | undefined;
  while (cursor !== null) {
    const page: Page<T> = await list(cursor === undefined ? {} : { cursor });
    yield* page.items;
    cursor = page.next;
  }
}

async function listScans(cursor: { cursor?: string }) {
  const query = { limit: "100", ...cursor };
  const page = dataOf(await eco2.api.GET("/api/v1/scan", { params: { query } }));
  return { items: page.items, next: page.next_cursor };
}

async function listChats(cursor: { cursor?: string }) {
  const query = { limit: "100", ...cursor };
  const page = dataOf(await eco2.api.GET("/api/v1/chat", { params: { query } }));
  return { items: page.chats, next: page.next_cursor };
}

function listMessages(chatId: string) {
  return async (cursor: { cursor?: string }) => {
    const params = { path: { chat_id: chatId }, query: { limit: "200", ...cursor } };
    const page = dataOf(await eco2.api.GET("/api/v1/chat/{chat_id}", { params }));
    return { items: page.messages, next: page.next_cursor };
  };
}
