import { runtimeLimits } from "#lib/config/runtime-limits.ts";
import { withDeadline } from "#lib/process/with-deadline.ts";
import { projectFolder } from "../services/ensure-services.ts";
import { killOnExit } from "./kill-on-exit.ts";

const replyMsMax = 300_000;

/**
 * A process of a suite's own, which replies to one question after another by `answerParent`; ended by
 * disposing of it.
 *
 * @param file a program of this project, from the project's folder.
 * @param env besides the runtime limits of the system's own processes
 */
export function startChild<Question, Reply>(
  file: string,
  env: Readonly<Record<string, string | undefined>> = {},
) {
  let pending = Promise.withResolvers<Reply>();
  const child = Bun.spawn([process.execPath, file], {
    cwd: projectFolder,
    env: { PATH: process.env.PATH, ...runtimeLimits(), ...env },
    stdio: ["ignore", "inherit", "inherit"],
    ipc: (reply: Reply) => pending.resolve(reply),
  });
  const exited = killOnExit(child);
  const endedEarly = exited.then(() => {
    throw new Error(`${file} ended before it had said everything`);
  });
  endedEarly.catch(() => undefined);
  return {
    pid: child.pid,
    /** @throws Error when the process ends first, or takes too long. */
    ask: (question: Question): Promise<Reply> => {
      pending = Promise.withResolvers();
      child.send(question);
      return withDeadline(replyMsMax, Promise.race([pending.promise, endedEarly]));
    },
    [Symbol.asyncDispose]: async (): Promise<void> => {
      child.kill("SIGTERM");
      await exited;
    },
  };
}

/** The child's side: replies to its parent's questions in turn, and ends when the parent does. */
export function answerParent<Question, Reply>(reply: (question: Question) => Promise<Reply>): void {
  process.on("message", async (question: Question) => {
    process.send?.((await reply(question)) ?? null);
  });
  process.on("disconnect", () => process.exit(0));
}
