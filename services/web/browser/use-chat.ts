import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import type { paths } from "#lib/client/api.d.ts";
import { dataOf } from "#lib/client/calls.ts";
import { eco2 } from "./eco2.ts";
import { locate } from "./locate.ts";

type MessagePage =
  paths["/api/v1/chat/{chat_id}"]["get"]["responses"][200]["content"]["application/json"];
export type Message = MessagePage["messages"][number];

/** An answer that is being written. */
export interface Writing {
  readonly jobId: string;
  readonly text: string;
  /** It has asked where the user is, and waits for a while. */
  readonly needsPlace: boolean;
}

export interface Conversation {
  readonly messages: readonly Message[];
  readonly older: string | null;
  readonly writing: Writing | undefined;
  readonly error: unknown;
}

const empty: Conversation = { messages: [], older: null, writing: undefined, error: undefined };

/** The job of a conversation's answer that runs, where a reload and another tab find it. */
const jobKey = (chatId: string) => `eco2 answer ${chatId}`;

/**
 * One conversation, which the address names. What is said is read from the API; an answer that is being written is
 * followed as a stream, and goes on after a reload and without a network in between.
 */
export function useChat(chatId: string | undefined, onOpened: (chatId: string) => void) {
  const [talk, setTalk] = useState<Conversation>(empty);
  const leaving = useRef(new AbortController());
  const update = (more: Partial<Conversation>) => setTalk((before) => ({ ...before, ...more }));

  /** @returns whether the newest is an answer: in the same step it is no more shown as being written. */
  const read = useCallback(async (id: string, cursor?: string): Promise<boolean> => {
    const page = await readPage(id, cursor, leaving.current.signal);
    const isAnswered = cursor === undefined && page.messages.at(-1)?.role === "assistant";
    setTalk((before) => ({
      ...before,
      messages: cursor === undefined ? page.messages : [...page.messages, ...before.messages],
      older: page.next_cursor,
      error: undefined,
      writing: isAnswered ? undefined : before.writing,
    }));
    return isAnswered;
  }, []);

  const follow = useCallback(
    async (id: string, jobId: string): Promise<void> => {
      const { signal } = leaving.current;
      let writing: Writing = { jobId, text: "", needsPlace: false };
      update({ writing });
      for await (const event of eco2.followChat(jobId, { signal })) {
        if (event.event === "token") writing = { ...writing, text: writing.text + event.text };
        else if (event.event === "snapshot") writing = { ...writing, text: event.text };
        writing = {
          ...writing,
          needsPlace: event.event === "needs_input" && event.type === "location",
        };
        update({ writing });
      }
      localStorage.removeItem(jobKey(id));
      await read(id);
      update({ writing: undefined });
    },
    [read],
  );

  const guard = useCallback(async (work: () => Promise<void>): Promise<void> => {
    const { signal } = leaving.current;
    try {
      await work();
    } catch (error) {
      if (!signal.aborted) update({ error, writing: undefined });
    }
  }, []);

  useEffect(() => {
    leaving.current = new AbortController();
    setTalk(empty);
    if (chatId !== undefined) {
      void guard(async () => {
        const isAnswered = await read(chatId);
        const jobId = localStorage.getItem(jobKey(chatId));
        if (isAnswered) localStorage.removeItem(jobKey(chatId));
        else if (jobId !== null) await follow(chatId, jobId);
      });
    }
    return () => leaving.current.abort();
  }, [chatId, read, follow, guard]);

  const send = useCallback(
    (message: string, photo: Blob | undefined): Promise<void> =>
      guard(async () => {
        update({ error: undefined, writing: { jobId: "", text: "", needsPlace: false } });
        const sent = await eco2.chat(message, { chatId, photo });
        localStorage.setItem(jobKey(sent.chatId), sent.jobId);
        // A new conversation gets an address, and is shown from there.
        if (chatId === undefined) return onOpened(sent.chatId);
        await read(sent.chatId);
        await follow(sent.chatId, sent.jobId);
      }),
    [chatId, follow, guard, onOpened, read],
  );

  return {
    talk,
    send,
    readOlder: (cursor: string) =>
      guard(async () => {
        if (chatId !== undefined) await read(chatId, cursor);
      }),
  };
}

async function readPage(id: string, cursor: string | undefined, signal: AbortSignal) {
  const params = { path: { chat_id: id }, query: cursor === undefined ? {} : { cursor } };
  return dataOf(await eco2.api.GET("/api/v1/chat/{chat_id}", { params, signal }));
}

/** Ends an answer; what was written stays. One that has ended meanwhile needs nothing. */
export function stopAnswer(jobId: string): void {
  const params = { path: { job_id: jobId } };
  eco2.api.DELETE("/api/v1/chat/jobs/{job_id}", { params }).catch(ignore);
}

/** Gives an answer the position it has asked for, or says that it will not come. */
export async function givePlace(jobId: string, isGiven: boolean): Promise<void> {
  const at = isGiven ? await locate() : undefined;
  const body = at
    ? ({ type: "location", data: { latitude: at.lat, longitude: at.lon } } as const)
    : ({ type: "cancel" } as const);
  const params = { path: { job_id: jobId } };
  await eco2.api.POST("/api/v1/chat/jobs/{job_id}/input", { params, body }).catch(ignore);
}

/** What is followed goes on as it does without. */
const ignore = () => undefined;
