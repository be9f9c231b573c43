/** What a server's environment is to be, as flags and the config file have it. */

export interface EnvironmentRequest {
  readonly packages: readonly { readonly text: string; readonly origin: string; readonly folder: string }[]
  /** A package.json whose dependencies are wanted; absolute. */
  readonly packageJson: string | undefined
  /** The root of a project to resolve from; absolute. */
  readonly project: string | undefined
  readonly node: { readonly text: string; readonly origin: string } | undefined
  /** Where the server is: its project may name a Node. */
  readonly folder: string
  /** Whether the network may be used. */
  readonly install: boolean
  /** Do not take it from the cache. */
  readonly refresh: boolean
  readonly debug: boolean
}
