/** A chart: its title, its unit as Grafana calls it, and each query with the legend of its lines. */
export interface Panel {
  readonly title: string;
  readonly unit: string;
  readonly queries: readonly (readonly [expr: string, legend: string])[];
}

export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly panels: readonly Panel[];
}

const window = "$__rate_interval";
const perS = (metric: string, by: string, where = "") =>
  `sum by (${by}) (rate(${metric}${where && `{${where}}`}[${window}]))`;
const quantile = (q: number, histogram: string, by = "", where = "") =>
  `histogram_quantile(${q}, ${perS(`${histogram}_bucket`, by ? `${by}, le` : "le", where)})`;
const quantiles = (histogram: string, where = ""): Panel["queries"] =>
  [0.5, 0.95, 0.99].map((q) => [quantile(q, histogram, "", where), `p${q * 100}`] as const);
const one = (
  title: string,
  unit: string,
  ...[expr, legend]: readonly [expr: string, legend: string]
): Panel => ({ title, unit, queries: [[expr, legend]] });

const queueMessages = "rabbitmq_detailed_queue_messages";

/** What Grafana shows, one dashboard a question. */
export const DASHBOARDS: readonly Dashboard[] = [
  {
    uid: "eco2-users",
    title: "Eco² · What users see",
    panels: [
      one("Submits", "reqps", perS("eco2_submits_total", "kind, outcome"), "{{kind}} {{outcome}}"),
      one("Results", "reqps", perS("eco2_results_total", "kind, outcome"), "{{kind}} {{outcome}}"),
      one(
        "Completed",
        "percentunit",
        `${perS("eco2_results_total", "kind", 'outcome="completed"')} / ${perS("eco2_results_total", "kind")}`,
        "{{kind}}",
      ),
      {
        title: "Submit to end, scans",
        unit: "s",
        queries: quantiles("eco2_submit_to_end_seconds", 'kind="scan"'),
      },
      {
        title: "Submit to end, chats",
        unit: "s",
        queries: quantiles("eco2_submit_to_end_seconds", 'kind="chat"'),
      },
      one(
        "Requests",
        "reqps",
        perS("eco2_http_request_duration_seconds_count", "status"),
        "{{status}}",
      ),
      one(
        "Time to a response, p95",
        "s",
        quantile(0.95, "eco2_http_request_duration_seconds", "method, route"),
        "{{method}} {{route}}",
      ),
      one("Requests let in", "reqps", perS("eco2_authz_checks_total", "outcome"), "{{outcome}}"),
      one(
        "Sign-ins",
        "reqps",
        perS("eco2_sign_ins_total", "provider, outcome"),
        "{{provider}} {{outcome}}",
      ),
      one("Refreshes", "reqps", perS("eco2_refreshes_total", "outcome"), "{{outcome}}"),
    ],
  },
  {
    uid: "eco2-pipeline",
    title: "Eco² · Pipeline",
    panels: [
      one(
        "Messages in queues",
        "short",
        `max by (queue) (${queueMessages}{queue!~"(dlq|archive)[.].+"})`,
        "{{queue}}",
      ),
      one(
        "Consumers",
        "short",
        'max by (queue) (rabbitmq_detailed_queue_consumers{queue!~"(dlq|archive|retry)[.].+"})',
        "{{queue}}",
      ),
      one("Queue wait, p95", "s", quantile(0.95, "eco2_queue_wait_seconds", "task"), "{{task}}"),
      one("Stages, p95", "s", quantile(0.95, "eco2_task_duration_seconds", "task"), "{{task}}"),
      one(
        "Outcomes",
        "ops",
        perS("eco2_task_duration_seconds_count", "task, outcome"),
        "{{task}} {{outcome}}",
      ),
      one("Retries", "ops", perS("eco2_task_retries_total", "task, reason"), "{{task}} {{reason}}"),
      one(
        "Dead-lettered",
        "ops",
        perS("eco2_dead_letters_total", "task, reason"),
        "{{task}} {{reason}}",
      ),
      one(
        "Dead letters that lie",
        "short",
        `max by (queue) (${queueMessages}{queue=~"(dlq|archive)[.].+"})`,
        "{{queue}}",
      ),
      one("Prefetch", "short", "sum by (task) (eco2_consumer_prefetch)", "{{task}}"),
      one("Held, not settled", "short", "sum by (task) (eco2_consumer_unacked)", "{{task}}"),
      one("Held for its turn", "short", "sum by (task) (eco2_consumer_waiting)", "{{task}}"),
    ],
  },
  {
    uid: "eco2-models",
    title: "Eco² · Models and cost",
    panels: [
      one(
        "Calls",
        "reqps",
        perS("eco2_model_calls_total", "model, outcome"),
        "{{model}} {{outcome}}",
      ),
      one(
        "Time of a call, p95",
        "s",
        quantile(0.95, "eco2_model_call_duration_seconds", "model"),
        "{{model}}",
      ),
      {
        title: "Permits",
        unit: "short",
        queries: [
          ["sum by (model) (eco2_model_calls_in_flight)", "{{model}} in flight"],
          ["sum by (model) (eco2_model_calls_waiting)", "{{model}} waiting"],
          ["sum by (model) (eco2_model_concurrency_limit)", "{{model}} limit"],
        ],
      },
      one("Calls a second allowed", "reqps", "sum by (model) (eco2_model_rate_limit)", "{{model}}"),
      one(
        "Breaker: 0 closed, 1 half-open, 2 open",
        "short",
        "max by (model) (eco2_model_breaker_state)",
        "{{model}}",
      ),
      one(
        "Not permitted",
        "reqps",
        perS("eco2_model_calls_not_permitted_total", "model, reason"),
        "{{model}} {{reason}}",
      ),
      one("Tokens", "short", perS("eco2_model_tokens_total", "model, kind"), "{{model}} {{kind}}"),
      one(
        "Dollars an hour",
        "currencyUSD",
        "sum by (model) (increase(eco2_model_cost_dollars_total[1h]))",
        "{{model}}",
      ),
      one(
        "Photos classified, by source: all but model are calls saved",
        "reqps",
        perS("eco2_vision_calls_total", "source"),
        "{{source}}",
      ),
    ],
  },
  {
    uid: "eco2-streams",
    title: "Eco² · Streams",
    panels: [
      one("Open", "short", "sum by (instance) (eco2_sse_streams)", "{{instance}}"),
      {
        title: "Events are late by",
        unit: "s",
        queries: quantiles("eco2_stream_lag_seconds"),
      },
      one(
        "Since the streams were read",
        "s",
        "max by (instance) (eco2_stream_read_age_seconds)",
        "{{instance}}",
      ),
      one(
        "Gaps mended from the logs",
        "ops",
        `sum(rate(eco2_stream_mends_total[${window}]))`,
        "gaps",
      ),
      one(
        "Entries published",
        "ops",
        perS("eco2_router_entries_total", "instance"),
        "{{instance}}",
      ),
      {
        title: "Publications are late by",
        unit: "s",
        queries: quantiles("eco2_router_lag_seconds"),
      },
      one(
        "Streams a router holds",
        "short",
        "sum by (instance) (eco2_router_streams)",
        "{{instance}}",
      ),
      one(
        "Event loop, p99",
        "s",
        "max by (instance) (nodejs_eventloop_lag_p99_seconds)",
        "{{instance}}",
      ),
      one("Memory", "bytes", "max by (instance) (process_resident_memory_bytes)", "{{instance}}"),
      one("Descriptors", "short", "max by (instance) (process_open_fds)", "{{instance}}"),
    ],
  },
  {
    uid: "eco2-stores",
    title: "Eco² · Stores",
    panels: [
      {
        title: "Connections to PostgreSQL",
        unit: "short",
        queries: [
          ["sum(eco2_database_connections_max)", "processes may hold"],
          ["min(eco2_database_server_connections_max)", "PostgreSQL gives"],
        ],
      },
      one(
        "Use of the pools: above 1 calls wait",
        "percentunit",
        "max by (instance) (eco2_database_calls_in_flight / eco2_database_connections_max)",
        "{{instance}}",
      ),
      one("Rows a batch, p95", "short", quantile(0.95, "eco2_batch_rows", "rows"), "{{rows}}"),
      one("Revocations not published for", "s", "max(eco2_outbox_lag_seconds)", "lag"),
      one(
        "Attempts at webhooks",
        "reqps",
        perS("eco2_webhook_attempts_total", "outcome"),
        "{{outcome}}",
      ),
      {
        title: "Attempts at webhooks late by",
        unit: "s",
        queries: quantiles("eco2_webhook_late_seconds"),
      },
      one(
        "Webhooks disabled",
        "reqps",
        `sum(rate(eco2_webhooks_disabled_total[${window}]))`,
        "disabled",
      ),
      one("Revocations known", "short", "max by (instance) (eco2_revocations)", "{{instance}}"),
      one(
        "CPU",
        "percentunit",
        `sum by (instance) (rate(process_cpu_seconds_total[${window}]))`,
        "{{instance}}",
      ),
      one(
        "Releases",
        "short",
        "count by (version, bun) (eco2_build_info)",
        "{{version}} on Bun {{bun}}",
      ),
    ],
  },
];
