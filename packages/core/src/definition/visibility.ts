/** Filters a server to the items that one caller may see. */
import type { AuthInfo } from '../protocol/types/base-types.ts'
import { isGranted, type Access } from './access.ts'
import { describeItems } from './describe-items.ts'
import type { Definition, ServerDefinition } from './server-definition.ts'
import { logLimited } from '../logging/limited-log.ts'
import { loggable } from '../logging/thrown-value.ts'

/** The members of an item that decide who can see it. */
interface Item {
  readonly access?: Access
  readonly description: unknown
}

type Rules = Pick<ServerDefinition, 'access' | 'logger'>

/** Returns the server with only the items that this caller may see. */
export function visibleTo(server: ServerDefinition, auth: AuthInfo | undefined): ServerDefinition {
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
    get access() { return server.access }, // Getters, because a subscription keeps this view while the server changes.
    get definition() { return viewOf(server.definition, server, auth) },
    get seal() { return server.seal },
    open: () => server.open(),
    close: () => server.close(),
  }
}

/** Stands for an unauthenticated caller. */
const NOBODY: AuthInfo = { subject: '', scopes: [] }

const views = new WeakMap<Definition, WeakMap<AuthInfo, Definition>>()

/** Caches the view for each `AuthInfo` object. Verifiers that cache tokens return the same object for the same caller. */
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
  const items = { tools, resources, templates, prompts }
  return { ...definition, ...items, lists: describeItems(items), cacheHints: { ...definition.cacheHints, cacheScope: 'private' } }
}

/** If `visible` fails, its item is hidden. Other items are not affected. */
function isVisible({ access: { hideForbidden }, logger }: Rules, name: string, { visible, scopes }: Access = {}, auth: AuthInfo | undefined): boolean {
  try {
    const answer: unknown = visible ? visible(auth) : true
    if (answer && answer !== true) throw new TypeError('visible() must return true or false, not a promise')
    return answer === true && (!hideForbidden || isGranted(auth, scopes))
  } catch (error) {
    logLimited(logger, 'error', { item: name, err: loggable(error) }, 'visible() failed: the item is hidden')
    return false
  }
}
