/** Resolves every setting from flags, variables, the config file and defaults, in this order of precedence. */
import process from 'node:process'
import { InvalidArgumentError } from 'commander'
import { GangwayError } from '@gangway/core'
import type { Layer } from './load-config.ts'
import { longName, type Given } from './setting-flags.ts'
import { parserOf, SETTINGS, settingsIn, type Setting, type SettingName } from './settings-table.ts'

export interface Source {
  readonly value: unknown
  /** A flag, a variable, a position in the config file, or `default`. */
  readonly origin: string
  readonly from: 'flag' | 'variable' | 'config' | 'default'
  /** The base of a relative path. */
  readonly folder: string
}

/** Returns the value of a variable. */
type Lookup = (name: string) => string | undefined

/** In order of precedence: the first source wins. */
export type Resolved = ReadonlyMap<SettingName, readonly Source[]>

/** Dropped on stdio. The access settings are not: a file's own `run()` may choose an HTTP transport, which must not become public. */
const ADDRESS: readonly SettingName[] = settingsIn('address').map(([name]) => name)

/** Throws `GANGWAY_E_USAGE` for an invalid variable, and `GANGWAY_E_CONFIG` for an invalid config file. */
export function resolveSettings(flags: Given, layers: readonly Layer[], folder: string, lookup: Lookup = (name) => process.env[name]): Resolved {
  const found = new Map<SettingName, readonly Source[]>()
  for (const [name, setting] of settingsIn()) {
    const sources = [...given(name, flags, setting, folder, lookup), ...configured(name, layers, setting), ...assumed(setting, found.get('transport')?.[0]?.value, folder, lookup)]
    const [first] = sources
    if (first) found.set(name, setting.merge ? [merged(first, sources, setting.merge)] : sources)
  }
  rejectAddressOnStdio(found)
  if (found.get('transport')?.[0]?.value === 'stdio') for (const name of ADDRESS) found.delete(name)
  return found
}

function* given(name: SettingName, flags: Given, setting: Setting, folder: string, lookup: Lookup): Iterable<Source> {
  const { flag, argument, variable } = setting
  const origin = flag ? longName(flag) : argument
  if (origin !== undefined && flags[name] !== undefined) yield { value: flags[name], origin, from: 'flag', folder }
  const text = variable === undefined ? undefined : lookup(variable)
  if (variable !== undefined && text) yield { value: parseVariable(variable, text, parserOf(setting)), origin: variable, from: 'variable', folder }
}

function* configured(name: SettingName, layers: readonly Layer[], { value: kind }: Setting): Iterable<Source> {
  for (const { settings, folder, position } of layers) {
    if (settings[name] !== undefined) yield { value: kind === 'port' ? Number(settings[name]) : settings[name], origin: position(name), from: 'config', folder }
  }
}

function* assumed({ platformVariable, default: value }: Setting, transport: unknown, folder: string, lookup: Lookup): Iterable<Source> {
  const text = platformVariable === undefined ? undefined : lookup(platformVariable)
  if (platformVariable !== undefined && text) yield { value: text, origin: platformVariable, from: 'variable', folder }
  if (value !== undefined) yield { value: typeof value === 'function' ? value(transport) : value, origin: 'default', from: 'default', folder }
}

const merged = (first: Source, sources: readonly Source[], list: NonNullable<Setting['merge']>): Source => ({ ...first, value: sources.flatMap(({ value }) => list(value)), origin: sources.map(({ origin }) => origin).join(', ') })

function parseVariable(variable: string, text: string, parse: (text: string) => unknown = String): unknown {
  try {
    return parse(text)
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error
    throw new GangwayError('GANGWAY_E_USAGE', `Invalid ${variable} "${text}": ${error.message}`)
  }
}

/** Rejects a config file with an address but no HTTP transport. A flag or variable that selects stdio also drops the address. */
function rejectAddressOnStdio(found: Resolved): void {
  const transports = (found.get('transport') ?? []).filter(({ from }) => from !== 'default')
  if (transports.some(({ value, from }) => value !== 'stdio' || from !== 'config')) return
  const [name, source] = ADDRESS.map((key) => [key, found.get(key)?.find(({ from }) => from === 'config')] as const).find(([, candidate]) => candidate) ?? []
  if (source) throw new GangwayError('GANGWAY_E_CONFIG', `"${name}" is not supported by the stdio transport. Set "transport" to http or sse, or remove it (${source.origin})`)
}

/** Settings of the config file are passed on as variables, so that options in code override them, as they override variables. */
export const variablesOf = (resolved: Resolved): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Array.from(resolved).flatMap(([name, [source]]) => {
      const { variable, group } = SETTINGS[name]
      return source && variable !== undefined && (source.from === 'config' || (source.from === 'flag' && group === 'log')) ? [[variable, String(source.value)] as const] : []
    }),
  )
