import { Eco2Error } from "#lib/client/eco2-error.ts";
import { fill } from "../words/words.ts";
import { Icon } from "./icon.tsx";
import { language, words } from "./page-words.ts";
import { SignInCard } from "./sign-in-card.tsx";

/** What went wrong in the user's language. The API's own sentences are Korean. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Eco2Error)) return words.error.generic;
  if (error.code === "NETWORK") return words.error.network;
  const own: Readonly<Record<string, string>> = words.faults;
  const detail = language === "ko" ? error.problem?.detail : undefined;
  const said = detail ?? own[error.code] ?? words.error.generic;
  const { retryAfterS } = error;
  if (error.status !== 429 || retryAfterS === undefined) return said;
  return `${said} ${fill(words.error.wait, { seconds: Math.ceil(retryAfterS) })}`;
}

export function isSignedOut(error: unknown): boolean {
  return error instanceof Eco2Error && error.status === 401;
}

/** An error with a way out of it: signing in where that is what is missing, else another try. */
export function Trouble({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  if (isSignedOut(error)) return <SignInCard />;
  return (
    <div class="card trouble" role="alert">
      <Icon name="warning" />
      <div>
        <h2>{words.error.title}</h2>
        <p>{messageOf(error)}</p>
        {onRetry && (
          <button type="button" class="button" onClick={onRetry}>
            <Icon name="again" />
            {words.error.retry}
          </button>
        )}
      </div>
    </div>
  );
}
