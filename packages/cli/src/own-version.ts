/** The version of this package. All Gangway packages share it. */
import { readFileSync } from 'node:fs'

// Read at run time, because a version bump does not rebuild. The path is the same from dist/ and from src/.
const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }

export const version: string = manifest.version
