/** From settings to a request; without loading any of what it takes to fulfil one. */
import { resolve } from 'node:path'
import { GangwayError } from '@gangway/core'
import { fileFault } from '../user-file.ts'
import type { Resolved, SettingName, Source } from '../config/settings.ts'
import type { EnvironmentRequest } from './request.ts'

export interface Asked {
  readonly settings: Resolved
  /** `--with` and what a config adds to it. */
  readonly packages: EnvironmentRequest['packages']
  /** Where the server is. */
  readonly folder: string
  readonly install: boolean
  readonly refresh?: boolean | undefined
  readonly debug?: boolean | undefined
}

/** Undefined if nothing was asked for: then nothing of this folder is loaded. Throws `GANGWAY_E_USAGE`. */
export function askedEnvironment({ settings, packages, folder, install, refresh = false, debug = false }: Asked): EnvironmentRequest | undefined {
  const first = (name: SettingName): Source | undefined => settings.get(name)?.[0]
  const [packageJson, project, node] = [first('packageJson'), first('project'), first('node')]
  const isNothing = packages.length === 0 && !packageJson && !project && !node
  if (refresh && (isNothing || !install)) throw new GangwayError('GANGWAY_E_USAGE', `--refresh installs anew what was installed, and ${install ? 'nothing is to be installed' : '--no-install forbids it'}: leave it out`)
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
  if (fileFault(folder) !== 'is a folder') throw new GangwayError('GANGWAY_E_USAGE', `${folder} is no folder (${source.origin}): check the path`)
  return folder
}
