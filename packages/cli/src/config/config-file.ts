/** Reads a config file, and finds the position of each setting in it. */
import { GangwayError } from '@gangway/core'
import { findNodeAtLocation } from 'jsonc-parser'
import { parseJsonc, plainValue, positionIn } from '../jsonc.ts'
import { loadModule } from '../load/load-module.ts'
import { readUserFile } from '../user-file.ts'

export interface ConfigFile {
  /** Absolute. */
  readonly path: string
  readonly value: unknown
  /** `file:line:column` in JSON; the name of the setting and the file in a module. */
  position(path: readonly (string | number)[]): string
}

/** Throws `GANGWAY_E_CONFIG`, and the errors of loading a module. */
export const readConfigFile = (path: string): Promise<ConfigFile> => (path.endsWith('.json') ? readJson(path) : readModule(path))

async function readJson(path: string): Promise<ConfigFile> {
  const text = readUserFile(path).replace(/^\uFEFF/, '')
  const { root: tree, fault } = parseJsonc(text)
  const place = (offset: number): string => `${path}:${positionIn(text, offset)}`
  if (fault || !tree) throw new GangwayError('GANGWAY_E_CONFIG', `Invalid config file: ${fault?.what ?? 'it is empty'}. Fix the JSON at ${place(fault?.offset ?? 0)}`)
  return {
    path,
    value: plainValue(tree),
    position(keys) {
      const node = findNodeAtLocation(tree, [...keys])
      return place((node?.parent?.type === 'property' ? node.parent : (node ?? tree)).offset)
    },
  }
}

async function readModule(path: string): Promise<ConfigFile> {
  const module = (await loadModule(path)) as { default?: unknown }
  if (!Object.hasOwn(module, 'default')) throw new GangwayError('GANGWAY_E_CONFIG', `${path} has no default export. Write: export default { … }`)
  return { path, value: module.default, position: (keys) => (keys.length > 0 ? `${keys.join('.')} in ${path}` : path) }
}
