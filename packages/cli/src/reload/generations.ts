/** Follows the imports of one load of the user's files: each module hands its mark on to those that it imports. */
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ancestors } from '../ancestors.ts'
import { generationOf, withGeneration } from '../load/generation.ts'
import { isOwnFile } from './own-files.ts'

/** Goes from one thread to another. */
export type Report = { readonly file: string; readonly generation: number } | { readonly missing: string }

interface Resolved {
  readonly url: string
}

export class Generations {
  readonly #report: (report: Report) => void
  /** Of the latest load: what imports without a mark, such as a package that loads plugins, gets that one. */
  #latest = 0

  constructor(report: (report: Report) => void) {
    this.#report = report
  }

  resolved<R extends Resolved>(result: R, parentURL: string | undefined): R {
    const asked = generationOf(result.url)
    if (asked !== undefined) this.#latest = Math.max(this.#latest, asked)
    if (!result.url.startsWith('file:')) return result
    const file = fileURLToPath(result.url)
    if (!isOwnFile(file)) return result
    const generation = asked ?? generationOf(parentURL) ?? this.#latest
    this.#report({ file, generation })
    return asked === undefined ? { ...result, url: withGeneration(result.url, generation) } : result
  }

  /** `importer` is a path or an address. */
  missed(specifier: string, importer: string | undefined): void {
    if (importer === undefined || importer.startsWith('data:')) return
    const file = importer.startsWith('file:') ? fileURLToPath(importer) : importer
    const missing = isOwnFile(file) ? placeOf(specifier, file) : undefined
    if (missing !== undefined) this.#report({ missing })
  }
}

/** Where it would have been. */
function placeOf(specifier: string, importer: string): string | undefined {
  if (specifier.startsWith('file:')) return fileURLToPath(specifier)
  if (specifier.startsWith('/')) return specifier
  if (specifier.startsWith('.')) return join(dirname(importer), specifier.replace(/[?#].*$/, ''))
  const [name] = /^(?:@[\w-][\w.-]*\/)?[\w-][\w.-]*/.exec(specifier) ?? []
  const root = rootOf(dirname(importer))
  return name === undefined || root === undefined ? undefined : join(root, 'node_modules', name)
}

/** Where its packages are, or would be, installed. */
const rootOf = (folder: string): string | undefined => ancestors(folder).find((above) => ['node_modules', 'package.json'].some((name) => existsSync(join(above, name))))
