/** Custom routes whose handlers come from the current server. Hosts register routes once, at startup. */
import type { ServerDefinition } from './server-definition.ts'
import type { Route, RouteOptions } from './route.ts'

/** The key includes `auth`, because the host enforces the `auth` that it saw at startup. A route whose `auth` changed is therefore treated as another route. */
const keyOf = ({ method, path, auth }: RouteOptions): string => `${method} ${path} ${auth}`

export class ReplaceableRoutes {
  readonly #server: () => ServerDefinition
  #kept: readonly Route[] | undefined

  constructor(server: () => ServerDefinition) {
    this.#server = server
  }

  get routes(): readonly Route[] {
    return this.#kept ?? this.#server().routes.map((route) => this.#lasting(route))
  }

  /** Freezes the list of routes. Later calls have no effect. */
  keep(): void {
    this.#kept ??= this.routes
  }

  get outdated(): readonly string[] {
    const [kept, now] = [new Set(this.routes.map(keyOf)), new Set(this.#server().routes.map(keyOf))]
    const keys = [...[...kept].filter((key) => !now.has(key)), ...[...now].filter((key) => !kept.has(key))]
    return [...new Set(keys.map((key) => key.slice(0, key.lastIndexOf(' '))))]
  }

  #lasting({ handler: _, ...options }: Route): Route {
    const key = keyOf(options)
    return {
      ...options,
      handler: (request, context) => {
        const route = this.#server().routes.find((candidate) => keyOf(candidate) === key)
        return route ? route.handler(request, context) : new Response('Not found', { status: 404 })
      },
    }
  }
}
