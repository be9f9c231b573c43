/** A server as one caller sees it. */
import type { AuthInfo } from '../protocol/types/base.ts'
import { isGranted, type Access } from './access.ts'
import type { Definition, ServerDefinition } from './definition.ts'
import { loggable } from './thrown.ts'

/** An item of a definition, as far as access to it goes. */
interface Item {
  readonly access?: Access
  readonly description: unknown
}

type Rules = Pick<ServerDefinition, 'access' | 'logger'>

/** The server as this caller sees it. */
export function seenBy(server: ServerDefinition, auth: AuthInfo | undefined): ServerDefinition {
  if (!server.access.restricted) return server
  const { info, instructions, changes, logger, errors, routes, inputTimeout } = server
  return {
    info,
    instructions,
    changes,
    logger,
    ...(errors && { errors }),
    routes,
    inputTimeout,
    get access() { return server.access }, // What lasts, as a subscription does, outlives a change of the server.
    get definition() { return viewOf(server.definition, server, auth) },
    get seal() { return server.seal },
    open: () => server.open(),
    close: () => server.close(),
  }
}

/** Stands for who is not known. */
const NOBODY: AuthInfo = { subject: '', scopes: [] }

const views = new WeakMap<Definition, WeakMap<AuthInfo, Definition>>()

/** Kept for as long as the same caller is told of by the same object, as verifiers that remember tokens do. */
function viewOf(definition: Definition, server: Rules, auth: AuthInfo | undefined): Definition {
  const kept = views.get(definition) ?? new WeakMap<AuthInfo, Definition>()
  views.set(definition, kept)
  const view = kept.get(auth ?? NOBODY) ?? filter(definition, server, auth)
  kept.set(auth ?? NOBODY, view)
  return view
}

function filter(definition: Definition, server: Rules, auth: AuthInfo | undefined): Definition {
  const pick = <T extends Item>(items: ReadonlyMap<string, T>): Map<string, T> => new Map([...items].filter(([name, { access }]) => isVisible(server, name, access, auth)))
  const [tools, resources, templates, prompts] = [pick(definition.tools), pick(definition.resources), pick(definition.templates), pick(definition.prompts)]
  const lists = { tools: described(tools), resources: described(resources), templates: described(templates), prompts: described(prompts) }
  return { ...definition, tools, resources, templates, prompts, lists, cacheHints: { ...definition.cacheHints, cacheScope: 'private' } }
}

const described = <D>(items: ReadonlyMap<string, { readonly description: D }>): D[] => [...items.values()].map(({ description }) => description)

/** What cannot be answered hides the item, and it alone. */
function isVisible({ access: { hideForbidden }, logger }: Rules, name: string, { visible, scopes }: Access = {}, auth: AuthInfo | undefined): boolean {
  try {
    const answer: unknown = visible ? visible(auth) : true
    if (answer && answer !== true) throw new TypeError('visible() must return true or false, and no promise of it')
    return answer === true && (!hideForbidden || isGranted(auth, scopes))
  } catch (error) {
    logger.error({ item: name, err: loggable(error) }, 'visible() failed: the item is hidden')
    return false
  }
}
