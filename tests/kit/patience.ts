/**
 * What a machine that is busy with other tests may add to a promise of time, in milliseconds.
 *
 * A promise is either kept or broken by much more: whoever waits for what does not come waits for the limit of the test. So
 * `promisedMs + patienceMs` still fails where the protection is gone, as long as that takes longer: see to it for each bound, with a longer
 * outage or a larger limit of what would end it otherwise. Better still is an order of events, or a state, which takes no time at all.
 */
export const patienceMs = 5_000;

/** How long a test waits for what must come, and for which the product promises no time, before it gives up; in milliseconds. */
export const giveUpMs = 30_000;

/** Limits of a database that end nothing on a busy machine, for tests of other things. */
export const patientDatabase = { statementTimeoutMs: giveUpMs, connectTimeoutMs: giveUpMs, answerTimeoutMs: giveUpMs } as const;
