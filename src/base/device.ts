/** What is known of the device that somebody uses: for their list of logins, for the audit log and for limits. */
export interface DeviceFacts {
  /** The address as the server sees it; null where there is none. */
  readonly address: string | null;
  readonly userAgent: string | null;
}

/** For what the server does by itself, without anybody asking. */
export const noDevice: DeviceFacts = { address: null, userAgent: null };

const mostUserAgentCharacters = 300;

/** As much of what a program calls itself as is kept. */
export function userAgentOf(device: DeviceFacts): string | null {
  return device.userAgent?.slice(0, mostUserAgentCharacters) ?? null;
}
