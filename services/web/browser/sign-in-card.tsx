import { dataOf } from "#lib/client/calls.ts";
import { fill } from "../words/words.ts";
import { eco2 } from "./eco2.ts";
import { Icon } from "./icon.tsx";
import { words } from "./page-words.ts";
import { useLoaded } from "./use-loaded.ts";

const names: Readonly<Record<string, string>> = {
  google: words.signIn.google,
  kakao: words.signIn.kakao,
  naver: words.signIn.naver,
};

/** The ways to sign in that this server has. The browser comes back to where it is now. */
export function SignInCard() {
  const [providers] = useLoaded(
    async () => dataOf(await eco2.api.GET("/api/v1/auth/providers")).providers,
  );
  const found = providers.state === "ready" ? providers.value : [];
  const hasFailed = new URLSearchParams(location.search).has("error");
  return (
    <section class="card sign-in" aria-labelledby="sign-in-title">
      <Icon name="account" />
      <h2 id="sign-in-title">{words.signIn.title}</h2>
      <p>{words.signIn.lead}</p>
      {hasFailed && (
        <p role="alert" class="bad">
          {words.signIn.failed}
        </p>
      )}
      <div class="ways">
        {found
          .filter((provider) => provider !== "dev")
          .map((provider) => (
            <a class={`button provider ${provider}`} href={signInUrl(provider)} key={provider}>
              {fill(words.signIn.with, { provider: names[provider] ?? provider })}
            </a>
          ))}
        {found.includes("dev") && <DevSignIn />}
        {providers.state === "ready" && found.length === 0 && <p>{words.signIn.none}</p>}
      </div>
    </section>
  );
}

function DevSignIn() {
  return (
    <form
      class="dev"
      onSubmit={(event) => {
        event.preventDefault();
        const name = new FormData(event.currentTarget).get("name");
        location.assign(signInUrl("dev", String(name)));
      }}
    >
      <label for="dev-name">
        {words.signIn.devTitle}: {words.signIn.devName}
      </label>
      <input
        id="dev-name"
        name="name"
        required
        maxLength={64}
        pattern="[A-Za-z0-9._@\-]+"
        title={words.signIn.devHint}
        defaultValue="demo"
        autocomplete="username"
      />
      <button type="submit" class="button strong">
        {words.signIn.devGo}
      </button>
    </form>
  );
}

function signInUrl(provider: string, loginHint?: string): string {
  const redirect = location.pathname + location.hash;
  return eco2.signInUrl(provider, { redirect, ...(loginHint && { loginHint }) });
}
