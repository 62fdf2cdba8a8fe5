import { dataOf } from "#lib/client/calls.ts";
import { createClient } from "#lib/client/create-client.ts";

/** Asks as a user would, shows the answer while it is written, and what it is based on. */
export async function demoChat(
  origin: string,
  user: string,
  { message, json }: { readonly message: string; readonly json: boolean },
): Promise<number> {
  const eco2 = createClient({ baseUrl: origin });
  await eco2.signIn("dev", { loginHint: user });
  const startedAt = performance.now();
  const { jobId, chatId, messageId, events } = await eco2.chat(message);
  process.stderr.write(`message accepted: ${jobId}\n`);
  let [text, end]: [string, string | undefined] = ["", undefined];
  let firstMs: number | undefined;
  for await (const event of events) {
    end = event.event;
    if (event.event !== "token" && event.event !== "snapshot") {
      process.stderr.write(`${event.event}\n`);
      continue;
    }
    firstMs ??= Math.round(performance.now() - startedAt);
    const isAnew = event.event === "snapshot";
    text = isAnew ? event.text : text + event.text;
    if (!json) process.stdout.write(isAnew ? `\n${text}` : event.text);
  }
  const params = { path: { chat_id: chatId } };
  const { title, messages } = dataOf(await eco2.api.GET("/api/v1/chat/{chat_id}", { params }));
  const answer = messages.find(({ role }) => role === "assistant");
  const sources = answer?.sources ?? [];
  const isWhole = answer?.content === text;
  if (json) {
    const ids = { job_id: jobId, chat_id: chatId, message_id: messageId };
    const timed = { first_token_ms: firstMs, is_whole: isWhole };
    console.log(JSON.stringify({ ...ids, title, answer, ...timed }));
  } else {
    console.log(
      `\n\n출처   ${sources.map((one) => `${one.title} (${one.url ?? one.id})`).join(" · ") || "없어요"}`,
    );
    console.log(`첫 글자 ${firstMs} ms · ${isWhole ? "저장된 답과 같아요" : "저장된 답과 달라요"}`);
  }
  await eco2.signOut();
  return end === "done" && isWhole ? 0 : 1;
}
