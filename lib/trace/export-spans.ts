import {
  type Link,
  ROOT_CONTEXT,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { version } from "#lib/config/version.ts";
import { recordSpans } from "./span.ts";
import { traceId } from "./trace-context.ts";

const KINDS = {
  server: SpanKind.SERVER,
  consumer: SpanKind.CONSUMER,
  client: SpanKind.CLIENT,
  internal: SpanKind.INTERNAL,
} as const;

/**
 * Records the spans of this process and sends them in batches, by OTLP over HTTP. A collector that is away costs spans,
 * never a request: what does not fit into the queue is dropped. Loaded only where traces are exported.
 *
 * @param endpoint of the collector, as OpenTelemetry has it: without `/v1/traces`
 * @returns sends what is left, and ends
 */
export function exportSpans(
  name: string,
  { endpoint, ratio }: { readonly endpoint: string; readonly ratio: number },
): () => Promise<void> {
  const url = `${endpoint.replace(/\/$/, "")}/v1/traces`;
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ "service.name": name, "service.version": version }),
    spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter({ url }) })],
  });
  const tracer = provider.getTracer("eco2", version);
  recordSpans(({ parent, name: spanName, kind, attributes, links = [], startedAt }) => {
    const under = parent ? trace.setSpanContext(ROOT_CONTEXT, contextOf(parent)) : ROOT_CONTEXT;
    const span = tracer.startSpan(
      spanName,
      {
        kind: KINDS[kind],
        ...(attributes ? { attributes } : {}),
        links: links.map(toLink),
        ...(startedAt ? { startTime: startedAt } : {}),
      },
      under,
    );
    const { traceId: id, spanId } = span.spanContext();
    return {
      traceparent: `00-${id}-${spanId}-01`,
      link: (other) => void span.addLink(toLink(other)),
      end: ({ name: lastName, attributes: more, error } = {}) => {
        if (lastName) span.updateName(lastName);
        if (more) span.setAttributes(more);
        if (error) span.setAttribute("error.type", error).setStatus({ code: SpanStatusCode.ERROR });
        span.end();
      },
    };
  }, ratio);
  return () => provider.shutdown();
}

function contextOf(traceparent: string): SpanContext {
  return {
    traceId: traceId(traceparent),
    spanId: traceparent.slice(36, 52),
    traceFlags: 1,
    isRemote: true,
  };
}

function toLink(traceparent: string): Link {
  return { context: contextOf(traceparent) };
}
