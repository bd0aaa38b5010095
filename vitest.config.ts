import { defineConfig } from 'vitest/config';

// Without these conditions the tests load graphql twice, once as a CommonJS and once as an ES module.
// ('import' is not among them: they hold for `require` too, which pg then gets an ES module from.)
const conditions = ['module-sync', 'node', 'default'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    // Not a promise: what a machine with much else to do may need.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 30_000 } },
    // Tests wait more than they compute; by default vitest leaves one core to itself.
    maxWorkers: '100%',
    // The product keeps no state in modules, so files of tests can share them: loading them anew for each was half of the processor time.
    isolate: false,
    projects: [
      // What needs neither a database nor a server: the floors, the schema, the generated client, the documentation.
      { extends: true, test: { name: 'house', include: ['tests/house/**/*.test.ts'] } },
      {
        extends: true,
        test: { name: 'embedded', include: ['tests/**/*.test.ts'], exclude: ['tests/house/**'], globalSetup: 'tests/kit/global-setup.ts' },
      },
      {
        // The same code on a PostgreSQL server, at TEST_DATABASE_URL; skipped when there is none, unless CI=true.
        extends: true,
        test: {
          name: 'server',
          include: ['tests/{events,services,stores}/**/*.test.ts'],
          exclude: ['tests/stores/embedded/**'],
          globalSetup: 'tests/kit/global-setup.ts',
          runner: 'tests/kit/server-runner.ts',
        },
      },
    ],
  },
});
