import { pino, type DestinationStream, type Logger } from 'pino';

export type { Logger };

/** Fields whose values never reach a log, wherever they appear up to three levels deep. */
const secretFields = ['password', 'newPassword', 'currentPassword', 'token', 'accessToken', 'refreshToken', 'apiKey', 'secret', 'authorization', 'cookie'];

const secretPaths = secretFields.flatMap((field) => [field, `*.${field}`, `*.*.${field}`, `*.*.*.${field}`]);

/**
 * The structured log: one JSON object a line.
 *
 * @param options.level the least severe level that is written, `silent` for none
 * @param options.destination where the lines go; standard output by default
 */
export function createLogger(options: { readonly level: string; readonly destination?: DestinationStream }): Logger {
  const settings = { level: options.level, redact: { paths: secretPaths, censor: '[redacted]' }, base: null };
  return options.destination === undefined ? pino(settings) : pino(settings, options.destination);
}
