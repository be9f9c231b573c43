/** Loads a config file: selects the profile, expands variables and validates the settings. */
import { dirname } from 'node:path'
import { GangwayError } from '@gangway/core'
import { suggestion } from '../suggest.ts'
import type { Settings } from './config.ts'
import type { ServerVariables } from './env-variables.ts'
import { readConfigFile, type ConfigFile } from './config-file.ts'
import { interpolate } from './interpolate.ts'
import { faultIn, settingNames } from './schema.ts'

/** The settings of the file, or of one profile. */
export interface Layer {
  readonly settings: Settings
  /** The base of relative paths. */
  readonly folder: string
  position(name: string): string
}

/** In order of precedence. Throws `GANGWAY_E_CONFIG`. */
export async function loadConfig(path: string, profile: string | undefined, variables: ServerVariables): Promise<readonly Layer[]> {
  const file = await variables.during(() => readConfigFile(path))
  try {
    return layersOf(file, profile, variables)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error // A stack overflow: validation is recursive.
    throw new GangwayError('GANGWAY_E_CONFIG', `${path} is nested too deeply or contains itself. Flatten it`, { cause: error })
  }
}

/** Settings whose values messages must not show. */
const SECRET: ReadonlySet<unknown> = new Set(['env', 'clientSecret'])

function layersOf(file: ConfigFile, profile: string | undefined, variables: ServerVariables): readonly Layer[] {
  if (!isObject(file.value)) throw new GangwayError('GANGWAY_E_CONFIG', `The config must be an object (${file.position([])})`)
  const { $schema: _, profiles, ...base } = file.value
  if (profiles !== undefined && !isObject(profiles)) throw new GangwayError('GANGWAY_E_CONFIG', `"profiles" must be an object that maps profile names to settings (${file.position(['profiles'])})`)
  const layers = [toLayer(file, [], base, variables)]
  if (profile === undefined) return layers
  if (!profiles || !Object.hasOwn(profiles, profile)) throw unknownProfile(file, profile, Object.keys(profiles ?? {}))
  return [toLayer(file, ['profiles', profile], profiles[profile], variables), ...layers]
}

function toLayer(file: ConfigFile, root: readonly string[], value: unknown, variables: ServerVariables): Layer {
  const settings = interpolate(value, variables.get, (name, path) => {
    throw new GangwayError('GANGWAY_E_CONFIG', `The variable ${name} is not set. Set it, or add a default: \${${name}:-value} (${file.position([...root, ...path])})`)
  })
  const fault = faultIn(settings)
  if (fault) {
    const { path, unknown, remedy } = fault
    const place = file.position([...root, ...path])
    const names = settingNames(path.slice(0, -1))
    if (unknown !== undefined) throw new GangwayError('GANGWAY_E_CONFIG', `Unknown setting "${path.join('.')}" (${place}). ${suggestion(unknown, names, 'settings')}`)
    const value = at(settings, path)
    const shown = value === undefined || path.some((key) => SECRET.has(key)) ? '' : ` ${JSON.stringify(value)}`
    throw new GangwayError('GANGWAY_E_CONFIG', `${value === undefined ? 'Missing' : 'Invalid'} "${[...root, ...path].join('.')}"${shown} (${place}): ${remedy}`)
  }
  return { settings: settings as Settings, folder: dirname(file.path), position: (name) => file.position([...root, name]) }
}

function unknownProfile(file: ConfigFile, name: string, names: readonly string[]): GangwayError {
  return new GangwayError('GANGWAY_E_CONFIG', `${file.path} has no profile "${name}". ${suggestion(name, names, 'profiles')}`)
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

const at = (value: unknown, path: readonly (string | number)[]): unknown => path.reduce<unknown>((found, key) => (found as Record<string | number, unknown> | undefined)?.[key], value)
