/** Combines flags, variables and the config file into the settings, environment and file of a run. */
import { dirname, resolve } from 'node:path'
import process from 'node:process'
import { GangwayError, type LaunchFlags } from '@gangway/core'
import type { Settings } from './config/config.ts'
import { findConfig, isConfigName, noConfig } from './config/find-config.ts'
import type { Layer } from './config/load-config.ts'
import { resolveSettings, type Resolved, type SettingName, type Source } from './config/settings.ts'
import { requestedEnvironment } from './environment/resolve-request.ts'
import type { EnvironmentRequest } from './environment/environment-request.ts'
import { findFile, isFile } from './load/find-file.ts'
import { parseSpec, type Spec } from './load/file-spec.ts'
import type { EnvironmentOptions, ServeOptions, SourceOptions } from './option-groups.ts'

export type PlanOptions = SourceOptions & ServeOptions & EnvironmentOptions

export interface Plan {
  readonly settings: Resolved
  readonly environment: EnvironmentRequest | undefined
  /** A file, or a package that is resolved in the environment. */
  readonly target: ({ readonly file: string } | { readonly module: string }) & { readonly exportName: string | undefined }
  /** The folder that relative paths and package lookups start from. */
  readonly folder: string
  readonly flags: LaunchFlags
  readonly args: readonly string[]
}

/** Also sets the server's variables in `process.env`. `spec` is the first argument, if there is one. */
export async function plan(spec: string | undefined, options: PlanOptions, args: readonly string[]): Promise<Plan> {
  if (spec !== undefined && options.module !== undefined) throw new GangwayError('GANGWAY_E_USAGE', `Both a package (-m ${options.module}) and a file (${spec}) are given. Remove one of them`)
  const variables = options.env || options.envFile ? await import('./config/env-variables.ts') : undefined
  variables?.setVariables(options.env ?? [])
  variables?.addVariablesOf(options.envFile ?? [], '--env-file', process.cwd())

  const folder = options.filter === undefined ? process.cwd() : (await import('./load/find-workspace.ts')).findWorkspacePackage(options.filter, process.cwd())
  const layers = await readConfig(spec, folder, options)
  const named = spec !== undefined && isConfigName(spec) ? undefined : spec
  const settings = resolveSettings(given(named, options, args), layers, process.cwd())

  const target = await findTarget(settings, folder, options)
  const environment = requestedEnvironment({ ...options, settings, packages: packagesOf(options, layers), folder: 'file' in target ? dirname(target.file) : folder })
  return { settings: new Map([...settings, ...added(options, layers)]), environment, target, folder, flags: toFlags(options), args: (settings.get('args')?.[0]?.value as readonly string[] | undefined) ?? [] }
}

/** The settings for a remote server. */
export const planServing = (spec: string | undefined, options: PlanOptions): Pick<Plan, 'settings' | 'flags'> => ({ settings: resolveSettings(given(spec, options, []), [], process.cwd()), flags: toFlags(options) })

const CONFIG = 'contains the configuration'

async function readConfig(spec: string | undefined, folder: string, { config, profile, module, filter }: PlanOptions): Promise<readonly Layer[]> {
  const isNothing = spec === undefined && module === undefined
  const path = config !== undefined ? findFile(config, CONFIG) : spec !== undefined && isConfigName(spec) ? findFile(resolve(folder, spec), CONFIG) : isNothing ? findConfig(folder) : undefined
  if (path === undefined) {
    if (isNothing && filter === undefined) throw noConfig(folder, (await import('./load/find-workspace.ts')).packagesOf(folder))
    if (profile !== undefined) throw new GangwayError('GANGWAY_E_USAGE', '--profile selects a profile of a config file, but no config file is used. Add --config <file>')
    return []
  }
  const { loadConfig } = await import('./config/load-config.ts')
  const layers = await loadConfig(path, profile)
  const { addVariables, addVariablesOf } = await import('./config/env-variables.ts')
  for (const layer of layers) {
    addVariables(layer.settings.env ?? {})
    addVariablesOf([layer.settings.envFile ?? []].flat(), layer.position('envFile'), layer.folder)
  }
  return layers
}

function given(server: string | undefined, options: PlanOptions, args: readonly string[]): Settings {
  const { allowedHost, allowedOrigin, stateless, authIssuer, authAudience, authScopes, jsonLogs, banner, strictStdout, isolateStdout, withPackageJson, transport, host, port, path, logLevel, node, project } = options
  const flags = {
    server: server ?? options.module,
    ...{ transport, host, port, path, logLevel, node, project },
    allowedHosts: allowedHost,
    allowedOrigins: allowedOrigin,
    sessions: stateless && 'stateless',
    ...{ authIssuer, authAudience, authScopes },
    logFormat: jsonLogs && 'json',
    banner: banner ? undefined : false,
    ...{ strictStdout, isolateStdout },
    packageJson: withPackageJson,
    args: args.length > 0 ? args : undefined,
  }
  return flags as Settings
}

function packagesOf({ with: packages = [] }: EnvironmentOptions, layers: readonly Layer[]): EnvironmentRequest['packages'] {
  const typed = packages.map((text) => ({ text, origin: '--with', folder: process.cwd() }))
  const written = layers.flatMap(({ settings, folder, position }) => (settings.with ?? []).map((text) => ({ text, origin: position('with'), folder })))
  return [...typed, ...written]
}

/** Settings whose values are merged from all sources. Variables are listed by name only, because their values may be secrets. */
function* added(options: PlanOptions, layers: readonly Layer[]): Iterable<[SettingName, readonly Source[]]> {
  const flags = { with: options.with, env: options.env?.map((text) => text.replace(/=.*/s, '')), envFile: options.envFile }
  for (const name of ['with', 'env', 'envFile'] as const) {
    const written = layers.flatMap(({ settings, folder, position }): Source[] => {
      const value = settings[name]
      return value === undefined ? [] : [{ value: typeof value === 'string' ? [value] : Array.isArray(value) ? value : Object.keys(value), origin: position(name), from: 'config', folder }]
    })
    const typed: Source[] = flags[name] === undefined ? [] : [{ value: flags[name], origin: `--${name === 'envFile' ? 'env-file' : name}`, from: 'flag', folder: process.cwd() }]
    const [first, ...others] = [...typed, ...written]
    if (first) yield [name, [{ ...first, value: [first, ...others].flatMap(({ value }) => value), origin: [first, ...others].map(({ origin }) => origin).join(', ') }]]
  }
}

async function findTarget(settings: Resolved, folder: string, { module, filter }: PlanOptions): Promise<Plan['target']> {
  const [source] = settings.get('server') ?? []
  if (module !== undefined) {
    const { path, exportName }: Spec = parseSpec(module, () => false)
    return { module: path, exportName }
  }
  if (source) {
    const base = source.from === 'config' ? source.folder : folder
    const { path, exportName } = parseSpec(String(source.value), (name) => isFile(resolve(base, name)))
    return { file: findFile(resolve(base, path)), exportName }
  }
  if (filter === undefined) throw new GangwayError('GANGWAY_E_CONFIG', 'The config file has no "server" setting. Add it, or pass a file: gangway run server.ts')
  const { entryOf } = await import('./load/find-package.ts')
  return { file: entryOf(folder, filter), exportName: undefined }
}

/** Omits options that were not given, so that they do not override the arguments of the file's own `run()`. */
function toFlags({ transport, host, port, path, allowedHost: allowedHosts, allowedOrigin: allowedOrigins, stateless }: ServeOptions): LaunchFlags {
  const flags = { transport, host, port, path, allowedHosts, allowedOrigins, sessions: stateless && 'stateless' }
  return Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined))
}
