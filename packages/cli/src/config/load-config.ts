/** From a config file to its settings: a profile laid over the rest, variables put in, every text checked. */
import { dirname } from 'node:path'
import process from 'node:process'
import { closest, GangwayError } from '@gangway/core'
import type { Settings } from './config.ts'
import { readConfigFile, type ConfigFile } from './config-file.ts'
import { interpolate } from './interpolate.ts'
import { faultIn, settingNames } from './schema.ts'

/** Settings that were written in one place. */
export interface Layer {
  readonly settings: Settings
  /** What relative paths start from. */
  readonly folder: string
  position(name: string): string
}

/** The strongest first. Throws `GANGWAY_E_CONFIG`. */
export async function loadConfig(path: string, profile: string | undefined): Promise<readonly Layer[]> {
  const file = await readConfigFile(path)
  try {
    return layersOf(file, profile)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error // The settings are walked recursively.
    throw new GangwayError('GANGWAY_E_CONFIG', `${path} is nested too deeply, or contains itself: flatten it`, { cause: error })
  }
}

function layersOf(file: ConfigFile, profile: string | undefined): readonly Layer[] {
  if (!isObject(file.value)) throw new GangwayError('GANGWAY_E_CONFIG', `A config file holds an object: mend ${file.position([])}`)
  const { $schema: _, profiles, ...base } = file.value
  if (profiles !== undefined && !isObject(profiles)) throw new GangwayError('GANGWAY_E_CONFIG', `"profiles" is an object of settings by name: mend ${file.position(['profiles'])}`)
  const layers = [toLayer(file, [], base)]
  if (profile === undefined) return layers
  if (!profiles || !Object.hasOwn(profiles, profile)) throw unknownProfile(file, profile, Object.keys(profiles ?? {}))
  return [toLayer(file, ['profiles', profile], profiles[profile]), ...layers]
}

function toLayer(file: ConfigFile, root: readonly string[], value: unknown): Layer {
  const settings = interpolate(value, process.env, (name, path) => {
    throw new GangwayError('GANGWAY_E_CONFIG', `The variable ${name} is not set: set it, or write \${${name}:-a default} (${file.position([...root, ...path])})`)
  })
  const fault = faultIn(settings)
  if (fault) {
    const { path, unknown, remedy } = fault
    const place = file.position([...root, ...path])
    const names = settingNames(path.slice(0, -1))
    const near = unknown === undefined ? undefined : closest(unknown, names)
    if (unknown !== undefined) throw new GangwayError('GANGWAY_E_CONFIG', `There is no setting "${path.join('.')}": ${near ? `did you mean ${near}?` : `there are ${names.join(', ')}`} (${place})`)
    throw new GangwayError('GANGWAY_E_CONFIG', `"${[...root, ...path].join('.')}" cannot be ${JSON.stringify(at(settings, path))}: ${remedy} (${place})`)
  }
  return { settings: settings as Settings, folder: dirname(file.path), position: (name) => file.position([...root, name]) }
}

function unknownProfile(file: ConfigFile, name: string, names: readonly string[]): GangwayError {
  const near = closest(name, names)
  const choice = near ? `did you mean ${near}?` : names.length > 0 ? `there are ${names.join(', ')}` : 'it has none'
  return new GangwayError('GANGWAY_E_CONFIG', `${file.path} has no profile "${name}": ${choice}`)
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

const at = (value: unknown, path: readonly (string | number)[]): unknown => path.reduce<unknown>((found, key) => (found as Record<string | number, unknown> | undefined)?.[key], value)
