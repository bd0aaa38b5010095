type Fetch = typeof globalThis.fetch;

/** An answer whose body breaks off with an error where it is longer than it may be. */
function limited(response: Response, maxBytes: number): Response {
  if (response.body === null) return response;
  let bytes = 0;
  const counted = response.body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform: (chunk, controller) => {
        bytes += chunk.length;
        if (bytes > maxBytes) controller.error(new Error(`the answer is longer than ${maxBytes} bytes`));
        else controller.enqueue(chunk);
      },
    }),
  );
  return new Response(counted, { status: response.status, headers: response.headers });
}

/**
 * The requests of one server: to its own address alone, with answers of a bounded size.
 *
 * @param fetch must refuse redirects: the headers of the person would go along
 * @param options.maxBytes of one answer
 */
export function createServerFetch(fetch: Fetch, url: URL, options: { readonly maxBytes: number }): Fetch {
  return async (input, init) => {
    // A stream of news would stay open as long as the server likes; the answers to requests come with their requests.
    if (init?.method === 'GET') return new Response(null, { status: 405 });
    if (new URL(input instanceof Request ? input.url : input).href !== url.href) throw new Error('another address than that of the server is not asked');
    return limited(await fetch(input, init), options.maxBytes);
  };
}
