import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Device } from '../schema/context.ts';
import { authCookie } from './cookies.ts';

const longestUserAgent = 256;

function userAgentOf(request: IncomingMessage): string | null {
  return request.headers['user-agent']?.slice(0, longestUserAgent) ?? null;
}

/** The device behind an HTTP request, with the way to set its cookie as long as the response has not begun. */
export function httpDevice(request: IncomingMessage, response: ServerResponse, address: string, isProduction: boolean): Device {
  return {
    userAgent: userAgentOf(request),
    address,
    setAuthCookie(token, maxAgeSeconds) {
      if (!response.headersSent) response.setHeader('Set-Cookie', authCookie(token, maxAgeSeconds, isProduction));
    },
  };
}

/** The device behind a WebSocket: no cookie can be set there. */
export function webSocketDevice(request: IncomingMessage, address: string): Device {
  return { userAgent: userAgentOf(request), address, setAuthCookie: () => {} };
}
