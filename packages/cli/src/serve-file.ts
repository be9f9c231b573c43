/** Loads a server's file and serves what it exports. */
import { realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import process from 'node:process'
import { GangwayError } from '@gangway/core'
import { beginLaunch, showCode, type LaunchFlags } from '@gangway/core/internal'
import type { FirewallOptions } from '@gangway/transport-stdio'
import type { Environment } from './environment/prepare.ts'
import { codeFrameOf, withCodeFrame } from './load/code-frame.ts'
import { findServer, noServer } from './load/find-server.ts'
import { loadError } from './load/load-error.ts'
import { loadModule } from './load/load-module.ts'
import { settled, withUncaught } from './load/settled.ts'
import { logLine } from './output.ts'
import { exitOnSignal, onParentGone } from './process/signals.ts'
import { Started } from './started-servers.ts'

export interface ServeFileOptions {
  readonly exportName: string | undefined
  readonly flags: LaunchFlags
  readonly banner: boolean
  /** The server's `process.argv.slice(2)`. */
  readonly args: readonly string[]
  /** Used if the server is served on stdio. */
  readonly firewall?: FirewallOptions
  /** Undefined without options such as `--with` and `--node`. */
  readonly environment?: Environment | undefined
  /** `--reload`: folders to watch in addition to the imported files. */
  readonly reload?: readonly string[] | undefined
}

/** Resolves with the URL once the server is running; from then on `run()` owns the process. */
export async function serveFile(given: string, { exportName, flags, banner, args, firewall, environment, reload }: ServeFileOptions): Promise<string | undefined> {
  const file = reload ? realpathSync(given) : given // One name for each file, and one that shows whether it is in node_modules.
  const guard = firewall && (await guardStdout(firewall)) // Before any code of the file runs.
  const started = new Started()
  const stopWatching = guard && exitDuringStartup(started, guard.killChildren)
  const reloading = reload && new (await import('./reload/reloading.ts')).Reloading({ file, exportName, args, environment, folders: reload }, started)
  if (reload) showCode(codeFrameOf)
  process.argv = [process.execPath, file, ...args]
  beginLaunch({ flags, banner, run: reloading?.run ?? started.run, resolve: createRequire(import.meta.url).resolve })
  const load = async (): Promise<void> => {
    const source = { file, exportName, args, module: await loadModule(file, environment, reloading?.fresh) }
    const found = started.none ? await findServer(source) : undefined
    if (found) {
      const { url } = await started.start(found.server)
      if (found.single && url !== undefined) logLine(oneAtATime(file))
    } else await started.serving({ nothing: () => noServer(source), late: (seconds) => logLine(`gangway: ${file} exports no server and has not called run() yet. Waiting up to ${seconds} s`) })
    guard?.release() // No effect if the server is on stdio.
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

/** Exits on a signal, or when the parent process exits, while no server is running that could shut down gracefully. `kill` stops child processes of the file. Returns a function that removes the handlers. */
function exitDuringStartup(started: Started, kill: () => void): () => void {
  const { off } = exitOnSignal({ stop: async () => kill(), unless: (signal) => !started.none && process.listenerCount(signal) > 1 }) // `run()` handles it then.
  const stopWatching = onParentGone(() => {
    if (!started.none) return
    kill()
    process.exit(1)
  })
  return () => {
    off()
    stopWatching()
  }
}

interface StdoutGuard {
  /** Releases stdout, unless a server uses it. */
  release(): void
  killChildren(): void
}

/** Imported only when needed: not every project has installed the stdio transport. */
async function guardStdout(options: FirewallOptions): Promise<StdoutGuard> {
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
  new GangwayError('GANGWAY_E_LOAD', `${file} awaits a promise that can never settle. Check top-level await, the factory function and onStart`)

const oneAtATime = (file: string): string =>
  `gangway: ${file} exports one server written with the official SDK, which serves one client at a time. To serve more, export a function that creates it: export default () => createServer()`
