/** Combines flags, variables and the config file into the settings, environment and file of a run. */
import { dirname, resolve } from 'node:path'
import process from 'node:process'
import { GangwayError } from '@gangway/core'
import type { LaunchFlags } from '@gangway/core/internal'
import { findConfig, isConfigName, noConfig } from './config/find-config.ts'
import type { Layer } from './config/load-config.ts'
import { ServerVariables } from './config/env-variables.ts'
import { settingsOf, type Given } from './config/setting-flags.ts'
import { resolveSettings, variablesOf, type Resolved } from './config/settings.ts'
import { requestedEnvironment } from './environment/resolve-request.ts'
import type { EnvironmentRequest } from './environment/environment-request.ts'
import { findFile, isFile } from './load/find-file.ts'
import { parseSpec, type Spec } from './load/file-spec.ts'
import type { EnvironmentOptions, SourceOptions } from './option-groups.ts'

export interface PlanOptions extends SourceOptions, EnvironmentOptions {
  readonly debug?: boolean
}

export interface Plan {
  readonly settings: Resolved
  /** To set in `process.env` before the server starts: of the server, and settings that it reads from variables. */
  readonly variables: Readonly<Record<string, string>>
  readonly environment: EnvironmentRequest | undefined
  /** A file, or a package that is resolved in the environment. */
  readonly target: ({ readonly file: string } | { readonly module: string }) & { readonly exportName: string | undefined }
  /** The folder that relative paths and package lookups start from. */
  readonly folder: string
  /** Only those that were given, so that they do not override the arguments of the file's own `run()`. */
  readonly flags: LaunchFlags
  readonly args: readonly string[]
}

/** `spec` is the first argument, if there is one. */
export async function plan(spec: string | undefined, options: PlanOptions, args: readonly string[]): Promise<Plan> {
  if (spec !== undefined && options.module !== undefined) throw new GangwayError('GANGWAY_E_USAGE', `Both a package (-m ${options.module}) and a file (${spec}) are given. Remove one of them`)
  const variables = new ServerVariables()
  variables.assign(options.env ?? [])
  variables.addFiles(options.envFile ?? [], '--env-file', process.cwd())

  const folder = options.filter === undefined ? process.cwd() : (await import('./load/find-workspace.ts')).findWorkspacePackage(options.filter, process.cwd())
  const layers = await readConfig(spec, folder, options, variables)
  const named = spec !== undefined && isConfigName(spec) ? undefined : spec
  const settings = resolveSettings(given(named, options, args), layers, process.cwd(), variables.get)

  const target = await findTarget(settings, folder, options)
  const environment = requestedEnvironment({ ...options, settings, packages: packagesOf(options, layers), folder: 'file' in target ? dirname(target.file) : folder })
  return { settings, variables: { ...variables.added, ...variablesOf(settings) }, environment, target, folder, flags: launchFlags(options), args: (settings.get('args')?.[0]?.value as readonly string[] | undefined) ?? [] }
}

/** The settings for a remote server. */
export function planServing(spec: string | undefined, options: PlanOptions): Pick<Plan, 'settings' | 'variables' | 'flags'> {
  const settings = resolveSettings(given(spec, options, []), [], process.cwd())
  return { settings, variables: variablesOf(settings), flags: launchFlags(options) }
}

const CONFIG = 'contains the configuration'

async function readConfig(spec: string | undefined, folder: string, { config, profile, module, filter }: PlanOptions, variables: ServerVariables): Promise<readonly Layer[]> {
  const isNothing = spec === undefined && module === undefined
  const path = config !== undefined ? findFile(config, CONFIG) : spec !== undefined && isConfigName(spec) ? findFile(resolve(folder, spec), CONFIG) : isNothing ? findConfig(folder) : undefined
  if (path === undefined) {
    if (isNothing && filter === undefined) throw noConfig(folder, (await import('./load/find-workspace.ts')).packagesOf(folder))
    if (profile !== undefined) throw new GangwayError('GANGWAY_E_USAGE', '--profile selects a profile of a config file, but no config file is used. Add --config <file>')
    return []
  }
  const { loadConfig } = await import('./config/load-config.ts')
  const layers = await loadConfig(path, profile, variables)
  for (const layer of layers) {
    variables.add(layer.settings.env ?? {})
    variables.addFiles([layer.settings.envFile ?? []].flat(), layer.position('envFile'), layer.folder)
  }
  return layers
}

const given = (server: string | undefined, options: PlanOptions, args: readonly string[]): Given => ({ ...settingsOf(options), server: server ?? options.module, args: args.length > 0 ? args : undefined })

const launchFlags = (options: PlanOptions): LaunchFlags => settingsOf(options, 'transport', 'address') as LaunchFlags

function packagesOf({ with: packages = [] }: EnvironmentOptions, layers: readonly Layer[]): EnvironmentRequest['packages'] {
  const typed = packages.map((text) => ({ text, origin: '--with', folder: process.cwd() }))
  const written = layers.flatMap(({ settings, folder, position }) => (settings.with ?? []).map((text) => ({ text, origin: position('with'), folder })))
  return [...typed, ...written]
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
