/** Variables that lift every limit on how often things may be done, for tests that do many of them. */
export const withoutRateLimits: Readonly<Record<string, string>> = {
  RATE_LIMIT_LOGINS_PER_ACCOUNT: '0',
  RATE_LIMIT_LOGINS_PER_ADDRESS: '0',
  RATE_LIMIT_REGISTRATIONS_PER_ADDRESS: '0',
  RATE_LIMIT_REFRESHES_PER_ADDRESS: '0',
  RATE_LIMIT_CHECKS_PER_USER: '0',
  RATE_LIMIT_REQUESTS_PER_MINUTE: '0',
  RATE_LIMIT_ANONYMOUS_REQUESTS_PER_MINUTE: '0',
  RATE_LIMIT_CHATS_PER_MINUTE: '0',
};
