/** `--reload`: reloads the server's file when it or one of its imports changes, and replaces the running server. */
import { relative } from 'node:path'
import process from 'node:process'
import { setTimeout as delay } from 'node:timers/promises'
import { ReplaceableServer, type Running, type ServerDefinition } from '@gangway/core'
import type { Environment } from '../environment/prepare.ts'
import { codeFrameOf } from '../load/code-frame.ts'
import { findServer, noServer } from '../load/find-server.ts'
import { loadError } from '../load/load-error.ts'
import { loadModule, type Fresh } from '../load/load-module.ts'
import type { Started } from '../started-servers.ts'
import { Attempt, currentAttempt, surviveExits } from './load-attempt.ts'
import { announceGeneration, followModules, forgetModules, lastingModules } from './follow-modules.ts'
import { Watcher } from './watcher.ts'

export interface ReloadedFile {
  /** Absolute. */
  readonly file: string
  readonly exportName: string | undefined
  readonly args: readonly string[]
  readonly environment: Environment | undefined
  /** Absolute paths of folders to watch in addition to imports. */
  readonly folders: readonly string[]
}

/** Milliseconds to wait for a loaded file to call `run()`. */
const RUN_CALL_TIMEOUT = 1000
/** Milliseconds to wait for errors after `run()` was called. The file itself may await `run()` without limit. */
const FAILURE_WINDOW = 200
/** Milliseconds after which the next change interrupts a reload. */
const MIN_LOAD_TIME = 1000
/** Milliseconds after which a reload logs that it is slow. */
const SLOW = 3000
/** Milliseconds. The resolution of file times. */
const TICK = 20

export class Reloading {
  readonly #source: ReloadedFile
  readonly #started: Started
  readonly #watcher: Watcher
  readonly #made = new WeakMap<ServerDefinition, ReplaceableServer>()
  /** The running servers. */
  readonly #places = new Set<ReplaceableServer>()
  readonly #runs: Promise<Running>[] = []
  /** The files of the latest load, including late imports. */
  #files = new Set<string>()
  #generation = 0
  #since = Date.now() - TICK
  readonly #changed = new Set<string>()
  #change: () => void = () => {}
  #begun = false
  /** Files for which the log has explained that they cannot be reloaded. */
  readonly #explained = new Set<string>()

  /** Create it before any code of the file runs. */
  constructor(source: ReloadedFile, started: Started) {
    this.#source = source
    this.#started = started
    this.#watcher = new Watcher(source.folders, (changed) => {
      for (const file of changed) this.#changed.add(file)
      this.#change()
    })
    followModules({
      generation: () => this.#generation,
      report: (report) => {
        if ('missing' in report) this.#watcher.awaitFile(report.missing, this.#since)
        else this.#loaded(report.file, report.generation)
      },
    })
    surviveExits()
  }

  /** The load options for the current reload. */
  get fresh(): Fresh {
    const generation = this.#generation
    return { generation, onFile: (file) => this.#loaded(file, generation) }
  }

  /** The `run` of the launch: the first load starts servers, and later loads replace them. */
  readonly run = (server: ServerDefinition, start: (served?: ServerDefinition) => Promise<Running>): Promise<Running> => {
    const attempt = currentAttempt()
    if (attempt) {
      attempt.offer(server)
      const [first] = this.#runs
      return this.#runs[attempt.runs++] ?? first ?? Promise.reject(new Error('No server is running'))
    }
    const place = this.#made.get(server) ?? new ReplaceableServer(server)
    this.#made.set(server, place)
    return this.#started.run(server, () => {
      const running = start(place)
      running.then(() => {
        this.#places.add(place)
        this.#runs.push(running)
        if (!this.#begun) void this.#begin()
      }, () => {})
      return running
    })
  }

  #loaded(file: string, generation: number): void {
    if (generation === this.#generation) this.#files.add(file)
    this.#watcher.add(file, this.#since)
  }

  async #begin(): Promise<never> {
    this.#begun = true
    for (;;) {
      this.#explainLasting()
      if (this.#changed.size === 0) await this.#nextChange()
      for (const file of this.#changed) this.#explained.delete(file)
      const changed = [...this.#changed].map((file) => relative(process.cwd(), file))
      this.#changed.clear()
      const attempt = new Attempt(this.#source.file)
      await Promise.race([this.#reload(attempt, changed), this.#outrun()])
      if (attempt.state === 'loading') attempt.state = 'dropped'
    }
  }

  #nextChange(): Promise<void> {
    return new Promise((resolve) => (this.#change = resolve))
  }

  /** Resolves when a newer change should interrupt the running reload. */
  async #outrun(): Promise<void> {
    await Promise.all([this.#nextChange(), delay(MIN_LOAD_TIME, undefined, { ref: false })])
  }

  async #reload(attempt: Attempt, changed: readonly string[]): Promise<void> {
    const begun = performance.now()
    const [logger, name] = [this.#logger, relative(process.cwd(), this.#source.file)]
    const slow = setTimeout(() => logger.warn({ changed }, `${name} is still loading. Keeping the previous version. If loading never finishes, look for an await that does not resolve`), SLOW).unref()
    const generation = ++this.#generation
    this.#since = Date.now() - TICK
    this.#files = new Set()
    const restore = forgetModules()
    const details = () => ({ changed, ms: Math.round(performance.now() - begun) })
    try {
      await attempt.run(() => this.#take(attempt))
      if (attempt.state !== 'served') return
      if (generation === this.#generation) this.#watcher.keep(this.#files)
      logger.info(details(), `Reloaded ${name}`)
      this.#explainRest(attempt)
    } catch (error) {
      if (attempt.state === 'dropped') return
      attempt.state = 'dropped'
      restore()
      const failure = loadError(error, this.#source.file, attempt.servers.length > 0 ? 'starting' : 'loading')
      const { code, message } = failure
      const frame = codeFrameOf(failure)
      logger.error({ code, ...details(), ...(frame !== undefined && { frame }) }, `${message}. Keeping the previous version`)
    } finally {
      clearTimeout(slow)
    }
  }

  async #take(attempt: Attempt): Promise<void> {
    const load = this.#load(attempt)
    await Promise.race([load, attempt.offered.then(() => delay(FAILURE_WINDOW, undefined, { ref: false }))])
    load.catch((error: unknown) => this.#logger.error({ err: error }, 'The file threw after its server had been replaced'))
    for (const [index, place] of [...this.#places].entries()) {
      const next = attempt.servers[index]
      if (next && attempt.state !== 'dropped' && (await place.replace(next))) attempt.state = 'served'
    }
  }

  /** Resolves when the file has provided a server. */
  async #load(attempt: Attempt): Promise<void> {
    const { file, exportName, args, environment } = this.#source
    process.argv = [process.execPath, file, ...args]
    await announceGeneration(this.#generation)
    const source = { file, exportName, args, module: await loadModule(file, environment, this.fresh) }
    if (attempt.servers.length > 0) return
    const found = await findServer(source)
    if (found) return attempt.offer(found.server)
    if (!this.#started.byCommand) await Promise.race([attempt.offered, delay(RUN_CALL_TIMEOUT, undefined, { ref: false })])
    if (attempt.servers.length === 0) throw noServer(source)
  }

  /** Logs changes that require a restart. */
  #explainRest(attempt: Attempt): void {
    const routes = [...this.#places].flatMap((place) => place.outdatedRoutes)
    if (routes.length > 0) this.#logger.warn({ routes }, 'Custom routes or their `auth` changed. Restart the server to apply this')
    if (attempt.servers.length > this.#places.size || attempt.runs > this.#runs.length) this.#logger.warn({}, 'The file now runs more servers than at startup. Restart to run all of them')
  }

  #explainLasting(): void {
    const lasting = lastingModules().filter((file) => !this.#explained.has(file))
    for (const file of lasting) this.#explained.add(file)
    const files = lasting.map((file) => relative(process.cwd(), file))
    if (files.length > 0) this.#logger.warn({ files }, 'ES modules that CommonJS requires are loaded only once. Restart to apply changes to these files and their imports')
  }

  get #logger(): ServerDefinition['logger'] {
    const [place] = this.#places
    return (place as ReplaceableServer).logger // Reloads start only after the first server is running.
  }
}
