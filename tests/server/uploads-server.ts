import { createServer, request as send, type IncomingHttpHeaders } from 'node:http';
import { encodeGlobalID } from '@pothos/plugin-relay';
import { z } from 'zod';
import type { Viewer } from '../../src/auth/viewer.ts';
import type { UploadLimits } from '../../src/server/uploads.ts';
import { createUploadHandler } from '../../src/server/uploads.ts';
import type { Workspace } from '../services/session-workspace.ts';

const answerBody = z.looseObject({
  files: z.array(z.looseObject({ id: z.string(), tableName: z.string(), name: z.string() })).optional(),
  errors: z.array(z.unknown()).optional(),
});

/** An answer of the upload route. */
export interface UploadAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: z.infer<typeof answerBody>;
}

/** A server with nothing but the upload route; whoever is `viewer.current` is signed in. */
export async function startUploadServer(workspace: Pick<Workspace, 'uploads' | 'logger'>, limits: UploadLimits) {
  const viewer: { current: Viewer | null } = { current: null };
  const handler = createUploadHandler({ uploads: workspace.uploads, limits, logger: workspace.logger });
  const handled = new Set<Promise<void>>();
  const server = createServer((request, response) => {
    const work = handler(request, response, viewer.current, 'request-1').finally(() => handled.delete(work));
    handled.add(work);
  });
  // Node itself would end an idle connection after five seconds, and no test could tell that from what the route does.
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = z.object({ port: z.number() }).parse(server.address());
  return {
    viewer,
    port,
    url: `http://127.0.0.1:${port}/uploads`,
    /** Resolves when nothing is being handled. */
    settled: async (): Promise<void> => void (await Promise.all(handled)),
    [Symbol.asyncDispose]: async (): Promise<void> => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A form with files, and fields before them. */
export function form(files: readonly (readonly [name: string, content: string])[], fields: Readonly<Record<string, string>> = {}): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.append(name, value);
  for (const [name, content] of files) data.append('file', new Blob([content]), name);
  return data;
}

/** A form as bytes, for names and orders that FormData does not let through. */
export function rawForm(parts: readonly { readonly disposition: string; readonly content: string }[]): {
  readonly headers: Record<string, string>;
  readonly body: Uint8Array<ArrayBuffer>;
} {
  const text = parts.map(({ disposition, content }) => `--edge\r\ncontent-disposition: form-data; ${disposition}\r\n\r\n${content}\r\n`).join('');
  return { headers: { 'content-type': 'multipart/form-data; boundary=edge' }, body: new TextEncoder().encode(`${text}--edge--\r\n`) };
}

/** Posts with fetch. */
export async function post(url: string, body: NonNullable<RequestInit['body']>, headers: Record<string, string> = {}): Promise<UploadAnswer> {
  const response = await fetch(url, { method: 'POST', body, headers });
  return { status: response.status, headers: Object.fromEntries(response.headers), body: answerBody.parse(await response.json()) };
}

/** Begins a chunked upload by hand. */
export function openUpload(url: string, headers: Record<string, string> = {}) {
  const request = send(url, { method: 'POST', headers });
  const answer = new Promise<UploadAnswer>((resolve, reject) => {
    request.once('error', reject);
    request.once('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: answerBody.parse(JSON.parse(Buffer.concat(chunks).toString())) }),
      );
    });
  });
  answer.catch(() => undefined);
  return { request, answer };
}

/** The global id of a session. */
export const sessionGlobalId = (id: string): string => encodeGlobalID('Session', id);
