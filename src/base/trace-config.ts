import { z } from 'zod';
import { wholeNumber } from './config-values.ts';

/** Where spans are sent. */
export interface TraceExportConfig {
  /** The whole address for traces. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly serviceName: string;
  /** Whether what was said goes along. */
  readonly hasContent: boolean;
}

/** What is kept of how runs went. */
export interface TraceConfig {
  /** How long; 0 keeps nothing. */
  readonly retentionMs: number;
  /** How much of what was sent and received is kept of each step; 0 keeps the facts alone. */
  readonly maxContentBytes: number;
  /** Null sends nothing anywhere. */
  readonly export: TraceExportConfig | null;
}

const address = z.url({ protocol: /^https?$/, error: 'must be an address, for example http://127.0.0.1:4318' }).optional();

/** `name=value` separated by commas, percent-encoded as in the specification of OpenTelemetry. */
const headerList = z
  .string()
  .default('')
  .transform((text, context) => {
    const headers: Record<string, string> = {};
    for (const pair of text.split(',').filter((one) => one.trim() !== '')) {
      const at = pair.indexOf('=');
      try {
        if (at < 1) throw new Error('no name');
        headers[decodeURIComponent(pair.slice(0, at).trim())] = decodeURIComponent(pair.slice(at + 1).trim());
      } catch {
        context.addIssue({ code: 'custom', message: 'must be name=value, separated by commas, for example authorization=Basic%20abc' });
      }
    }
    return headers;
  });

/** The variables of traces. Those with OTEL are of the specification of OpenTelemetry, so that what explains them elsewhere holds here. */
export const traceVariables = {
  TRACE_RETENTION_DAYS: wholeNumber(30, 0, 3_650),
  TRACE_MAX_CONTENT_BYTES: wholeNumber(65_536, 0, 16 * 1024 * 1024),
  OTEL_EXPORTER_OTLP_ENDPOINT: address,
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: address,
  OTEL_EXPORTER_OTLP_HEADERS: headerList,
  OTEL_SERVICE_NAME: z.string().default('colloquy'),
  OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: z.stringbool({ truthy: ['true'], falsy: ['false'], error: 'must be true or false' }).default(false),
};

/** The part of the configuration. */
export function shapeTraces(values: z.output<z.ZodObject<typeof traceVariables>>): TraceConfig {
  const base = values.OTEL_EXPORTER_OTLP_ENDPOINT;
  const url = values.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? (base === undefined ? null : `${base.replace(/\/$/, '')}/v1/traces`);
  return {
    retentionMs: values.TRACE_RETENTION_DAYS * 86_400_000,
    maxContentBytes: values.TRACE_MAX_CONTENT_BYTES,
    export:
      url === null
        ? null
        : {
            url,
            headers: values.OTEL_EXPORTER_OTLP_HEADERS,
            serviceName: values.OTEL_SERVICE_NAME,
            hasContent: values.OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT,
          },
  };
}
