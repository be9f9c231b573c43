/** The build that every package shares: plain ESM files, one for each entry that its manifest names. */

import { readFileSync } from 'node:fs'
import type { UserConfig } from 'tsdown'

interface Manifest {
  exports: Record<string, string | { '@gangway/source': string; default: string }>
  bin?: Record<string, string>
}

export function config(platform: 'node' | 'neutral'): UserConfig {
  return {
    entry: entries(JSON.parse(readFileSync('package.json', 'utf8'))),
    platform,
    fixedExtension: false,
    hash: false,
    dts: { oxc: true },
    deps: { onlyBundle: [] }, // A dependency is never inlined by accident.
    publint: false, // `npm run check:packages` does it, on the tarball.
  }
}

function entries({ exports, bin = {} }: Manifest): Record<string, string> {
  const library = Object.values(exports).flatMap((entry) => (typeof entry === 'string' ? [] : [[name(entry.default), entry['@gangway/source']]]))
  const programs = Object.values(bin).map((path) => [name(path), `./src/${name(path)}.ts`])
  return Object.fromEntries([...library, ...programs])
}

const name = (path: string): string => path.replace(/^\.\/dist\/(.+)\.js$/, '$1')
