import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CalendarFeeds, CalendarReading } from '../services/calendar-feed/calendar-feeds.ts';

/** Where calendar programs read; the token follows, with `.ics`. */
export const calendarPath = '/calendar/';

/** Answers `GET` and `HEAD` of a feed. What it throws before the first byte becomes an error answer. */
export type CalendarHandler = (request: IncomingMessage, response: ServerResponse, name: string, address: string | null) => Promise<void>;

/**
 * Whether the program has what there is (RFC 9110, section 13.2.2): its tags decide where it sends some, and its time only where it does not.
 */
function isUnchanged(request: IncomingMessage, { version, changedAt }: CalendarReading): boolean {
  const tags = request.headers['if-none-match'];
  if (tags !== undefined) return tags.trim() === '*' || tags.split(',').some((tag) => tag.trim().replace(/^W\//, '') === `"${version}"`);
  const since = Date.parse(request.headers['if-modified-since'] ?? '');
  return changedAt.getTime() <= since;
}

/** The route of calendar feeds. The address is all that a program needs: no cookie and no header is looked at. */
export function createCalendarHandler({ calendarFeeds }: { readonly calendarFeeds: Pick<CalendarFeeds, 'read'> }): CalendarHandler {
  return async (request, response, name, address) => {
    const reading = await calendarFeeds.read(name.replace(/\.ics$/, ''), address);
    response
      .setHeader('ETag', `"${reading.version}"`)
      .setHeader('Last-Modified', reading.changedAt.toUTCString())
      .setHeader('Cache-Control', 'private, no-cache')
      // The address is the key: it must not leave with the next request, and no search engine should keep it.
      .setHeader('Referrer-Policy', 'no-referrer')
      .setHeader('X-Robots-Tag', 'noindex');
    if (isUnchanged(request, reading)) {
      response.writeHead(304).end();
      return;
    }
    const text = await reading.text();
    response
      .writeHead(200, {
        'Content-Type': 'text/calendar; charset=utf-8',
        'Content-Disposition': 'inline; filename="plans.ics"',
        'Content-Length': Buffer.byteLength(text),
      })
      .end(request.method === 'HEAD' ? undefined : text);
  };
}
