import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { wholeNumber } from './config-values.ts';
import { separated } from './secrets.ts';

/** What people may bring, and when a provider counts as down. */
export interface ProviderConfig {
  /** Host names and networks (`10.1.0.0/16`) that people's own endpoints may lie in although they are not public. */
  readonly allowedPrivateHosts: readonly string[];
  readonly maxKeysPerUser: number;
  readonly maxKeysPerWorkspace: number;
  /** After how many failures in a row a provider is left alone. */
  readonly circuitFailures: number;
  /** For how long it is, before one request tries again. */
  readonly circuitOpenMs: number;
}

const hostName = /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$/;

function isHost(text: string): boolean {
  return text.includes('/') ? ipaddr.isValidCIDR(text) : ipaddr.isValid(text) || hostName.test(text);
}

/** Hosts and networks that an operator lets people reach although they are not public; none by default. */
export const privateHosts = z
  .string()
  .default('')
  .transform((text) => separated(text.toLowerCase()))
  .refine((hosts) => hosts.every(isHost), 'must be host names, addresses and networks separated by commas, for example ollama.lan,10.1.0.0/16');

/** The variables of providers. */
export const providerVariables = {
  ENGINE_ALLOWED_PRIVATE_HOSTS: privateHosts,
  MAX_PROVIDER_KEYS_PER_USER: wholeNumber(20, 0, 1_000),
  MAX_PROVIDER_KEYS_PER_WORKSPACE: wholeNumber(20, 0, 1_000),
  ENGINE_CIRCUIT_FAILURES: wholeNumber(5, 1, 1_000),
  ENGINE_CIRCUIT_OPEN_MS: wholeNumber(30_000, 10, 3_600_000),
};

const variables = z.object(providerVariables);

/** The part of the configuration. */
export function shapeProviders(values: z.infer<typeof variables>): ProviderConfig {
  return {
    allowedPrivateHosts: values.ENGINE_ALLOWED_PRIVATE_HOSTS,
    maxKeysPerUser: values.MAX_PROVIDER_KEYS_PER_USER,
    maxKeysPerWorkspace: values.MAX_PROVIDER_KEYS_PER_WORKSPACE,
    circuitFailures: values.ENGINE_CIRCUIT_FAILURES,
    circuitOpenMs: values.ENGINE_CIRCUIT_OPEN_MS,
  };
}
