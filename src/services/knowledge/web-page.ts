import { AppError, badInput } from '../../base/errors.ts';

/** A page as its server sent it. */
export interface FetchedPage {
  readonly bytes: Uint8Array;
  /** What its server says of its text; null where it does not. */
  readonly charset: string | null;
}

/** How pages are fetched. */
export interface PageFetching {
  /** Checks every address that it is given, and follows no redirect by itself. */
  readonly fetch: typeof globalThis.fetch;
  readonly maxBytes: number;
  readonly timeoutMs: number;
}

const mostRedirects = 5;
/** What may be a document; what it is, its bytes tell. */
const acceptedTypes =
  /^(text\/(html|plain|markdown|csv|x-markdown)|application\/(xhtml\+xml|pdf|vnd\.openxmlformats-officedocument\.wordprocessingml\.document|octet-stream))$/;

const unreachable = (message: string, cause?: unknown): AppError => new AppError('PAGE_UNREACHABLE', message, cause === undefined ? {} : { cause });

/** An address as it is stored. @throws AppError BAD_USER_INPUT for what is none */
export function pageAddress(text: string): URL {
  const url = URL.parse(text.trim());
  if (url === null || !/^https?:$/.test(url.protocol) || text.length > 2_000)
    throw badInput(['input', 'url'], `"${text.slice(0, 100)}" is not the address of a web page; give one that begins with https://.`);
  if (url.username !== '' || url.password !== '')
    throw badInput(['input', 'url'], 'The address must not hold a user name or a password; pages behind a sign-in cannot be fetched.');
  // The part behind the hash never reaches the server.
  url.hash = '';
  return url;
}

async function bytesOf(response: Response, host: string, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > maxBytes) throw new AppError('PAYLOAD_TOO_LARGE', `The page of "${host}" is larger than the limit of ${maxBytes} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Follows an address to its page. Each address on the way is checked like the first. */
async function follow(first: URL, fetching: PageFetching, signal: AbortSignal): Promise<FetchedPage> {
  let url = first;
  for (let redirects = 0; ; redirects += 1) {
    const response = await fetching.fetch(url, {
      signal,
      redirect: 'manual',
      headers: { 'user-agent': 'Colloquy (knowledge base)', accept: 'text/html, application/pdf, text/plain, text/markdown, */*;q=0.1' },
    });
    const location = response.headers.get('location');
    if (response.status >= 300 && response.status < 400 && location !== null) {
      await response.body?.cancel();
      if (redirects >= mostRedirects) throw unreachable(`"${first.host}" redirects more than ${mostRedirects} times. Give the address that it ends at.`);
      url = pageAddress(new URL(location, url).href);
      continue;
    }
    const { status } = response;
    const [type = '', ...parameters] = (response.headers.get('content-type') ?? 'application/octet-stream').toLowerCase().split(';');
    if (status !== 200) {
      await response.body?.cancel();
      throw unreachable(`"${url.host}" answers with the status ${status}. Check the address; a page behind a sign-in cannot be fetched.`);
    }
    if (!acceptedTypes.test(type.trim())) {
      await response.body?.cancel();
      throw new AppError('UNSUPPORTED_FILE', `"${url.host}" sent ${type.trim().slice(0, 60)}; pages are HTML, PDF, DOCX, Markdown, CSV or plain text.`);
    }
    const charset = parameters.map((parameter) => /^\s*charset\s*=\s*"?([\w.:-]{1,40})"?\s*$/.exec(parameter)?.[1]).find((found) => found !== undefined);
    return { bytes: await bytesOf(response, url.host, fetching.maxBytes), charset: charset ?? null };
  }
}

/**
 * Fetches a page that somebody named.
 *
 * @throws AppError PAGE_UNREACHABLE, PAYLOAD_TOO_LARGE, UNSUPPORTED_FILE; the reason of the signal
 */
export async function fetchPage(address: string, fetching: PageFetching, signal: AbortSignal): Promise<FetchedPage> {
  const url = pageAddress(address);
  const limit = AbortSignal.timeout(fetching.timeoutMs);
  try {
    return await follow(url, fetching, AbortSignal.any([signal, limit]));
  } catch (error) {
    signal.throwIfAborted();
    if (limit.aborted) throw unreachable(`"${url.host}" did not send the page within ${fetching.timeoutMs} ms. Try again later.`, error);
    if (error instanceof AppError) throw error;
    // Refusals of addresses are written for people; what the network says is not.
    const refusal = error instanceof Error && error.name === 'RefusedAddressError' ? error.message : null;
    throw unreachable(refusal ?? `"${url.host}" could not be reached, or the connection broke. Check the address, or try again later.`, error);
  }
}
