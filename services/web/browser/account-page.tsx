import { useState } from "preact/hooks";
import { dataOf } from "#lib/client/calls.ts";
import { fill } from "../words/words.ts";
import { DeleteAccount } from "./delete-account.tsx";
import { eco2 } from "./eco2.ts";
import { collectData } from "./export-data.ts";
import { Icon } from "./icon.tsx";
import { forgetEverything } from "./job-memory.ts";
import { dateText, words } from "./page-words.ts";
import { type Account, readAccount } from "./read-account.ts";
import { startPage } from "./start-page.tsx";
import { messageOf, Trouble } from "./trouble.tsx";
import { useLoaded } from "./use-loaded.ts";

/** Who is signed in, what is kept of them, and the way out. */
function AccountPage() {
  const [loaded, reload] = useLoaded(readAccount);
  if (loaded.state === "failed") return <Trouble error={loaded.error} onRetry={reload} />;
  if (loaded.state === "loading") {
    return <div class="skeleton" role="status" aria-label={words.site.loading} />;
  }
  return (
    <>
      <Profile account={loaded.value} />
      <ExportData />
      <DeleteAccount />
    </>
  );
}

function Profile({ account }: { account: Account }) {
  const [said, setSaid] = useState("");
  async function save(form: HTMLFormElement): Promise<void> {
    const nickname = String(new FormData(form).get("nickname")).trim() || null;
    try {
      dataOf(await eco2.api.PATCH("/api/v1/users/me", { body: { nickname } }));
      setSaid(words.me.saved);
    } catch (error) {
      setSaid(messageOf(error));
    }
  }
  async function signOut(): Promise<void> {
    await eco2.signOut().catch(() => undefined);
    forgetEverything();
    location.reload();
  }
  return (
    <section class="card profile">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void save(event.currentTarget);
        }}
      >
        <label for="nickname">{words.me.nickname}</label>
        <div class="row">
          <input
            id="nickname"
            name="nickname"
            maxLength={30}
            autocomplete="nickname"
            defaultValue={account.nickname ?? ""}
            aria-describedby="nickname-hint"
          />
          <button type="submit" class="button strong">
            {words.me.save}
          </button>
        </div>
        <p id="nickname-hint" class="quiet small">
          {words.me.nicknameHint}
        </p>
        <p role="status" class="good">
          {said}
        </p>
      </form>
      <dl>
        {account.email && (
          <>
            <dt>{words.me.email}</dt>
            <dd>{account.email}</dd>
          </>
        )}
        <dt>{words.me.since}</dt>
        <dd>{dateText(account.created_at)}</dd>
        <dt>{words.me.id}</dt>
        <dd class="mono">{account.id}</dd>
      </dl>
      <button type="button" class="button" onClick={() => void signOut()}>
        {words.me.signOut}
      </button>
    </section>
  );
}

function ExportData() {
  const [said, setSaid] = useState("");
  async function download(): Promise<void> {
    try {
      const file = await collectData((n) => setSaid(fill(words.me.exporting, { n })));
      const url = URL.createObjectURL(file);
      Object.assign(document.createElement("a"), { href: url, download: "eco2.json" }).click();
      URL.revokeObjectURL(url);
      setSaid(words.me.exported);
    } catch (error) {
      setSaid(messageOf(error));
    }
  }
  return (
    <section class="card stack">
      <h2>{words.me.exportTitle}</h2>
      <p class="quiet">{words.me.exportLead}</p>
      <p>
        <button type="button" class="button" onClick={() => void download()}>
          <Icon name="download" />
          {words.me.export}
        </button>
      </p>
      <p role="status">{said}</p>
    </section>
  );
}

startPage(AccountPage);
