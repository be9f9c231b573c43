/** Routes that a host took when it started, with the handlers of whichever server is there. */
import type { ServerDefinition } from './definition.ts'
import type { Route, RouteOptions } from './route.ts'

/** Who may come in is the host's matter, and it has settled that: a route which asks for another caller is another route. */
const keyOf = ({ method, path, auth }: RouteOptions): string => `${method} ${path} ${auth}`

export class LastingRoutes {
  readonly #server: () => ServerDefinition
  #kept: readonly Route[] | undefined

  constructor(server: () => ServerDefinition) {
    this.#server = server
  }

  get routes(): readonly Route[] {
    return this.#kept ?? this.#server().routes.map((route) => this.#lasting(route))
  }

  /** From now on they are these. */
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
