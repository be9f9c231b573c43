/** Describes the machine for the page. */

import { execFileSync } from 'node:child_process'
import { cpus, loadavg, release, totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'
import { pinning } from './cores.mjs'

/** @typedef {{ date: string, node: string, processor: string, system: string, pinning: string, load: number, commit: string }} Machine `load` is the load average of the previous minute */

/** @returns {Machine} */
export function machine() {
  const cores = cpus()
  return {
    date: new Date().toISOString().slice(0, 10),
    node: process.version,
    processor: `${cores.length} × ${cores[0]?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB`,
    system: `${process.platform} ${process.arch} ${release()}`,
    pinning,
    load: Math.round((loadavg()[0] ?? 0) * 10) / 10,
    commit: commit(),
  }
}

function commit() {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: fileURLToPath(new URL('.', import.meta.url)), encoding: 'utf8' }).trim()
  } catch {
    return 'unknown'
  }
}
