/** `gangway cache`: shows the size of each part of the cache, and clears it. */
import { lstatSync, readdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { cacheDirectory } from './cache-directory.ts'
import { cacheFault, noCache } from './environment/cache-entries.ts'
import { write } from './output.ts'

/** Throws `GANGWAY_E_CACHE_FOLDER`. */
export function showCache(): void {
  const folder = root()
  const parts = list(folder).map((name) => [name, sizeOf(join(folder, name))] as const)
  const width = Math.max(0, ...parts.map(([name]) => name.length))
  const lines = parts.map(([name, bytes]) => `  ${name.padEnd(width)}  ${megabytes(bytes)}`)
  write(`${[`${folder}: ${parts.length === 0 ? 'empty' : megabytes(sum(parts.map(([, bytes]) => bytes)))}`, ...lines].join('\n')}\n`)
}

/** Throws `GANGWAY_E_CACHE_FOLDER`. */
export function clearCache(): void {
  const folder = root()
  try {
    const bytes = sizeOf(folder)
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
    write(`Removed ${megabytes(bytes)} from ${folder}\n`)
  } catch (cause) {
    throw cacheFault(cause, folder)
  }
}

function root(): string {
  const folder = cacheDirectory('packages')
  if (folder === undefined) throw noCache()
  return dirname(folder)
}

function list(folder: string): readonly string[] {
  try {
    return readdirSync(folder).toSorted()
  } catch {
    return [] // The folder does not exist, or another process has removed it.
  }
}

function sizeOf(path: string): number {
  const found = lstatSync(path, { throwIfNoEntry: false })
  return found?.isDirectory() ? sum(list(path).map((name) => sizeOf(join(path, name)))) : (found?.size ?? 0)
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0)

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`
