/** Packs every published package as for the registry. */

import { execFileSync } from 'node:child_process'
import { pnpm } from './pnpm.mjs'

/**
 * @typedef {{ [condition: string]: string } | string} Entry
 * @typedef {{ name: string, exports: Record<string, Entry>, [field: string]: any }} Manifest
 * @typedef {{ name: string, tarball: string, files: string[], manifest: Manifest }} Packed
 */

/**
 * Packs the built packages into `directory`.
 * @param {string} directory
 * @returns {Packed[]}
 */
export function pack(directory) {
  const { status, stdout, stderr } = pnpm(['--recursive', '--filter', './packages/*', 'pack', '--pack-destination', directory, '--json'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  if (status !== 0) throw new Error(`pnpm pack failed\n${stdout}\n${stderr}`)
  /** @type {{ name: string, filename: string, files: { path: string }[] }[]} */
  const packages = JSON.parse(stdout)
  return packages.map(({ name, filename, files }) => ({
    name,
    tarball: filename,
    files: files.map(({ path }) => path),
    manifest: JSON.parse(execFileSync('tar', ['-xzOf', filename, 'package/package.json'], { encoding: 'utf8' })),
  }))
}
