/** Gives a server the Node and the packages that were asked for, before any of its files is loaded. */
import { existsSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { GangwayError } from '@gangway/core'
import { say } from '../output.ts'
import { installHooks } from './install-hooks.ts'
import { installNode } from './install-node.ts'
import type { InstallOptions } from './installed.ts'
import { isStartedByCommand } from './lifeline.ts'
import { isRunning, wantedNode } from './node-version.ts'
import { findNpm } from './npm.ts'
import type { Overlay } from './overlay.ts'
import { combine, parsePackage } from './package-spec.ts'
import { installManifest, installPackages } from './packages.ts'
import { reexecute } from './reexecute.ts'
import type { EnvironmentRequest } from './request.ts'

export interface Environment {
  readonly overlay: Overlay
  readonly tsconfig: string | undefined
}

/** Resolves in the process that is to serve; one whose Node will not do becomes the errand boy of another. */
export async function prepare({ packages, packageJson, project, node, folder, install, refresh, debug }: EnvironmentRequest): Promise<Environment> {
  const options: InstallOptions = { install, refresh, debug, folder: project ?? folder }
  const specs = combine(packages.map(({ text, origin, folder: base }) => parsePackage(text, origin, base))) // Before anything takes its time.
  if (!isStartedByCommand()) await chooseNode(node, options)
  const overlays: string[] = []
  if (specs.length > 0) overlays.push(await installPackages(specs, options))
  if (packageJson !== undefined) overlays.push(await installManifest(packageJson, specs, options))
  const overlay = installHooks({ packages: overlays, project, command: dirname(fileURLToPath(import.meta.url)) + sep })
  const tsconfig = project === undefined ? undefined : join(project, 'tsconfig.json')
  return { overlay, tsconfig: tsconfig !== undefined && existsSync(tsconfig) ? tsconfig : undefined }
}

async function chooseNode(asked: EnvironmentRequest['node'], options: InstallOptions): Promise<void> {
  const wanted = wantedNode(asked, options.folder)
  if (!wanted || isRunning(wanted.range)) return
  const { range, origin, otherwise } = wanted
  const complaint = `This is Node ${process.versions.node}, and ${origin} asks for ${range}`
  if (otherwise === 'fail') throw new GangwayError('GANGWAY_E_NODE', `${complaint}: say --node ${range} to have it`)
  if (otherwise === 'warn') return void say(`gangway: ${complaint}: say --node '${range}' to have it`)
  await reexecute(await installNode({ range, origin }, options), findNpm())
}
