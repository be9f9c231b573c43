/** Options that several commands share. */
import { Option, type Command } from 'commander'
import { GangwayError } from '@gangway/core'
import { isGiven, namesOfGiven, optionsOf } from './config/setting-flags.ts'
import type { Group } from './config/settings-table.ts'
import { collect, parsePackageName } from './options.ts'

/** Options that select the server and its variables. */
export interface SourceOptions {
  /** The name of an installed package. */
  readonly module?: string
  /** The name of a package in the workspace. */
  readonly filter?: string
  readonly config?: string
  readonly profile?: string
  readonly env?: readonly string[]
  readonly envFile?: readonly string[]
}

/** Options of the packages and the Node.js version that a server uses. */
export interface EnvironmentOptions {
  readonly with?: readonly string[]
  readonly withPackageJson?: string
  readonly project?: string
  /** `--no-install` */
  readonly install: boolean
  readonly refresh?: boolean
}

/** Options of reloading. */
export interface ReloadOptions {
  readonly reload?: true
  readonly reloadDir?: readonly string[]
}

export const moduleOption = (): Option => new Option('-m, --module <package>', 'run the server in an installed package').argParser(parsePackageName)

const sourceOptions = (): readonly Option[] => [
  moduleOption(),
  new Option('--filter <package>', 'run the server in a workspace package'),
  new Option('--config <file>', 'use this config file (default: gangway.config.ts or gangway.json, if no file is given)'),
  new Option('--profile <name>', 'use this profile of the config file'),
  ...optionsOf('server'),
]

const environmentOptions = (): readonly Option[] => [
  ...optionsOf('environment'),
  new Option('--no-install', 'use only the cache, never the network'),
  new Option('--refresh', 'reinstall what the cache contains'),
]

const reloadOptions = (): readonly Option[] => [new Option('--reload', 'reload the server when a file changes; clients stay connected'), reloadDir('; implies --reload')]

export const reloadDir = (more = ''): Option => new Option('--reload-dir <folder>', `also watch this folder (repeatable${more})`).argParser(collect)

/** Options that apply only to a server that gangway loads from a file. */
const localOptions = (): readonly Option[] => [...sourceOptions(), ...environmentOptions(), ...reloadOptions(), ...optionsOf('stdout')]

export const addSourceOptions = (command: Command): Command => addGroup(command, 'Server:', sourceOptions())

export const addEnvironmentOptions = (command: Command): Command => addGroup(command, 'Environment:', environmentOptions())

export const addReloadOptions = (command: Command): Command => addGroup(command, 'Development:', reloadOptions())

export function addServeOptions(command: Command): Command {
  addGroup(command, 'Transport:', optionsOf('transport', 'address'))
  addGroup(command, 'Authentication:', optionsOf('access'))
  addGroup(command, 'Output:', optionsOf('log'))
  return command.option('--debug', 'print the stack of an error, and the output of npm')
}

function addGroup(command: Command, heading: string, options: readonly Option[]): Command {
  command.optionsGroup(heading)
  for (const option of options) command.addOption(option)
  return command
}

const given = (options: object): (readonly [string, unknown])[] =>
  localOptions().flatMap((option) => {
    const value: unknown = options[option.attributeName() as keyof typeof options]
    return isGiven(option, value) ? [[option.short ?? option.long ?? '', value] as const] : []
  })

/** Throws `GANGWAY_E_USAGE`. */
export function rejectLocal(options: object, spec: string): void {
  const [local] = given(options)
  if (local) throw new GangwayError('GANGWAY_E_USAGE', `${local[0]} applies only to a server that gangway loads from a file, not to ${spec}. Remove it`)
}

/** Rejects the flags of these groups. Throws `GANGWAY_E_USAGE`. */
export function rejectOnStdio(options: object, ...groups: readonly Group[]): void {
  const [flag] = namesOfGiven(options, ...groups)
  if (flag !== undefined) throw new GangwayError('GANGWAY_E_USAGE', `${flag} is not supported by the stdio transport. Use -t http or -t sse, or remove it`)
}

/** The given options as command-line arguments, for a child process. */
export const localFlags = (options: SourceOptions & Partial<EnvironmentOptions>): readonly string[] => given(options).flatMap(([flag, value]) => (typeof value === 'boolean' ? [flag] : [value].flat().flatMap((one) => [flag, String(one)])))
