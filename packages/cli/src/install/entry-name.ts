/** The name under which a server stands in a host's configuration. */
import { existsSync, readFileSync } from 'node:fs'
import { basename, dirname, join, parse } from 'node:path'
import { GangwayError } from '@gangway/core'
import { ancestors } from '../ancestors.ts'
import type { Target } from './targets.ts'

const NAMES = /^[\p{L}\p{N}_][\p{L}\p{N}_. -]{0,63}$/u
/** They say nothing of the server. */
const COMMON = /^(index|server|main|mcp|app|cli|bin|start|run|gangway|gangway\.config)$/i

export function checkName(name: string, { label, names = NAMES }: Target): string {
  if (names.test(name)) return name
  const allowed = names === NAMES ? 'up to 64 letters, digits, spaces and . _ -, the first a letter, digit or _' : 'up to 64 of a-z A-Z 0-9 _ -'
  throw new GangwayError('GANGWAY_E_USAGE', `${label} takes no server called ${JSON.stringify(name)}: choose a --name of ${allowed}`)
}

/** That of the file, or where it is one that any server could have, of its package or folder. */
export function nameFor(file: string): string {
  const own = parse(file).name
  const name = COMMON.test(own) ? (packageName(dirname(file)) ?? basename(dirname(file))) : own
  return plainName(name)
}

/** One that every host takes. */
export const plainName = (name: string): string => name.replaceAll(/[^A-Za-z0-9_-]+/g, '-').replaceAll(/^-+|-+$/g, '').slice(0, 64) || 'server'

function packageName(folder: string): string | undefined {
  const manifest = ancestors(folder).map((above) => join(above, 'package.json')).find(existsSync)
  try {
    const { name } = Object(manifest && JSON.parse(readFileSync(manifest, 'utf8'))) as { name?: unknown }
    return typeof name === 'string' ? name.replace(/^@[^/]*\//, '') : undefined
  } catch {
    return undefined // Whoever needs more of it will say what is wrong.
  }
}
