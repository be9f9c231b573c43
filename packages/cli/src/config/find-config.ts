/** Finds the config file of a folder. */
import { join } from 'node:path'
import { GangwayError } from '@gangway/core'
import { isFile } from '../load/find-file.ts'
import { shortList } from '../suggest.ts'

const NAMES = ['gangway.config.ts', 'gangway.config.mts', 'gangway.config.js', 'gangway.config.mjs', 'gangway.json']

/** Undefined if there is none. Throws `GANGWAY_E_CONFIG` where there is more than one. */
export function findConfig(folder: string): string | undefined {
  const [found, other] = NAMES.map((name) => join(folder, name)).filter((path) => isFile(path))
  if (found !== undefined && other !== undefined) throw new GangwayError('GANGWAY_E_CONFIG', `Found two config files, ${found} and ${other}. Remove one, or select one with --config`)
  return found
}

/** `packages` are the packages of the workspace whose root is `folder`: pairs of name and path. */
export function noConfig(folder: string, packages: Iterable<readonly [string, string]>): GangwayError {
  const configured = Array.from(packages).flatMap(([name, path]) => (NAMES.some((file) => isFile(join(path, file))) ? [`gangway run --filter ${name}`] : []))
  const remedy = configured.length > 0 ? `Run a workspace package: ${shortList(configured)}` : `Pass a file (gangway run server.ts), or create ${NAMES[0]}`
  return new GangwayError('GANGWAY_E_USAGE', `No server given, and ${folder} has no config file. ${remedy}`)
}

/** Whether the path is that of a config file rather than a server's. */
export const isConfigName = (path: string): boolean => /(?:^|[\\/.])gangway\.(?:json|config\.m?[jt]s)$/.test(path)
