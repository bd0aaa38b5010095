import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, type Context, type Span } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import type { TraceExportConfig } from '../base/trace-config.ts';

/** What is known of a span, by the semantic conventions of OpenTelemetry. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean | string[]>>;

/** Something that took time, as monitoring is told of it. */
export interface ExportedSpan {
  readonly name: string;
  /** CLIENT for what another service does for us. */
  readonly kind: 'CLIENT' | 'INTERNAL';
  readonly startedAt: Date;
  readonly endedAt: Date;
  readonly attributes: SpanAttributes;
  /** Why it failed; null where it did not. */
  readonly error: { readonly type: string; readonly message: string } | null;
}

/** A span that is not over, under which others stand. */
export interface OpenSpan {
  add(child: ExportedSpan): void;
  /** @param more attributes that are known at the end */
  close(endedAt: Date, more: SpanAttributes, error: ExportedSpan['error']): void;
}

/** Sends spans to a collector of OpenTelemetry. Nothing waits for it, and what it cannot send is lost. */
export interface SpanExport {
  /** Whether what was said goes along. */
  readonly hasContent: boolean;
  open(name: string, startedAt: Date, attributes: SpanAttributes): OpenSpan;
  /** A span that stands alone. */
  add(span: ExportedSpan): void;
  /** Sends what is left, for five seconds at most. */
  close(): Promise<void>;
}

const exportTimeoutMs = 5_000;

function end(span: Span, endedAt: Date, error: ExportedSpan['error']): void {
  if (error !== null) span.setAttribute('error.type', error.type).setStatus({ code: SpanStatusCode.ERROR, message: error.message });
  span.end(endedAt);
}

/**
 * Creates it: OTLP over HTTP in protobuf, in batches.
 *
 * @param instance names this process
 */
export function createSpanExport(
  { url, headers, serviceName, hasContent }: TraceExportConfig,
  instance: { readonly version: string; readonly nodeId: string },
): SpanExport {
  const exporter = new OTLPTraceExporter({ url, headers, timeoutMillis: exportTimeoutMs });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': serviceName, 'service.version': instance.version, 'service.instance.id': instance.nodeId }),
    spanProcessors: [new BatchSpanProcessor({ exporter, exportTimeoutMillis: exportTimeoutMs, scheduledDelayMillis: 1_000 })],
  });
  const tracer = provider.getTracer('colloquy', instance.version);
  const begin = (name: string, kind: ExportedSpan['kind'], startTime: Date, attributes: SpanAttributes, context: Context): Span =>
    tracer.startSpan(name, { kind: SpanKind[kind], startTime, attributes }, context);
  const add = ({ name, kind, startedAt, endedAt, attributes, error }: ExportedSpan, context: Context): void =>
    end(begin(name, kind, startedAt, attributes, context), endedAt, error);
  return {
    hasContent,
    open: (name, startedAt, attributes) => {
      const span = begin(name, 'INTERNAL', startedAt, attributes, ROOT_CONTEXT);
      const context = trace.setSpan(ROOT_CONTEXT, span);
      return {
        add: (child) => add(child, context),
        close: (endedAt, more, error) => end(span.setAttributes(more), endedAt, error),
      };
    },
    add: (span) => add(span, ROOT_CONTEXT),
    close: () => provider.shutdown(),
  };
}
