/** This command's own program file. */
import { readlinkSync, realpathSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

// dist/ and src/ lie equally deep.
const bin = fileURLToPath(new URL('../dist/bin.js', import.meta.url))

/** By the path under which it was started, where that is known: package managers keep the real folder of each version, and move the link to it. */
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
