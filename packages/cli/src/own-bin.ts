/** The path of this command's `bin.js`. */
import { readlinkSync, realpathSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

// The same from dist/ and from src/.
const bin = fileURLToPath(new URL('../dist/bin.js', import.meta.url))

/** Prefers the path that started this process over the real path: package managers update the link, and keep or remove the folder of each version. */
export function ownBin(started: string | undefined = process.argv[1]): string {
  return [started, started && linkIn(started)].find((path) => path !== undefined && /[\\/]cli[\\/]dist[\\/]bin\.js$/.test(path) && isOwn(path)) ?? bin
}

function linkIn(path: string): string | undefined {
  try {
    return resolve(dirname(path), readlinkSync(path))
  } catch {
    return undefined
  }
}

function isOwn(path: string): boolean {
  try {
    return realpathSync(path) === realpathSync(bin)
  } catch {
    return false
  }
}
