import { inject, TestRunner } from 'vitest';

/**
 * Skips every test, and with them the hooks around them, when the PostgreSQL server of the project is away: as if the tests had been
 * chosen by a name that none has. A class, because vitest makes it.
 */
export default class ServerRunner extends TestRunner {
  onBeforeCollect(): void {
    if (inject('testPostgres').absence !== null) this.config.testNamePattern = /(?!)/;
  }
}
