/** The interface of transports, as `run()` and `serve()` use them. */
import type { ServerDefinition } from '../definition/server-definition.ts'

export interface Transport {
  /** The name of the transport in messages, such as `http`. */
  readonly name: string
  /** Returns the same transport with some options replaced, for options on the command line. */
  configure(options: object): Transport
  /** Opens the server, and resolves when clients can connect. Closes the server when serving ends. Does not touch the process unless `ownProcess` was called. */
  serve(server: ServerDefinition): Promise<Running>
  /** Called before `serve` if the process exits when serving ends. The returned function runs last, just before the exit. */
  ownProcess?(): () => Promise<void>
}

/** A server in service over one transport. */
export interface Running {
  /** The URL that clients connect to; undefined on stdio. */
  readonly url: string | undefined
  /** Lets calls in flight finish within the drain timeout, then aborts them. A second call to `close` does not wait for them. */
  close(): Promise<void>
  /** Resolves when serving has ended, for any reason. Rejects if it ended with an error, such as a failed close hook. */
  readonly closed: Promise<void>
  /** Called when the parent process has exited. Undefined if the parent process is not the client. */
  readonly parentGone?: (() => void) | undefined
}
