import * as v from "valibot";
import { USER_ID } from "#lib/contract/user-id.ts";
import { parseImageHosts } from "#lib/image/image-hosts.ts";

/**
 * Settings that more than one service reads. A service's `config.ts` picks what it needs, so a
 * variable has one name, one default and one description wherever it is read. The README's
 * configuration table is rendered from these descriptions.
 */

const wholeNumber = (min: number, max: number) =>
  v.pipe(
    v.string(),
    v.regex(/^\d{1,15}$/, "must be a whole number"),
    v.transform(Number),
    v.minValue(min, `must be at least ${min}`),
    v.maxValue(max, `must be at most ${max}`),
  );

/** What one user, or all, may have or do of something; "0 is no limit" is added to what it says. */
const limit = (most: string, byDefault: number) =>
  v.optional(v.pipe(wholeNumber(0, 1_000_000), d(`${most}; 0 is no limit`)), String(byDefault));

const url = (protocols: readonly string[]) =>
  v.pipe(
    v.string(),
    v.check(
      (text) => URL.canParse(text) && protocols.includes(new URL(text).protocol),
      `must be a URL starting with ${protocols.map((p) => `${p}//`).join(" or ")}`,
    ),
  );

/** One server: behind several stands one name, as of a Service or a proxy, which knows who takes writes. */
const storeUrl = (protocols: readonly string[]) =>
  v.pipe(
    v.string(),
    v.check(
      (text) => !text.includes(","),
      "must be one URL, not a list: name what stands before them",
    ),
    url(protocols),
  );

const commaList = v.pipe(
  v.string(),
  v.transform((text) =>
    text
      .split(",")
      .map((part) => part.trim())
      .filter(Boolean),
  ),
);

const isOrigin = (text: string): boolean => URL.canParse(text) && new URL(text).origin === text;

/**
 * The origin of a web page, as a browser writes it: also of an app that shows its pages under a scheme of its own. A
 * wildcard would match nothing, `null` and `file:` pages of anybody.
 */
const isPageOrigin = (text: string): boolean =>
  !text.includes("*") && (isOrigin(text) || APP_ORIGIN.test(text));
const APP_ORIGIN = /^(?!https?:|file:)[a-z][a-z\d+.-]*:\/\/[a-z\d._-]+(?::\d{1,5})?$/;

/** A path, a query or an account in it would be dropped without a word. */
const origin = v.pipe(
  url(["http:", "https:"]),
  v.check(
    (text) => isOrigin(text.replace(/\/$/, "")),
    "must be an origin, as https://eco2.example",
  ),
);

const modelNames = v.pipe(
  commaList,
  v.minLength(1, "must name a model"),
  v.everyItem((name) => !/\s/.test(name), "must be names, comma separated"),
);

/** Paths of requests are appended to it. */
const modelServer = v.pipe(
  url(["http:", "https:"]),
  v.check((text) => !/[?#]/.test(text), "must have no query: paths are appended to it"),
  v.check(
    (text) => !/\/(?:chat\/)?completions\/?$/.test(text),
    "must end before /chat/completions, as http://127.0.0.1:8000/v1",
  ),
);

const imageHosts = v.pipe(
  commaList,
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    try {
      parseImageHosts(dataset.value);
    } catch (error) {
      addIssue({ message: error instanceof Error ? error.message : String(error) });
    }
  }),
);

const d = v.description;

export const settings = {
  DATABASE_URL: v.pipe(
    storeUrl(["postgres:", "postgresql:"]),
    d("PostgreSQL, with user and database; PgBouncer in transaction mode will do"),
  ),
  REDIS_URL: v.pipe(storeUrl(["redis:", "rediss:"]), d("Redis")),
  REDIS_PREFIX: v.optional(
    v.pipe(
      v.string(),
      // Also a part of a pattern that keys are listed by.
      v.regex(/^[\w:.-]{0,64}$/, "must be letters, digits, `:`, `.`, `_` or `-`"),
      d("Stands before every key and channel, where others use the same Redis: `eco2:`"),
    ),
    "",
  ),
  PUBSUB_REDIS_URL: v.pipe(
    storeUrl(["redis:", "rediss:"]),
    d("Redis that the event router publishes to: one of its own, which keeps nothing"),
  ),
  AMQP_URL: v.pipe(storeUrl(["amqp:", "amqps:"]), d("RabbitMQ, with user and vhost")),
  AMQP_TOPOLOGY: v.optional(
    v.pipe(
      v.picklist(["declare", "check"]),
      d(
        "`check` where somebody else declares exchanges and queues, as an operator of Kubernetes does: processes " +
          "only look whether they are there",
      ),
    ),
    "declare",
  ),
  PORT: v.optional(v.pipe(wholeNumber(0, 65_535), d("HTTP port of the process")), "8080"),
  HOST: v.optional(
    v.pipe(
      v.string(),
      d("Address that ports are bound to; `0.0.0.0` opens them to other machines"),
    ),
    // Behind it callers may be whoever they say they are (AUTH_MODE=dev, or no gatekeeper in front).
    "127.0.0.1",
  ),
  HEALTH_PORT: v.optional(
    v.pipe(
      wholeNumber(0, 65_535),
      d("Port of the health endpoints of what serves nothing else: worker and event-router"),
    ),
    "8081",
  ),
  METRICS_PORT: v.optional(
    v.pipe(
      wholeNumber(0, 65_535),
      d("Port of `/metrics` for Prometheus, which nothing else is served at; of the worker 9465"),
    ),
    "9464",
  ),
  WEBHOOK_LOOPBACK: v.optional(
    v.pipe(
      v.picklist(["refuse", "allow"]),
      d("`allow` lets webhooks go to this machine, also by plain http: for developers"),
    ),
    "refuse",
  ),
  PUBLIC_URL: v.optional(
    v.pipe(
      origin,
      d("Origin under which clients reach the API; default `http://127.0.0.1:<PORT>`"),
    ),
  ),
  CDN_URL: v.optional(
    v.pipe(
      url(["http:", "https:"]),
      d("Origin that serves uploaded photos when it is not the API itself"),
    ),
  ),
  S3_ENDPOINT: v.optional(v.pipe(url(["http:", "https:"]), d("S3 as clients reach it"))),
  OTEL_EXPORTER_OTLP_ENDPOINT: v.optional(
    v.pipe(
      url(["http:", "https:"]),
      d(
        "Collector that traces go to by OTLP over HTTP: `http://127.0.0.1:4318`. Without it none are made",
      ),
    ),
  ),
  OTEL_TRACES_SAMPLER_ARG: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^(?:0(?:\.\d+)?|1(?:\.0+)?)$/, "must be a number from 0 to 1"),
      v.transform(Number),
      d("Share of the requests whose trace is recorded, from 0 to 1, whatever their clients say"),
    ),
    "0.1",
  ),
  LOG_LEVEL: v.optional(
    v.pipe(
      v.picklist(["debug", "access", "info", "warn", "error"]),
      d("Least severe level that is logged; `access` is one line a request"),
    ),
    "info",
  ),
  BOOT_WAIT_S: v.optional(
    v.pipe(
      wholeNumber(0, 600),
      d(
        "Seconds a process waits at its start for backing services that are not there yet, or not migrated. What " +
          "is refused, as a wrong password, ends it at once",
      ),
    ),
    "0",
  ),
  STOP_WAIT_S: v.optional(
    v.pipe(
      wholeNumber(0, 15),
      d(
        "Seconds a process goes on serving after SIGTERM while `/readyz` is 503: longer than proxies take to notice",
      ),
    ),
    "0",
  ),
  ADMIN_USERS: v.optional(
    v.pipe(
      commaList,
      v.everyItem((id) => USER_ID.test(id), "must be user ids, comma separated"),
      d(
        "Users who may see and repair the running system (`/ops`) and change the character catalogue, by id, comma " +
          "separated; by default nobody",
      ),
    ),
    "",
  ),
  CORS_ORIGINS: v.optional(
    v.pipe(
      commaList,
      v.everyItem(
        isPageOrigin,
        "must name each origin in full, as https://app.example.com; a wildcard matches nothing",
      ),
      d(
        "Origins of web pages that may call the API with a user's cookies, comma separated, each in full: " +
          "`https://app.example.com`, `http://localhost:5173`, `capacitor://localhost`",
      ),
    ),
    "",
  ),
  IMAGE_HOSTS: v.optional(
    v.pipe(
      imageHosts,
      d(
        "Hosts photos may be fetched from, comma separated. A bare host means https; an entry " +
          "with its scheme, as `http://127.0.0.1:4999`, opens exactly that origin",
      ),
    ),
    "",
  ),
  DEFAULT_MODEL: v.optional(
    v.pipe(v.string(), d("Model used when a scan names none; one of the supported ones")),
    "gpt-5.2",
  ),
  SUPPORTED_GPT_MODELS: v.optional(
    v.pipe(
      modelNames,
      d(
        "Models of OpenAI or of `OPENAI_BASE_URL` a scan may name, comma separated. Default: of a server " +
          "`DEFAULT_MODEL` alone, of OpenAI `gpt-5.2,gpt-5.1,gpt-5-mini`",
      ),
    ),
  ),
  SUPPORTED_GEMINI_MODELS: v.optional(
    v.pipe(modelNames, d("Gemini models a scan may name, comma separated")),
    "gemini-3-pro,gemini-2.5-pro,gemini-2.5-flash",
  ),
  OPENAI_API_KEY: v.optional(v.pipe(v.string(), d("Key of OpenAI or of `OPENAI_BASE_URL`"))),
  OPENAI_BASE_URL: v.optional(
    v.pipe(
      modelServer,
      d("Any OpenAI-compatible server, with the version path: `http://127.0.0.1:8000/v1`"),
    ),
  ),
  GEMINI_API_KEY: v.optional(v.pipe(v.string(), d("Key of Gemini"))),
} as const;

/** What every service reads. */
export const processSettings = {
  LOG_LEVEL: settings.LOG_LEVEL,
  BOOT_WAIT_S: settings.BOOT_WAIT_S,
  STOP_WAIT_S: settings.STOP_WAIT_S,
  METRICS_PORT: settings.METRICS_PORT,
  OTEL_EXPORTER_OTLP_ENDPOINT: settings.OTEL_EXPORTER_OTLP_ENDPOINT,
  OTEL_TRACES_SAMPLER_ARG: settings.OTEL_TRACES_SAMPLER_ARG,
} as const;

export { commaList, limit, origin, url, wholeNumber };
