/** `resources/list`, `resources/templates/list` and `resources/read`. */
import { follow } from '../jsonrpc/awaitable.ts'
import { ResourceNotFoundError } from '../protocol/errors.ts'
import type { ResourceDescription, ResourceTemplateDescription } from '../protocol/types/resources.ts'
import type { Definition } from '../server/definition.ts'
import { NO_CACHE } from '../server/cache-hints.ts'
import { isInputRequired } from '../server/input.ts'
import { likeInputRequired, likeResourceResult, type Look, warnOfLookAlike } from '../server/look-alikes.ts'
import { normalizeUri } from '../server/normalize-uri.ts'
import type { Resource, ResourceTemplate } from '../server/resource.ts'
import { toReadResult } from '../server/resource-result.ts'
import { runHandler } from '../server/run-handler.ts'
import type { Method } from './method.ts'
import { page } from './page.ts'
import { uriParam } from './params.ts'

export const listResources: Method = ({ definition }, params) => page('resources', definition.lists.resources, ({ uri }) => uri, params, definition.pageSize)

export const listResourceTemplates: Method = ({ definition }, params) => page('resourceTemplates', definition.lists.templates, ({ uriTemplate }) => uriTemplate, params, definition.pageSize)

/** What plain data may be mistaken for in a resource. */
const LOOKS: readonly Look[] = [likeResourceResult, likeInputRequired]

export const readResource: Method = ({ definition, logger }, params, ctx) => {
  const uri = uriParam(params)
  const found = findResource(definition, uri)
  if (!found) throw new ResourceNotFoundError(uri)
  const { resource, variables } = found
  return follow(
    () => runHandler(ctx, (own) => resource.read(variables, own)),
    (returned) => {
      if (isInputRequired(returned)) return returned
      if (resource.isForeign) return { ...NO_CACHE, ...(returned as object) } // An upstream of the modern era has hints of its own.
      warnOfLookAlike(resource, { uri: uriOf(resource.description) }, LOOKS, returned, logger)
      const result = toReadResult(uri, resource.description.mimeType, returned)
      if (!result) throw new ResourceNotFoundError(uri)
      // What was made for one caller, or from its answers, is not for others, nor for later.
      return { ...result, ...(ctx.answered ? NO_CACHE : resource.cacheHints), ...(ctx.auth && { cacheScope: 'private' }) }
    },
  )
}

/** The URI or the template that the resource was registered with. */
const uriOf = (description: ResourceDescription | ResourceTemplateDescription): string => ('uri' in description ? description.uri : description.uriTemplate)

/** In whatever spelling. A fixed resource takes precedence over templates, which are tried in the order of registration. */
export function findResource({ resources, templates }: Definition, uri: string): { resource: Resource | ResourceTemplate; variables: Record<string, string> } | undefined {
  const fixed = resources.get(normalizeUri(uri))
  if (fixed) return { resource: fixed, variables: {} }
  for (const resource of templates.values()) {
    const variables = resource.template.match(uri)
    if (variables) return { resource, variables }
  }
  return undefined
}
