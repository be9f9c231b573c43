/** Which config file there is in a folder. */
import { join } from 'node:path'
import { GangwayError } from '@gangway/core'
import { isFile } from '../load/find-file.ts'

const NAMES = ['gangway.config.ts', 'gangway.config.mts', 'gangway.config.js', 'gangway.config.mjs', 'gangway.json']

/** Undefined if there is none. Throws `GANGWAY_E_CONFIG` where there is more than one. */
export function findConfig(folder: string): string | undefined {
  const [found, other] = NAMES.map((name) => join(folder, name)).filter((path) => isFile(path))
  if (found !== undefined && other !== undefined) throw new GangwayError('GANGWAY_E_CONFIG', `There are two config files, ${found} and ${other}: remove one, or name the one to use with --config`)
  return found
}

/** `packages` are those of the workspace that the folder is the root of, by name. */
export function noConfig(folder: string, packages: Iterable<readonly [string, string]>): GangwayError {
  const configured = Array.from(packages).flatMap(([name, path]) => (NAMES.some((file) => isFile(join(path, file))) ? [`gangway run --filter ${name}`] : []))
  const remedy = configured.length > 0 ? configured.join(', or ') : "name the server's file (gangway run server.ts), or make one of them"
  return new GangwayError('GANGWAY_E_USAGE', `There is nothing to run in ${folder}, for it has none of ${NAMES.join(', ')}: ${remedy}`)
}

/** Whether a path that was given to `gangway run` is that of a config file rather than a server's. */
export const isConfigName = (path: string): boolean => /(?:^|[\\/.])gangway\.(?:json|config\.m?[jt]s)$/.test(path)
