/** From a server's file and a command line to a served server. */
import { realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import process from 'node:process'
import { beginLaunch, GangwayError, showCode, type LaunchFlags } from '@gangway/core'
import type { FirewallOptions } from '@gangway/transport-stdio'
import { endEarly } from './end-early.ts'
import type { Environment } from './environment/prepare.ts'
import { codeFrameOf, withCodeFrame } from './load/code-frame.ts'
import { findServer, noServer } from './load/find-server.ts'
import { loadError } from './load/load-error.ts'
import { loadModule } from './load/load-module.ts'
import { settled, withUncaught } from './load/settled.ts'
import { say } from './output.ts'
import { Started } from './started.ts'

export interface ServeFileOptions {
  readonly exportName: string | undefined
  readonly flags: LaunchFlags
  readonly banner: boolean
  /** What the server sees as the arguments of its own program. */
  readonly args: readonly string[]
  /** For a server that turns out to be on stdio. */
  readonly firewall?: FirewallOptions
  /** Undefined if nothing but the file's own project was asked for. */
  readonly environment?: Environment | undefined
  /** `--reload`: the folders whose changes count beside those of what is imported. */
  readonly reload?: readonly string[] | undefined
}

/** Resolves once it serves, with where that is; from then on the process belongs to `run()`. Its errors are for the person who typed the command. */
export async function serveFile(given: string, { exportName, flags, banner, args, firewall, environment, reload }: ServeFileOptions): Promise<string | undefined> {
  const file = reload ? realpathSync(given) : given // What is loaded again must have one name, and be seen to be the user's own.
  const guard = firewall && (await guardStdout(firewall)) // Before any code of the file runs.
  const started = new Started()
  const stopWatching = guard && endEarly(started, guard.killChildren)
  const reloading = reload && new (await import('./reload/reloading.ts')).Reloading({ file, exportName, args, environment, folders: reload }, started)
  if (reload) showCode(codeFrameOf)
  process.argv = [process.execPath, file, ...args]
  beginLaunch({ flags, banner, run: reloading?.run ?? started.run, resolve: createRequire(import.meta.url).resolve })
  const load = async (): Promise<void> => {
    const source = { file, exportName, args, module: await loadModule(file, environment, reloading?.fresh) }
    const found = started.none ? await findServer(source) : undefined
    if (found) {
      const { url } = await started.start(found.server)
      if (found.single && url !== undefined) say(oneAtATime(file))
    } else await started.serving({ nothing: () => noServer(source), late: (seconds) => say(`gangway: ${file} exports no server, and has not called run() yet: waiting, up to ${seconds} s`) })
    guard?.release() // It turned out not to be on stdio.
  }
  try {
    await settled(withUncaught(load), { fault: () => stuck(file) })
    return await started.url()
  } catch (error) {
    const failure = loadError(error, file, started.none ? 'loading' : 'starting')
    throw reload ? withCodeFrame(failure) : failure
  } finally {
    stopWatching?.()
  }
}

interface Guard {
  /** Lets go of stdout, unless a server has it. */
  release(): void
  killChildren(): void
}

/** Loaded only when needed: not every project that runs this command has it. */
async function guardStdout(options: FirewallOptions): Promise<Guard> {
  const stdio = await import('@gangway/transport-stdio')
  const firewall = stdio.guardStdout(options)
  return {
    release: () => {
      if (firewall.idle) stdio.releaseStdout()
    },
    killChildren: () => firewall.children.kill(),
  }
}

const stuck = (file: string): GangwayError =>
  new GangwayError('GANGWAY_E_LOAD', `${file} waits for something that cannot come any more: look for an await that never ends, at the top level, in a factory or in onStart`)

const oneAtATime = (file: string): string =>
  `gangway: ${file} exports one server of the official SDK, which serves one client at a time: to serve more, export a function that makes it, such as export default () => createServer()`
