import type { TestApp, TestPerson } from './app.ts';

/** What `POST /attachments` answers. */
export interface AttachmentAnswer {
  readonly status: number;
  readonly body: any;
}

/** Posts files as one form. */
export async function postAttachments(
  app: Pick<TestApp, 'url'>,
  token: string | null,
  files: readonly (readonly [name: string, content: string | Uint8Array<ArrayBuffer>])[],
): Promise<AttachmentAnswer> {
  const form = new FormData();
  for (const [name, content] of files) form.append('file', new Blob([content]), name);
  const headers: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
  const response = await fetch(`${app.url}/attachments`, { method: 'POST', headers, body: form });
  return { status: response.status, body: await response.json() };
}

/** Posts files, and gives their ids. */
export async function attach(app: Pick<TestApp, 'url'>, person: TestPerson, ...files: Parameters<typeof postAttachments>[2]): Promise<readonly string[]> {
  const { status, body } = await postAttachments(app, person.token, files);
  if (status !== 201) throw new Error(JSON.stringify(body));
  return body.attachments.map(({ id }: { id: string }) => id);
}
