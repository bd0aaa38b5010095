import { z } from 'zod';
import { abortable, delay } from '../base/async.ts';
import { defaultRetryPolicy, waitBefore, type RetryPolicy } from './attempts.ts';
import { beginningOf } from './captured-request.ts';
import type { EngineFailure } from './engine.ts';
import { describeFailure, type FailureSubject } from './failures.ts';
import { NetworkError, ProtocolError, reasonsOf, retryAfterMsOf, VendorError } from './faults.ts';
import { createStreamGuard, type StreamGuard } from './stream-guard.ts';

/** How long the parts of a call may take, and how much may come back. */
export interface CallLimits {
  /** Until the headers are there, in milliseconds. */
  readonly headersTimeoutMs: number;
  /** Between two pieces of the body, in milliseconds. */
  readonly idleTimeoutMs: number;
  readonly maxBytes: number;
}

/** A failed call whose failure is described; thrown by `withAttempts`. */
export class CallFailed extends Error {
  override readonly name = 'CallFailed';
  readonly failure: EngineFailure;

  constructor(failure: EngineFailure) {
    super(failure.message);
    this.failure = failure;
  }
}

/** The whole body of an answer, as long as it is not larger than it may be and never falls silent. */
export async function readWhole(
  response: Response,
  guard: StreamGuard,
  { idleTimeoutMs, maxBytes }: Omit<CallLimits, 'headersTimeoutMs'>,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const reader = response.body?.getReader();
  try {
    while (reader !== undefined) {
      guard.limit('next token', idleTimeoutMs);
      const { done, value } = await abortable(reader.read(), guard.signal).catch((error: unknown) => {
        throw guard.signal.aborted ? guard.signal.reason : new NetworkError(error);
      });
      if (done) break;
      bytes += value.length;
      if (bytes > maxBytes) throw new ProtocolError(`sent more than ${maxBytes} bytes`);
      chunks.push(value);
    }
    return Buffer.concat(chunks, bytes);
  } finally {
    guard.rest();
    void reader?.cancel().catch(() => {});
  }
}

/** Parsed JSON of an answer; a web page or anything else is no answer. */
export function jsonOf(bytes: Uint8Array): unknown {
  const text = new TextDecoder().decode(bytes);
  try {
    return JSON.parse(text);
  } catch {
    throw new ProtocolError(/<html|<!doctype/i.test(text) ? 'sent a web page in place of JSON' : 'sent something that is not JSON');
  }
}

const told = z.looseObject({ message: z.string().optional(), detail: z.unknown().optional(), title: z.string().optional(), error: z.unknown().optional() });

/** What a failed answer says, whatever its shape: `{ error: { message, type, code } }`, `{ error }`, `{ message }`, `{ detail }`. */
async function faultOf(response: Response): Promise<VendorError> {
  const text = await beginningOf(response);
  const made = (message: string, ...reasons: readonly unknown[]): VendorError =>
    new VendorError({ status: response.status, reasons: reasonsOf(...reasons), message, retryAfterMs: retryAfterMsOf(response.headers, new Date()) });
  try {
    const body = told.parse(JSON.parse(text));
    const inner = z.object({ message: z.string(), type: z.unknown().optional(), code: z.unknown().optional() }).safeParse(body.error);
    if (inner.success) return made(inner.data.message, inner.data.type, inner.data.code);
    const words = [body.message, body.error, body.detail, body.title].find((value) => typeof value === 'string' && value !== '');
    return made(typeof words === 'string' ? words : text, body.title);
  } catch {
    return made(text);
  }
}

/**
 * Sends one request, and gives the answer with a status of success.
 *
 * @throws VendorError, NetworkError, or the reason of the guard's signal
 */
export async function sendRequest(
  fetch: typeof globalThis.fetch,
  url: string,
  init: RequestInit,
  guard: StreamGuard,
  headersTimeoutMs: number,
): Promise<Response> {
  guard.limit('headers', headersTimeoutMs);
  const response = await abortable(fetch(url, { ...init, signal: guard.signal }), guard.signal).catch((error: unknown) => {
    if (guard.signal.aborted) throw guard.signal.reason;
    // What is no failure of the network, such as a header that cannot be sent, comes as an error without a cause.
    throw error instanceof TypeError || (error instanceof Error && 'code' in error) ? new NetworkError(error) : error;
  });
  if (!response.ok) throw await faultOf(response);
  guard.rest();
  return response;
}

/** Sends one request, and gives the JSON of its answer. */
export async function callForJson(
  call: { readonly fetch: typeof globalThis.fetch; readonly url: string; readonly init: RequestInit; readonly limits: CallLimits },
  signal: AbortSignal,
): Promise<unknown> {
  const guard = createStreamGuard(signal);
  try {
    const response = await sendRequest(call.fetch, call.url, call.init, guard, call.limits.headersTimeoutMs);
    return jsonOf(await readWhole(response, guard, call.limits));
  } finally {
    guard.close();
  }
}

/** How often something is tried, and how failures are told. */
export interface AttemptPolicy {
  readonly subject: FailureSubject;
  readonly retry?: RetryPolicy | undefined;
  readonly random?: (() => number) | undefined;
}

/**
 * Does what may be done again when it failed in a way that may pass.
 *
 * @param signal gives it up, also between attempts
 * @throws CallFailed with what went wrong last, or the reason of the signal
 */
export async function withAttempts<T>(policy: AttemptPolicy, work: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let number = 1; ; number += 1) {
    try {
      return await work(signal);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (error instanceof CallFailed) throw error;
      const described = describeFailure(error, policy.subject);
      const waitMs = waitBefore(number + 1, described, { retry: policy.retry ?? defaultRetryPolicy, random: policy.random ?? Math.random });
      if (waitMs === null) throw new CallFailed(described.failure);
      await delay(waitMs, signal);
    }
  }
}

/** The failure that an error means. */
export function failureOf(error: unknown, subject: FailureSubject): EngineFailure {
  return error instanceof CallFailed ? error.failure : describeFailure(error, subject).failure;
}
