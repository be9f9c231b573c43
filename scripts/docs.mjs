/** `npm run docs`: writes what is made from the sources of the command, docs/cli.md and the JSON schema of the config file. */

import { vitest } from './steps.mjs'

process.exitCode = vitest(['packages/cli/test/published.test.ts', '--update'])
