/** Series by name, each with its values a minute apart, as promtool writes them: `0+60x20` rises by 60 twenty times. */
type Series = Readonly<Record<string, string>>;

export interface AlertCase {
  readonly fires: Series;
  /** Just below it, or what looks alike and is none. */
  readonly quiet: readonly Series[];
  /** Minutes after which it is looked for. */
  readonly afterMin?: number;
}

const results = (outcome: string) => `eco2_results_total{kind="scan",outcome="${outcome}"}`;
const accepted = 'eco2_submits_total{kind="scan",outcome="accepted"}';
const within30 = 'eco2_submit_to_end_seconds_bucket{kind="scan",le="30"}';
const ended = 'eco2_submit_to_end_seconds_count{kind="scan"}';
const messages = (queue: string) =>
  `rabbitmq_detailed_queue_messages{vhost="eco2",queue="${queue}"}`;
const consumers = (queue: string) =>
  `rabbitmq_detailed_queue_consumers{vhost="eco2",queue="${queue}"}`;
const lag = (le: string) => `eco2_stream_lag_seconds_bucket{le="${le}"}`;
const waited = (le: string) => `eco2_queue_wait_seconds_bucket{task="scan.vision",le="${le}"}`;
const breaker = (instance: string) =>
  `eco2_model_breaker_state{model="gpt-5.2",instance="${instance}"}`;
const checks = (outcome: string) => `eco2_authz_checks_total{outcome="${outcome}"}`;

/** For each alert a world in which it fires, and those in which it must not. */
export const ALERT_CASES: Readonly<Record<string, AlertCase>> = {
  ResultsFail: {
    fires: { [results("completed")]: "0+95x30", [results("MODEL_TIMEOUT")]: "0+5x30" },
    quiet: [
      { [results("completed")]: "0+99x30", [results("MODEL_TIMEOUT")]: "0+1x30" },
      { [results("completed")]: "0+50x30", [results("CANCELLED")]: "0+50x30" },
      { [results("completed")]: "0+50x30", [results("IMAGE_CORRUPT")]: "0+50x30" },
    ],
  },
  ResultsMissing: {
    fires: { [accepted]: "0+60x60", [results("completed")]: "0+30x60" },
    quiet: [
      { [accepted]: "0+60x60", [results("completed")]: "0+58x60" },
      // A night: somebody's few scans.
      { [accepted]: "0x40 1 2 2x40" },
    ],
    afterMin: 45,
  },
  SubmitToEndSlowFast: {
    fires: { [ended]: "0+100x90", [within30]: "0+60x90" },
    quiet: [
      { [ended]: "0+100x90", [within30]: "0+90x90" },
      // It is over: the hour was bad, the last minutes are not.
      { [ended]: "0+100x90", [within30]: "0+50x60 3000+100x30" },
    ],
    afterMin: 80,
  },
  SubmitToEndSlow: {
    fires: { [ended]: "0+100x400", [within30]: "0+85x400" },
    quiet: [{ [ended]: "0+100x400", [within30]: "0+95x400" }],
    afterMin: 390,
  },
  StreamLag: {
    fires: { [lag("1")]: "0+90x20", [lag("5")]: "0+100x20", [lag("+Inf")]: "0+100x20" },
    quiet: [
      { [lag("0.01")]: "0+99.5x20", [lag("1")]: "0+100x20", [lag("+Inf")]: "0+100x20" },
      { 'eco2_stream_read_age_seconds{instance="a"}': "1x20" },
    ],
  },
  QueueWithoutConsumers: {
    fires: { [messages("scan.vision")]: "5x20", [consumers("scan.vision")]: "0x20" },
    quiet: [
      { [messages("scan.vision")]: "5x20", [consumers("scan.vision")]: "2x20" },
      { [messages("scan.vision")]: "0x20", [consumers("scan.vision")]: "0x20" },
      { [messages("dlq.scan.vision")]: "5x20", [consumers("dlq.scan.vision")]: "0x20" },
      { [messages("retry.5s")]: "5x20", [consumers("retry.5s")]: "0x20" },
    ],
  },
  QueueWaitLong: {
    fires: { [waited("30")]: "0+50x30", [waited("60")]: "0+100x30", [waited("+Inf")]: "0+100x30" },
    quiet: [{ [waited("5")]: "0+99x30", [waited("30")]: "0+100x30", [waited("+Inf")]: "0+100x30" }],
  },
  DeadLetters: {
    fires: { [messages("dlq.scan.answer")]: "0x5 1x40" },
    quiet: [
      // Redriven in time.
      { [messages("dlq.scan.answer")]: "0x5 1x6 0x5 2x6 0x20" },
      { [messages("scan.answer")]: "9x40" },
    ],
    afterMin: 30,
  },
  ModelBreakerOpen: {
    fires: { [breaker("a")]: "0x2 2x20", [breaker("b")]: "0x22" },
    quiet: [{ [breaker("a")]: "0x2 2 1 0x20" }, { [breaker("a")]: "1x20" }],
  },
  ModelCostBudget: {
    fires: { 'eco2_model_cost_dollars_total{model="gpt-5.2"}': "0+0.2x90" },
    quiet: [{ 'eco2_model_cost_dollars_total{model="gpt-5.2"}': "0+0.1x90" }],
    afterMin: 80,
  },
  GatekeeperDenials: {
    fires: { [checks("allowed")]: "0+300x30", [checks("TOKEN_KEY_UNKNOWN")]: "0+300x30" },
    quiet: [
      { [checks("allowed")]: "0+900x30", [checks("UNAUTHENTICATED")]: "0+100x30" },
      { [checks("allowed")]: "0+300x30", [checks("TOKEN_EXPIRED")]: "0+300x30" },
      // Somebody without a token at night.
      { [checks("UNAUTHENTICATED")]: "0+30x30" },
    ],
  },
  OutboxLag: {
    fires: {
      'eco2_outbox_lag_seconds{instance="a"}': "0x2 60+60x20",
      'eco2_outbox_lag_seconds{instance="b"}': "0x22",
    },
    quiet: [{ 'eco2_outbox_lag_seconds{instance="a"}': "0.2x5 45 0.2x20" }],
  },
  ConnectionBudget: {
    fires: {
      'eco2_database_connections_max{instance="a"}': "48x20",
      'eco2_database_connections_max{instance="b"}': "48x20",
      'eco2_database_server_connections_max{instance="a"}': "97x20",
    },
    quiet: [
      {
        'eco2_database_connections_max{instance="a"}': "48x20",
        'eco2_database_server_connections_max{instance="a"}': "97x20",
      },
      // Behind a pooler the server's number says nothing.
      { 'eco2_database_connections_max{instance="a"}': "96x20" },
    ],
  },
  NotScraped: {
    fires: { 'up{job="eco2",instance="a"}': "1x2 0x20" },
    quiet: [
      { 'up{job="eco2",instance="a"}': "1 0 0 1x20" },
      // Somebody else's, in the same cluster.
      { 'up{job="theirs",instance="b"}': "0x20" },
    ],
  },
};
