/** `npm run docs`: writes docs/cli.md, and the types and JSON schema of the config file, from the sources of the command. */

import { vitest } from './steps.mjs'

process.exitCode = vitest(['packages/cli/test/published.test.ts', '--update'])
