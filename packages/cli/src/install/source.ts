/** From what was typed to what an entry runs, wherever it is started. */
import { join, resolve } from 'node:path'
import process from 'node:process'
import { GangwayError } from '@gangway/core'
import { findConfig, isConfigName, noConfig } from '../config/find-config.ts'
import { parsePackage } from '../environment/package-spec.ts'
import { findFile, isFile } from '../load/find-file.ts'
import { findPackage } from '../load/find-package.ts'
import { packagesOf } from '../load/find-workspace.ts'
import { parseSpec } from '../load/spec.ts'
import { localFlags, rejectLocal, type EnvironmentOptions, type SourceOptions } from '../option-groups.ts'
import { isUrl, parseJsonSpec } from '../upstreams/spec.ts'
import { nameFor, plainName } from './entry-name.ts'

export interface SourceRequest extends Pick<SourceOptions, 'module' | 'profile'>, EnvironmentOptions {}

export interface Source {
  /** What `run` is told, with absolute paths. */
  readonly spec: string
  readonly flags: readonly string[]
  /** In its project, this command may be installed. */
  readonly file: string
  readonly name: string
}

/** `typed` is undefined for the config file that is here. Throws what the search for it does, and `GANGWAY_E_USAGE`. */
export function sourceOf(typed: string | undefined, options: SourceRequest, args: readonly string[]): Source {
  const { module } = options
  if (typed !== undefined && module !== undefined) throw new GangwayError('GANGWAY_E_USAGE', `-m names a package and '${typed}' a file: leave one out`)
  const { isHere, ...source } = module !== undefined ? ofPackage(module, options) : typed === undefined ? ofPath(configHere()) : isUrl(typed) ? ofUrl(typed) : ofPath(typed)
  if (options.profile !== undefined && isHere && !isConfigName(source.file)) throw new GangwayError('GANGWAY_E_USAGE', '--profile names a part of a config file, and none is used: leave it out')
  const local = absolute(options)
  if (isHere) return { ...source, flags: localFlags(local) }
  if (args.length > 0) throw new GangwayError('GANGWAY_E_USAGE', `${typed} is served elsewhere, and takes no arguments: leave out what follows --`)
  rejectLocal(local, String(typed))
  return { ...source, flags: [] }
}

/** The name that `sourceOf` would give it; undefined for what is no file and no address. */
export const sourceName = (typed: string): string | undefined => (isUrl(typed) ? ofUrl(typed).name : isFile(pathOf(typed).path) ? ofPath(typed).name : undefined)

interface Found extends Omit<Source, 'flags'> {
  /** Or else who serves it is only told of: by its address, or by an mcp.json. */
  readonly isHere: boolean
}

function ofPath(typed: string): Found {
  const { path, part } = pathOf(typed)
  const file = findFile(path)
  const isServers = parseJsonSpec(typed) !== undefined && !isConfigName(file)
  return { spec: part === undefined ? file : `${file}:${part}`, file, name: isServers && part !== undefined ? part : nameFor(file), isHere: !isServers }
}

function pathOf(typed: string): { path: string; part: string | undefined } {
  const json = isFile(typed) ? undefined : parseJsonSpec(typed)
  if (json) return { path: json.path, part: json.server }
  const { path, exportName } = parseSpec(typed, isFile)
  return { path, part: exportName }
}

function ofUrl(url: string): Found {
  if (!URL.canParse(url)) throw new GangwayError('GANGWAY_E_URL', `${JSON.stringify(url)} is not an HTTP address: write it as https://host:port/path`)
  return { spec: url, file: join(process.cwd(), 'package.json'), name: plainName(new URL(url).hostname), isHere: false }
}

/** One that is only to be in its environment is left to be found there. */
function ofPackage(typed: string, { with: packages }: SourceRequest): Found {
  const { path: name, exportName } = parseSpec(typed, () => false)
  const short = name.replace(/^@[^/]*\//, '')
  if (packages?.some((one) => parsePackage(one, '--with', process.cwd()).name === name)) return { spec: `--module=${typed}`, file: join(process.cwd(), 'package.json'), name: plainName(short), isHere: true }
  const file = findPackage(name, [process.cwd()])
  return { spec: exportName === undefined ? file : `${file}:${exportName}`, file, name: plainName(short), isHere: true }
}

function configHere(): string {
  const found = findConfig(process.cwd())
  if (found === undefined) throw noConfig(process.cwd(), packagesOf(process.cwd()))
  return found
}

function absolute({ profile, with: packages, withPackageJson, project, node, install, refresh }: SourceRequest): object {
  const paths = { withPackageJson: withPackageJson && resolve(withPackageJson), project: project && resolve(project) }
  return { profile, with: packages?.map((text) => parsePackage(text, '--with', process.cwd()).text), ...paths, node, install, refresh }
}
