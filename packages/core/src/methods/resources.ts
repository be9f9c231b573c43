/** Implements `resources/list`, `resources/templates/list` and `resources/read`. */
import { ResourceNotFoundError } from '../protocol/mcp-errors.ts'
import type { ResourceDescription, ResourceTemplateDescription } from '../protocol/types/resource-types.ts'
import type { Definition } from '../definition/server-definition.ts'
import { NO_CACHE } from '../definition/cache-hints.ts'
import { looksLikeInputRequired, looksLikeResourceResult, type ShapeCheck, warnAboutUnbranded } from '../definition/brand.ts'
import { normalizeUri } from '../definition/normalize-uri.ts'
import type { Resource, ResourceTemplate } from '../definition/resource.ts'
import { toReadResult } from '../definition/resource-result.ts'
import type { HandlerMethod, Method } from './method.ts'
import { page } from './page.ts'
import { uriParam } from './params.ts'

export const listResources: Method = ({ definition }, params) => page('resources', definition.lists.resources, ({ uri }) => uri, params, definition.pageSize)

export const listResourceTemplates: Method = ({ definition }, params) => page('resourceTemplates', definition.lists.templates, ({ uriTemplate }) => uriTemplate, params, definition.pageSize)

/** Plain objects of these shapes are probably resource results that were built without the helper functions. */
const LOOKS: readonly ShapeCheck[] = [looksLikeResourceResult, looksLikeInputRequired]

export const readResource: HandlerMethod = ({ definition, logger }, params, ctx) => {
  const uri = uriParam(params)
  const found = findResource(definition, uri)
  if (!found) throw new ResourceNotFoundError(uri)
  const { resource, variables } = found
  return {
    run: (own) => resource.read(variables, own),
    toResult: (returned) => {
      if (resource.isForeign) return { ...NO_CACHE, ...(returned as object) } // The result of a modern upstream already has cache hints, which override these.
      warnAboutUnbranded(resource, { uri: uriOf(resource.description) }, LOOKS, returned, logger)
      const result = toReadResult(uri, resource.description.mimeType, returned)
      if (!result) throw new ResourceNotFoundError(uri)
      // A result that depends on the caller is private. A result that depends on the caller's input is not cached at all.
      return { ...result, ...(ctx.answered ? NO_CACHE : resource.cacheHints), ...(ctx.auth && { cacheScope: 'private' }) }
    },
  }
}

/** Returns the URI or the URI template with which the resource was registered. */
const uriOf = (description: ResourceDescription | ResourceTemplateDescription): string => ('uri' in description ? description.uri : description.uriTemplate)

/** Finds a resource by URI; equivalent spellings of a URI match. A fixed resource takes precedence over templates, which are tried in the order of registration. */
export function findResource({ resources, templates }: Definition, uri: string): { resource: Resource | ResourceTemplate; variables: Record<string, string> } | undefined {
  const fixed = resources.get(normalizeUri(uri))
  if (fixed) return { resource: fixed, variables: {} }
  for (const resource of templates.values()) {
    const variables = resource.template.match(uri)
    if (variables) return { resource, variables }
  }
  return undefined
}
