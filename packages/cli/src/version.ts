/** The version of this command, and so of all of Gangway's packages. */
import { readFileSync } from 'node:fs'

// dist/ and src/ lie equally deep, and a built file would keep the version that it was built with.
const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }

export const version: string = manifest.version
