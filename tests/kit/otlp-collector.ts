import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import protobuf from 'protobufjs';
import { giveUpMs } from './patience.ts';
import { createEventQueue, type EventQueue } from './event-queue.ts';

// What a test looks at of opentelemetry/proto/{collector/trace,trace,common}/v1.
const proto = `
  syntax = "proto3";
  message Request { repeated ResourceSpans resource_spans = 1; }
  message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; }
  message Resource { repeated KeyValue attributes = 1; }
  message ScopeSpans { repeated Span spans = 2; }
  message Span {
    bytes trace_id = 1; bytes span_id = 2; bytes parent_span_id = 4; string name = 5; int32 kind = 6;
    fixed64 start_time_unix_nano = 7; fixed64 end_time_unix_nano = 8; repeated KeyValue attributes = 9; Status status = 15;
  }
  message Status { string message = 2; int32 code = 3; }
  message KeyValue { string key = 1; AnyValue value = 2; }
  message AnyValue { oneof value { string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4; ArrayValue array_value = 5; } }
  message ArrayValue { repeated AnyValue values = 1; }`;

/** A span as a collector reads it from the wire. */
export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly name: string;
  /** 1 for INTERNAL, 3 for CLIENT. */
  readonly kind: number;
  readonly durationMs: number;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** 0 where none was set, 2 for an error. */
  readonly status: { readonly code: number; readonly message: string };
  readonly resource: Readonly<Record<string, unknown>>;
  readonly headers: IncomingHttpHeaders;
}

/** A collector of OpenTelemetry on a free port. */
export interface OtlpCollector {
  readonly url: string;
  readonly spans: EventQueue<ReceivedSpan>;
  close(): Promise<void>;
}

const valueOf = (value: any): unknown => (value.arrayValue === undefined ? Object.values(value)[0] : value.arrayValue.values.map(valueOf));
const attributesOf = (list: readonly any[] = []): Readonly<Record<string, unknown>> => Object.fromEntries(list.map(({ key, value }) => [key, valueOf(value)]));

/** Starts it: OTLP over HTTP in protobuf at `/v1/traces`. */
export async function createOtlpCollector(): Promise<OtlpCollector> {
  const request = protobuf.parse(proto).root.lookupType('Request');
  const spans = createEventQueue<ReceivedSpan>('the collector', giveUpMs);
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const read: any = request.toObject(request.decode(Buffer.concat(chunks)), { longs: Number });
      for (const { resource, scopeSpans } of read.resourceSpans)
        for (const span of scopeSpans.flatMap((scope: any) => scope.spans))
          spans.push({
            traceId: Buffer.from(span.traceId).toString('hex'),
            spanId: Buffer.from(span.spanId).toString('hex'),
            parentSpanId: Buffer.from(span.parentSpanId ?? []).toString('hex'),
            name: span.name,
            kind: span.kind,
            durationMs: (span.endTimeUnixNano - span.startTimeUnixNano) / 1e6,
            attributes: attributesOf(span.attributes),
            status: { code: span.status?.code ?? 0, message: span.status?.message ?? '' },
            resource: attributesOf(resource.attributes),
            headers: incoming.headers,
          });
      response.writeHead(incoming.url === '/v1/traces' ? 200 : 404).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    spans,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
