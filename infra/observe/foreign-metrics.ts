/** What RabbitMQ's `/metrics/detailed` has for the families that `prometheus.yaml` asks for, with its labels. */
export const brokerMetrics = {
  rabbitmq_detailed_queue_messages: ["vhost", "queue"],
  rabbitmq_detailed_queue_consumers: ["vhost", "queue"],
} as const;

/** Those that Prometheus gives every series. */
export const ownLabels = ["instance", "job"] as const;
