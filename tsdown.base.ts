/** The build that every package shares: plain ESM files, one for each entry that its manifest names. */

import { readFileSync } from 'node:fs'
import type { UserConfig } from 'tsdown'

interface Manifest {
  exports: Record<string, string | { '@gangway/source': string; default: string }>
  bin?: Record<string, string>
}

interface Group {
  readonly name: string
  readonly test: RegExp
  readonly priority?: number
}

/** A start takes half a millisecond more for each file that is loaded: each group is of sources that go into one, with what they import. */
export function config(platform: 'node' | 'neutral', ...groups: Group[]): UserConfig {
  return {
    entry: entries(JSON.parse(readFileSync('package.json', 'utf8'))),
    platform,
    fixedExtension: false,
    hash: false,
    plugins: [globalProcess],
    dts: { oxc: true },
    deps: { onlyBundle: [] }, // A dependency is never inlined by accident.
    // A chunk must not take the name of an entry: the entry would be written under another name than the manifest's.
    outputOptions: { codeSplitting: { groups }, chunkFileNames: ({ name }) => (groups.some((group) => group.name === name) ? '[name].js' : 'shared-[name].js') },
    publint: false, // `npm run check:packages` does it, on the tarball.
  }
}

/** The global is the same object. Importing the module adds 2 ms to a start on Node 20, and 7 ms on Node 24, because Node then creates all of its exports. */
const globalProcess = {
  name: 'global-process',
  transform: (code: string) => code.replace(/^import process from 'node:process'$/m, ''),
}

function entries({ exports, bin = {} }: Manifest): Record<string, string> {
  const library = Object.values(exports).flatMap((entry) => (typeof entry === 'string' ? [] : [[name(entry.default), entry['@gangway/source']]]))
  const programs = Object.values(bin).map((path) => [name(path), `./src/${name(path)}.ts`])
  return Object.fromEntries([...library, ...programs])
}

const name = (path: string): string => path.replace(/^\.\/dist\/(.+)\.js$/, '$1')
