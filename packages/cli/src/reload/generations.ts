/** Assigns each imported file to the reload of its importer, by the query parameter in the URL. */
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ancestors } from '../ancestors.ts'
import { generationOf, withGeneration } from '../load/generation.ts'
import { isOwnFile } from './own-files.ts'

/** Sent from the loader thread to the main thread. */
export type Report = { readonly file: string; readonly generation: number } | { readonly missing: string }

interface Resolved {
  readonly url: string
}

export class Generations {
  readonly #report: (report: Report) => void
  /** For imports by modules without the parameter, such as a package that loads plugins. */
  #latest = 0

  constructor(report: (report: Report) => void) {
    this.#report = report
  }

  resolved<R extends Resolved>(result: R, parentURL: string | undefined): R {
    const requested = generationOf(result.url)
    if (requested !== undefined) this.#latest = Math.max(this.#latest, requested)
    if (!result.url.startsWith('file:')) return result
    const file = fileURLToPath(result.url)
    if (!isOwnFile(file)) return result
    const generation = requested ?? generationOf(parentURL) ?? this.#latest
    this.#report({ file, generation })
    return requested === undefined ? { ...result, url: withGeneration(result.url, generation) } : result
  }

  /** `importer` is a path or a URL. */
  missed(specifier: string, importer: string | undefined): void {
    if (importer === undefined || importer.startsWith('data:')) return
    const file = importer.startsWith('file:') ? fileURLToPath(importer) : importer
    const missing = isOwnFile(file) ? placeOf(specifier, file) : undefined
    if (missing !== undefined) this.#report({ missing })
  }
}

/** The path at which the import expects a file. */
function placeOf(specifier: string, importer: string): string | undefined {
  if (specifier.startsWith('file:')) return fileURLToPath(specifier)
  if (specifier.startsWith('/')) return specifier
  if (specifier.startsWith('.')) return join(dirname(importer), specifier.replace(/[?#].*$/, ''))
  const [name] = /^(?:@[\w-][\w.-]*\/)?[\w-][\w.-]*/.exec(specifier) ?? []
  const root = rootOf(dirname(importer))
  return name === undefined || root === undefined ? undefined : join(root, 'node_modules', name)
}

/** The folder in which its packages are installed. */
const rootOf = (folder: string): string | undefined => ancestors(folder).find((above) => ['node_modules', 'package.json'].some((name) => existsSync(join(above, name))))
