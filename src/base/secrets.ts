const shortestSecret = 32;
const remedy = 'Make one with: openssl rand -base64 48';

/** Secrets that stand in examples and tutorials, and repetitions that only look long. */
function isKnownSecret(secret: string): boolean {
  const lower = secret.toLowerCase();
  const wellKnown = [
    'changeme',
    'change-me',
    'change_me',
    'your-secret',
    'your_secret',
    'supersecret',
    'super-secret',
    'secret-key',
    'secretkey',
    'default',
    'example',
    'insecure',
  ];
  return new Set(secret).size < 8 || wellKnown.some((word) => lower.includes(word));
}

function problemsOf(name: string, value: string): readonly string[] {
  if (value.length < shortestSecret) return [`${name}: must have at least ${shortestSecret} characters. ${remedy}`];
  return isKnownSecret(value) ? [`${name}: is a well-known or too regular value. ${remedy}`] : [];
}

/** The pieces of a list that is separated by commas. */
export const separated = (text: string): readonly string[] =>
  text
    .split(',')
    .map((piece) => piece.trim())
    .filter((piece) => piece !== '');

/**
 * What is wrong with the secrets of a configuration; never with a word of what they are.
 *
 * @param secret of `SECRET`
 * @param previous of `PREVIOUS_SECRETS`: whoever knows one of them can still sign in as everybody, so they are held to the same rules
 */
export function problemsOfSecrets(secret: string | undefined, previous: string | undefined, isProduction: boolean): readonly string[] {
  const missing = isProduction ? [`SECRET: is required in production. ${remedy}`] : [];
  return [
    ...(secret === undefined ? missing : problemsOf('SECRET', secret)),
    ...separated(previous ?? '').flatMap((value, index) => problemsOf(`PREVIOUS_SECRETS: number ${index + 1}`, value)),
  ];
}
