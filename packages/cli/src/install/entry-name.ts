/** The name of a server in a host's configuration. */
import { existsSync, readFileSync } from 'node:fs'
import { basename, dirname, join, parse } from 'node:path'
import { GangwayError } from '@gangway/core'
import { ancestors } from '../ancestors.ts'
import type { Target } from './hosts.ts'

const NAMES = /^[\p{L}\p{N}_][\p{L}\p{N}_. -]{0,63}$/u
/** File names that do not identify a server. */
const COMMON = /^(index|server|main|mcp|app|cli|bin|start|run|gangway|gangway\.config)$/i

export function checkName(name: string, { label, names = NAMES }: Target): string {
  if (names.test(name)) return name
  const allowed = names === NAMES ? 'up to 64 letters, digits, spaces and . _ - that starts with a letter, digit or _' : 'up to 64 characters from a-z A-Z 0-9 _ -'
  throw new GangwayError('GANGWAY_E_USAGE', `Invalid name ${JSON.stringify(name)} for ${label}. Choose a --name of ${allowed}`)
}

/** The name of the file, or of its package or folder if the file has a common name such as server.ts. */
export function nameFor(file: string): string {
  const own = parse(file).name
  const name = COMMON.test(own) ? (packageName(dirname(file)) ?? basename(dirname(file))) : own
  return plainName(name)
}

/** A name that every host accepts. */
export const plainName = (name: string): string => name.replaceAll(/[^A-Za-z0-9_-]+/g, '-').replaceAll(/^-+|-+$/g, '').slice(0, 64) || 'server'

function packageName(folder: string): string | undefined {
  const manifest = ancestors(folder).map((above) => join(above, 'package.json')).find(existsSync)
  try {
    const { name } = Object(manifest && JSON.parse(readFileSync(manifest, 'utf8'))) as { name?: unknown }
    return typeof name === 'string' ? name.replace(/^@[^/]*\//, '') : undefined
  } catch {
    return undefined // Code that depends on the file reports the error.
  }
}
