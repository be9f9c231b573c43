/** The slow tests, `*.slow.test.ts`, which only `npm run test:all` runs. */

import { defineConfig } from 'vitest/config'
import fast from './vitest.config.ts'

export default defineConfig({
  ...fast,
  test: {
    ...fast.test,
    include: ['**/*.slow.test.ts'],
    exclude: ['**/node_modules/**'],
    globalSetup: ['test/runtimes/setup.ts'], // The records are those of the fast tests.
    passWithNoTests: true,
    testTimeout: 120_000,
    hookTimeout: 60_000, // Programs start in them, several at once.
  },
})
