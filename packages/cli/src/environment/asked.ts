/** From flags to a request; without loading any of what it takes to fulfil one. */
import { statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import process from 'node:process'
import { GangwayError } from '@gangway/core'
import type { EnvironmentOptions } from '../option-groups.ts'
import type { EnvironmentRequest } from './request.ts'

/** Undefined if none of the flags was given: then nothing of this folder is loaded. Throws `GANGWAY_E_USAGE`. */
export function askedEnvironment(options: EnvironmentOptions & { readonly debug?: boolean }, file: string): EnvironmentRequest | undefined {
  const { with: packages = [], withPackageJson, project, node, install, refresh = false, debug = false } = options
  if (packages.length === 0 && withPackageJson === undefined && project === undefined && node === undefined) return undefined
  return {
    packages: packages.map((text) => ({ text, origin: '--with', folder: process.cwd() })),
    packageJson: withPackageJson === undefined ? undefined : resolve(withPackageJson),
    project: project === undefined ? undefined : projectFolder(project),
    node: node === undefined ? undefined : { text: node, origin: '--node' },
    folder: dirname(file),
    install,
    refresh,
    debug,
  }
}

function projectFolder(path: string): string {
  const folder = resolve(path)
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) throw new GangwayError('GANGWAY_E_USAGE', `--project names ${folder}, which is no folder: check the path`)
  return folder
}
