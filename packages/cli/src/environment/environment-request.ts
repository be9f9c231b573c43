/** The environment that flags and the config file request for a server. */

export interface EnvironmentRequest {
  readonly packages: readonly { readonly text: string; readonly origin: string; readonly folder: string }[]
  /** An absolute path: the package.json whose dependencies to install. */
  readonly packageJson: string | undefined
  /** An absolute path: the project to resolve packages from. */
  readonly project: string | undefined
  readonly node: { readonly text: string; readonly origin: string } | undefined
  /** The folder of the server. Its project may request a Node.js version. */
  readonly folder: string
  /** False with `--no-install`: use only the cache. */
  readonly install: boolean
  /** True with `--refresh`: reinstall even if cached. */
  readonly refresh: boolean
  readonly debug: boolean
}
