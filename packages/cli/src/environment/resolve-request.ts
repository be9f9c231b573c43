/** Derives the environment request from the settings. Imports none of the code that fulfills it, to keep startup fast. */
import { resolve } from 'node:path'
import { GangwayError } from '@gangway/core'
import { fileFault } from '../user-file.ts'
import type { Resolved, Source } from '../config/settings.ts'
import type { SettingName } from '../config/settings-table.ts'
import type { EnvironmentRequest } from './environment-request.ts'

export interface EnvironmentSettings {
  readonly settings: Resolved
  /** From `--with` and the config file. */
  readonly packages: EnvironmentRequest['packages']
  /** The folder of the server. */
  readonly folder: string
  readonly install: boolean
  readonly refresh?: boolean | undefined
  readonly debug?: boolean | undefined
}

/** Undefined if the server needs no environment. Throws `GANGWAY_E_USAGE`. */
export function requestedEnvironment({ settings, packages, folder, install, refresh = false, debug = false }: EnvironmentSettings): EnvironmentRequest | undefined {
  const first = (name: SettingName): Source | undefined => settings.get(name)?.[0]
  const [packageJson, project, node] = [first('packageJson'), first('project'), first('node')]
  const isNothing = packages.length === 0 && !packageJson && !project && !node
  if (refresh && (isNothing || !install)) throw new GangwayError('GANGWAY_E_USAGE', install ? '--refresh has nothing to reinstall. Add --with, --with-package-json or --node, or remove it' : '--refresh and --no-install cannot be used together. Remove one of them')
  if (isNothing) return undefined
  return {
    packages,
    packageJson: packageJson && pathOf(packageJson),
    project: project && projectFolder(project),
    node: node && { text: String(node.value), origin: node.origin },
    folder,
    install,
    refresh,
    debug,
  }
}

const pathOf = ({ folder, value }: Source): string => resolve(folder, String(value))

function projectFolder(source: Source): string {
  const folder = pathOf(source)
  if (fileFault(folder) !== 'is a folder') throw new GangwayError('GANGWAY_E_USAGE', `${folder} is not a folder (${source.origin}). Check the path`)
  return folder
}
