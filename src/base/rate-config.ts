import { z } from 'zod';
import { wholeNumber } from './config-values.ts';

/** How often things may be done. Zero means: without a limit. */
export interface RateConfig {
  /** The time in which attempts to sign in, registrations, refreshes, checks of a password and invitations are counted. */
  readonly attemptWindowMs: number;
  readonly loginsPerAccount: number;
  readonly loginsPerAddress: number;
  readonly registrationsPerAddress: number;
  readonly refreshesPerAddress: number;
  /** Of passwords and set-up tokens that somebody signed in gives. */
  readonly checksPerUser: number;
  /** Conversations that are shared with everybody who has the link, in a minute. */
  readonly sharedPerAddress: number;
  /** Invitations that one person sends, and links that they make. */
  readonly invitationsPerUser: number;
  /** Invitations that one person tries to accept. */
  readonly acceptancesPerUser: number;
  /** Calendar feeds that an address reads, in a minute. */
  readonly calendarReadsPerAddress: number;
  /** Operations of one person, on every transport. */
  readonly requestsPerMinute: number;
  /** Operations that nobody is signed in for, of one address. */
  readonly anonymousRequestsPerMinute: number;
  /** Runs that one person starts. */
  readonly chatsPerMinute: number;
}

/** The variables of the limits, with their defaults. */
export const rateVariables = {
  RATE_LIMIT_ATTEMPT_WINDOW_SECONDS: wholeNumber(900, 1, 86_400),
  RATE_LIMIT_LOGINS_PER_ACCOUNT: wholeNumber(10, 0, 1_000_000),
  RATE_LIMIT_LOGINS_PER_ADDRESS: wholeNumber(30, 0, 1_000_000),
  RATE_LIMIT_REGISTRATIONS_PER_ADDRESS: wholeNumber(30, 0, 1_000_000),
  RATE_LIMIT_REFRESHES_PER_ADDRESS: wholeNumber(300, 0, 1_000_000),
  RATE_LIMIT_CHECKS_PER_USER: wholeNumber(10, 0, 1_000_000),
  RATE_LIMIT_SHARED_PER_ADDRESS: wholeNumber(60, 0, 1_000_000),
  RATE_LIMIT_INVITATIONS_PER_USER: wholeNumber(60, 0, 1_000_000),
  RATE_LIMIT_ACCEPTANCES_PER_USER: wholeNumber(30, 0, 1_000_000),
  RATE_LIMIT_CALENDAR_READS_PER_ADDRESS: wholeNumber(60, 0, 1_000_000),
  RATE_LIMIT_REQUESTS_PER_MINUTE: wholeNumber(60, 0, 1_000_000),
  RATE_LIMIT_ANONYMOUS_REQUESTS_PER_MINUTE: wholeNumber(60, 0, 1_000_000),
  RATE_LIMIT_CHATS_PER_MINUTE: wholeNumber(20, 0, 1_000_000),
};

const variables = z.object(rateVariables);

/** The variables in the product's words. */
export function shapeRates(values: z.infer<typeof variables>): RateConfig {
  return {
    attemptWindowMs: values.RATE_LIMIT_ATTEMPT_WINDOW_SECONDS * 1_000,
    loginsPerAccount: values.RATE_LIMIT_LOGINS_PER_ACCOUNT,
    loginsPerAddress: values.RATE_LIMIT_LOGINS_PER_ADDRESS,
    registrationsPerAddress: values.RATE_LIMIT_REGISTRATIONS_PER_ADDRESS,
    refreshesPerAddress: values.RATE_LIMIT_REFRESHES_PER_ADDRESS,
    checksPerUser: values.RATE_LIMIT_CHECKS_PER_USER,
    sharedPerAddress: values.RATE_LIMIT_SHARED_PER_ADDRESS,
    invitationsPerUser: values.RATE_LIMIT_INVITATIONS_PER_USER,
    acceptancesPerUser: values.RATE_LIMIT_ACCEPTANCES_PER_USER,
    calendarReadsPerAddress: values.RATE_LIMIT_CALENDAR_READS_PER_ADDRESS,
    requestsPerMinute: values.RATE_LIMIT_REQUESTS_PER_MINUTE,
    anonymousRequestsPerMinute: values.RATE_LIMIT_ANONYMOUS_REQUESTS_PER_MINUTE,
    chatsPerMinute: values.RATE_LIMIT_CHATS_PER_MINUTE,
  };
}
