import type { Viewer } from '../auth/viewer.ts';
import type { Services } from '../services/services.ts';
import { createLoaders, type Loaders } from './loaders.ts';

/** What resolvers get, the same for HTTP, SSE and WebSocket. Made once an operation. */
export interface Context {
  readonly viewer: Viewer | null;
  readonly requestId: string;
  readonly services: Services;
  readonly loaders: Loaders;
  /** Facts about the device for `login`, and the way to set or clear the session cookie; null over WebSocket. */
  readonly device: Device;
}

/** The client's device as far as the transport knows it. */
export interface Device {
  readonly userAgent: string | null;
  /** The IP address of the client, behind the proxies that are trusted; `unknown` when its connection was gone. For limits, not for access. */
  readonly address: string;
  /**
   * Sets the httpOnly cookie `auth-token`, or clears it with null. Does nothing where the transport cannot (WebSocket).
   *
   * @param token the access token
   * @param maxAgeSeconds how long the cookie lives
   */
  setAuthCookie(token: string | null, maxAgeSeconds: number): void;
}

/**
 * The context of one operation.
 *
 * @param parts.viewer null for nobody
 * @param parts.requestId goes into every error and log line
 */
export function createContext(parts: Omit<Context, 'loaders'>): Context {
  return { ...parts, loaders: createLoaders(parts.services, parts.viewer) };
}
