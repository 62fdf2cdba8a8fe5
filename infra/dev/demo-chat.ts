import { type ChatStreamEvent, createChatReader } from "../harness/chat-reader.ts";
import { signIn, signOut } from "../harness/sign-in.ts";

/** Asks as a user would, shows the answer while it is written, and what it is based on. */
export async function demoChat(
  origin: string,
  user: string,
  { message, json }: { readonly message: string; readonly json: boolean },
): Promise<number> {
  const session = await signIn(origin, user);
  const chat = createChatReader(origin, session);
  const startedAt = performance.now();
  const sent = await chat.send({ message });
  process.stderr.write(`message accepted: ${sent.job_id}\n`);
  let firstMs: number | undefined;
  const show = ({ event, text }: ChatStreamEvent): void => {
    if (text === undefined) process.stderr.write(`${event}\n`);
    else firstMs ??= Math.round(performance.now() - startedAt);
    if (text !== undefined && !json)
      process.stdout.write(event === "snapshot" ? `\n${text}` : text);
  };
  const { end, text } = await chat.follow(sent.job_id, undefined, (event) => {
    show(event);
    return false;
  });
  const { title, messages } = await chat.read(sent.chat_id);
  const answer = messages.find(({ role }) => role === "assistant");
  const sources = answer?.sources ?? [];
  const isWhole = answer?.content === text;
  if (json)
    console.log(
      JSON.stringify({ ...sent, title, answer, first_token_ms: firstMs, is_whole: isWhole }),
    );
  else {
    console.log(
      `\n\n출처   ${sources.map((one) => `${one.title} (${one.url ?? one.id})`).join(" · ") || "없어요"}`,
    );
    console.log(`첫 글자 ${firstMs} ms · ${isWhole ? "저장된 답과 같아요" : "저장된 답과 달라요"}`);
  }
  await signOut(origin, session);
  return end === "done" && isWhole ? 0 : 1;
}
