/** What only `npm run test:all` runs: the slow tests, `*.slow.test.ts`, and the protocol tests on every transport in every revision. */

import { defineConfig } from 'vitest/config'
import fast from './vitest.config.ts'

export default defineConfig({
  ...fast,
  test: {
    ...fast.test,
    env: { GANGWAY_TEST_MATRIX: 'whole' },
    include: ['**/*.slow.test.ts', 'test/wire/*.test.ts'],
    exclude: ['**/node_modules/**'],
    globalSetup: ['test/runtimes/setup.ts'], // The records are those of the fast tests.
    passWithNoTests: true,
    testTimeout: 120_000,
    hookTimeout: 60_000, // Programs start in them, several at once.
  },
})
