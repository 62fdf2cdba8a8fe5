/** @jsxImportSource hono/jsx */
import { LANGUAGES, type Language, NAVIGATION, type PageName, pathOf } from "../page.ts";
import type { OpsWords, Words } from "../words/words.ts";

export interface DocumentProps {
  readonly page: PageName;
  readonly language: Language;
  readonly words: Words;
  /** Addresses; the first one is the page's own script. */
  readonly scripts: readonly string[];
  /** What the page says besides, where no other page says it. */
  readonly moreWords?: OpsWords;
  /** The one of all pages first. */
  readonly styles: readonly string[];
  readonly icons: string;
  readonly appIcon: string;
  readonly appIcon180: string;
  readonly manifest: string;
}

/**
 * One page before its script runs: what it is about, where else one can go, and a place for what the script shows.
 * It says nothing of a user, so it is the same for all of them.
 */
export function Document(props: DocumentProps) {
  const { page, language, words } = props;
  const [script, ...parts] = props.scripts;
  return (
    <html lang={language} data-icons={props.icons} data-page={page}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
        <title>{`${words[page].title} · ${words.site.name}`}</title>
        <meta name="description" content={words.site.description} />
        <meta name="color-scheme" content="light dark" />
        <meta name="theme-color" content="#f4f7f2" media="(prefers-color-scheme: light)" />
        <meta name="theme-color" content="#0e1411" media="(prefers-color-scheme: dark)" />
        {props.styles.map((style) => (
          <link rel="stylesheet" href={style} />
        ))}
        <link rel="icon" type="image/svg+xml" href={props.appIcon} />
        <link rel="apple-touch-icon" href={props.appIcon180} />
        <link rel="manifest" href={props.manifest} />
        {LANGUAGES.map((one) => (
          <link rel="alternate" hreflang={one} href={pathOf(page, one)} />
        ))}
        {parts.map((part) => (
          <link rel="modulepreload" href={part} />
        ))}
        <script type="module" src={script} />
      </head>
      <body>
        <a class="skip" href="#main">
          {words.site.skip}
        </a>
        <Header {...props} />
        <main id="main" tabindex={-1}>
          <div class="intro">
            <h1>{words[page].title}</h1>
            <p>{words[page].lead}</p>
          </div>
          <noscript>
            <p class="card">{words.site.noScript}</p>
          </noscript>
          <div id="app" class="app">
            <div class="skeleton" aria-hidden="true" />
          </div>
        </main>
        <footer class="foot">
          <p>{words.site.foot}</p>
          <p>
            <a href="/api/v1/docs">{words.site.api}</a>
          </p>
        </footer>
        {/* Data, not a script: the policy of the page lets no inline script run. */}
        <script
          type="application/json"
          id="words"
          dangerouslySetInnerHTML={{
            __html: JSON.stringify({ ...words, ...props.moreWords }).replaceAll("<", "\\u003c"),
          }}
        />
      </body>
    </html>
  );
}

function Header({ page, language, words, icons }: DocumentProps) {
  const other: Language = language === "ko" ? "en" : "ko";
  return (
    <header class="top">
      <a class="brand" href={pathOf("scan", language)}>
        <Icon icons={icons} name="leaf" />
        <span>{words.site.name}</span>
      </a>
      <nav class="pages" aria-label={words.site.navigation}>
        <ul>
          {NAVIGATION.map((one) => (
            <li>
              <a href={pathOf(one, language)} aria-current={one === page ? "page" : undefined}>
                <Icon icons={icons} name={one} />
                <span>{words[one].nav}</span>
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <a class="language" href={pathOf(page, other)} hreflang={other} lang={other}>
        {words.site.otherLanguage}
      </a>
    </header>
  );
}

function Icon({ icons, name }: { icons: string; name: string }) {
  return (
    <svg class="icon" aria-hidden="true" focusable="false">
      <use href={`${icons}#${name}`} />
    </svg>
  );
}
