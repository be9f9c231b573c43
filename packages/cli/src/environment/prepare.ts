/** Prepares the requested Node.js version and packages before the server's file is loaded. */
import { existsSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { GangwayError } from '@gangway/core'
import { logLine } from '../output.ts'
import { installHooks } from './install-hooks.ts'
import { installNode } from './install-node.ts'
import type { InstallOptions } from './installed.ts'
import { isStartedByCommand } from '../process/parent-link.ts'
import { isRunning, wantedNode } from './node-version.ts'
import { findNpm } from './npm.ts'
import type { Overlay } from './overlay.ts'
import { combine, parsePackage } from './package-spec.ts'
import { installManifest, installPackages } from './packages.ts'
import { reexecute } from './reexecute.ts'
import type { EnvironmentRequest } from './environment-request.ts'

export interface Environment {
  readonly overlay: Overlay
  readonly tsconfig: string | undefined
}

/** Resolves in the process that runs the server. If another Node.js version is requested, it restarts the command under that version and never resolves here. */
export async function prepare({ packages, packageJson, project, node, folder, install, refresh, debug }: EnvironmentRequest): Promise<Environment> {
  const options: InstallOptions = { install, refresh, debug, folder: project ?? folder }
  const specs = combine(packages.map(({ text, origin, folder: base }) => parsePackage(text, origin, base))) // First, because it fails fast.
  if (!isStartedByCommand()) await chooseNode(node, options)
  const overlays: string[] = []
  if (specs.length > 0) overlays.push(await installPackages(specs, options))
  if (packageJson !== undefined) overlays.push(await installManifest(packageJson, specs, options))
  const overlay = installHooks({ packages: overlays, project, command: dirname(fileURLToPath(import.meta.url)) + sep })
  const tsconfig = project === undefined ? undefined : join(project, 'tsconfig.json')
  return { overlay, tsconfig: tsconfig !== undefined && existsSync(tsconfig) ? tsconfig : undefined }
}

async function chooseNode(requested: EnvironmentRequest['node'], options: InstallOptions): Promise<void> {
  const wanted = wantedNode(requested, options.folder)
  if (!wanted || isRunning(wanted.range)) return
  const { range, origin, otherwise } = wanted
  const complaint = `${origin} requests Node.js ${range}, but this is ${process.versions.node}`
  if (otherwise === 'fail') throw new GangwayError('GANGWAY_E_NODE', `${complaint}. Run with --node '${range}' to use it`)
  if (otherwise === 'warn') return void logLine(`gangway: ${complaint}. Run with --node '${range}' to use it`)
  await reexecute(await installNode({ range, origin }, options), findNpm())
}
