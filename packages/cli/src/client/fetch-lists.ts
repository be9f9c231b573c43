/** Fetches the lists that a server declares: tools, resources, templates and prompts. */
import { ErrorCode, type PromptDescription, type ResourceDescription, type ResourceTemplateDescription, type ToolDescription } from '@gangway/core'
import { ClientError, PeerError, type Client } from '@gangway/core/client'

export interface Offer {
  tools?: readonly ToolDescription[]
  resources?: readonly ResourceDescription[]
  resourceTemplates?: readonly ResourceTemplateDescription[]
  prompts?: readonly PromptDescription[]
}

export type ListName = 'tools' | 'resources' | 'prompts'

/** Lists that could not be fetched, with the error. They are empty in the result. */
export type FailedLists = ReadonlyMap<ListName | 'resource templates', Error>

/** Throws only if the connection fails, or if every list does. */
export async function offerOf(client: Client, lists: readonly ListName[]): Promise<{ offer: Offer; failedLists: FailedLists }> {
  const failedLists = new Map<ListName | 'resource templates', Error>()
  const { capabilities } = client.server
  const fetch = async <T>(list: ListName | 'resource templates', declared: unknown, items: () => Promise<T[]>): Promise<T[]> => {
    if (!declared) return []
    try {
      return await items()
    } catch (error) {
      if (!isOfList(error)) throw error
      failedLists.set(list, error)
      return []
    }
  }
  const wants = (list: ListName): boolean => lists.includes(list)
  const offer = {
    ...(wants('tools') && { tools: await fetch('tools', capabilities.tools, () => client.listTools()) }),
    ...(wants('resources') && { resources: await fetch('resources', capabilities.resources, () => client.listResources()), resourceTemplates: await fetch('resource templates', capabilities.resources, () => templates(client)) }),
    ...(wants('prompts') && { prompts: await fetch('prompts', capabilities.prompts, () => client.listPrompts()) }),
  }
  const declared = lists.filter((list) => capabilities[list])
  const [first] = declared
  if (first !== undefined && declared.every((list) => failedLists.has(list))) throw failedLists.get(first) as Error
  return { offer, failedLists }
}

/** An error response or a timeout: other requests may still succeed. */
const isOfList = (error: unknown): error is Error => error instanceof PeerError || (error instanceof ClientError && (error.code === 'GANGWAY_E_RESULT' || error.code === 'GANGWAY_E_TIMEOUT'))

/** Many servers with resources do not implement templates. */
const templates = (client: Client): Promise<ResourceTemplateDescription[]> =>
  client.listResourceTemplates().catch((error: unknown) => {
    if (error instanceof PeerError && error.code === ErrorCode.MethodNotFound) return []
    throw error
  })
