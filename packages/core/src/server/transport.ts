/** What a transport package gives to `run()`. */
import type { ServerDefinition } from './definition.ts'

export interface Transport {
  /** The name it goes by in messages, such as `http`. */
  readonly name: string
  /** The same transport with some options replaced, as a command line does. */
  configure(options: object): Transport
  /** Resolves once clients are served. Opens the server before and closes it after. Never touches the process, unless it is told to. */
  serve(server: ServerDefinition): Promise<Running>
  /** Tells, before it serves, that the process ends with what it serves. What it returns is run when all else has ended, just before. */
  ownProcess?(): () => Promise<void>
}

/** A server that is being served. */
export interface Running {
  /** Where clients connect; undefined on stdio. */
  readonly url: string | undefined
  /** Lets calls in flight finish for the drain time, then aborts them. A second call does not wait. */
  close(): Promise<void>
  /** Resolves when it has ended, for whatever reason. */
  readonly closed: Promise<void>
  /** The process that started this one is gone. Undefined where that is not the client. */
  readonly parentGone?: (() => void) | undefined
}
