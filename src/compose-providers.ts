import { createSealedTexts } from './auth/sealed-text.ts';
import type { Foundation } from './compose.ts';
import { createCircuits } from './engines/circuit.ts';
import { createEngine } from './engines/create-engine.ts';
import { createDirectFetch, createGuardedFetch } from './engines/guarded-fetch.ts';
import { createOutsideAddresses } from './engines/outside-address.ts';
import type { Metering } from './services/usage/metering.ts';
import type { Audit } from './services/audit.ts';
import { createModelCalls } from './services/model-calls.ts';
import { createModels } from './services/model.ts';
import { createDefaultsFor } from './services/preference/answer-defaults.ts';
import { createPreferences } from './services/preference/preferences.ts';
import { createOwnEngines } from './services/provider-key/own-engines.ts';
import { createProviderKeys } from './services/provider-key/provider-keys.ts';
import { resealKeys } from './services/provider-key/reseal.ts';

/** What it stands on. */
type ProviderFoundation = Pick<Foundation, 'config' | 'secret' | 'clock' | 'logger' | 'database' | 'newId' | 'registry' | 'fetch'>;

/** How long a name server may take for a name that a person gave. */
const lookupTimeoutMs = 2_000;

/** The most bytes of an answer that holds a picture or a speech. */
const mostMediaBytes = 48 * 1024 * 1024;

/** Wires the way to models: with people's own keys, their defaults, and the circuits. */
export function composeProviders({ config, secret, clock, logger, database, newId, registry, fetch }: ProviderFoundation, metering: Metering) {
  const { pool, prisma } = database;
  const { allowedPrivateHosts, circuitFailures, circuitOpenMs, maxKeysPerUser, maxKeysPerWorkspace } = config.providers;
  const { timers } = config.engines;
  const sealed = createSealedTexts({ secret, previousSecrets: config.previousSecrets, purpose: 'provider-keys' });
  const addresses = createOutsideAddresses({ allowedPrivateHosts, timeoutMs: lookupTimeoutMs });
  const ownEngines = createOwnEngines({
    pool,
    clock,
    logger,
    sealed,
    create: createEngine,
    surroundings: {
      known: { fetch: createDirectFetch(fetch), timers },
      given: { fetch: createGuardedFetch({ addresses, connectTimeoutMs: timers.connectTimeoutMs }), timers },
    },
  });
  const circuits = createCircuits({ clock, failures: circuitFailures, openMs: circuitOpenMs });
  const modelCalls = createModelCalls({ registry, ownEngines, circuits, metering });
  const defaultsFor = createDefaultsFor(pool);
  return {
    modelCalls,
    ownEngines,
    addresses,
    /** For addresses that a provider answers with, and for answers with a picture in them. */
    guardedFetch: createGuardedFetch({ addresses, connectTimeoutMs: timers.connectTimeoutMs, maxBytes: mostMediaBytes }),
    defaultsFor,
    resealKeys: () => resealKeys({ pool, sealed, logger }),
    /** What people see of it. */
    createServices: (audit: Audit) => ({
      models: createModels({ registry, ownEngines, defaultsFor }),
      preferences: createPreferences({ pool, clock, modelCalls }),
      providerKeys: createProviderKeys({
        prisma,
        pool,
        clock,
        newId,
        audit,
        sealed,
        addresses,
        ownEngines,
        maxPerUser: maxKeysPerUser,
        maxPerWorkspace: maxKeysPerWorkspace,
      }),
    }),
  };
}
