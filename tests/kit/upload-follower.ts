import { subscribeSse } from './sse-client.ts';

const query =
  'subscription ($id: ID!) { uploadProgress(uploadId: $id) { id name status progress receivedBytes byteSize files { name tableName rowCount } error { code message } } }';

/**
 * Follows an upload to its end, over server-sent events.
 *
 * @param id its global id, or its UUID
 * @returns all that was told; an error as it came
 */
export async function followToEnd(url: string, token: string, id: string): Promise<readonly any[]> {
  const events = await subscribeSse(url, { query, variables: { id }, token });
  const told: any[] = [];
  for (let event = await events.nextEvent(); event.kind === 'next'; event = await events.nextEvent())
    told.push(event.result.data?.uploadProgress ?? event.result);
  return told;
}
