/** All that a server offers, of the lists that it says it has. */
import type { PromptDescription, ResourceDescription, ResourceTemplateDescription, ToolDescription } from '@gangway/core'
import { PeerError, type Client } from '@gangway/core/client'
import { ErrorCode } from '@gangway/core/jsonrpc'

export interface Offer {
  tools?: readonly ToolDescription[]
  resources?: readonly ResourceDescription[]
  resourceTemplates?: readonly ResourceTemplateDescription[]
  prompts?: readonly PromptDescription[]
}

export type ListName = 'tools' | 'resources' | 'prompts'

export async function offerOf(client: Client, lists: readonly ListName[]): Promise<Offer> {
  const { capabilities } = client.server
  const wants = (list: ListName): boolean => lists.includes(list)
  return {
    ...(wants('tools') && { tools: capabilities.tools ? await client.listTools() : [] }),
    ...(wants('resources') && { resources: capabilities.resources ? await client.listResources() : [], resourceTemplates: capabilities.resources ? await templates(client) : [] }),
    ...(wants('prompts') && { prompts: capabilities.prompts ? await client.listPrompts() : [] }),
  }
}


/** Some servers have resources, and no notion of templates. */
const templates = (client: Client): Promise<ResourceTemplateDescription[]> =>
  client.listResourceTemplates().catch((error: unknown) => {
    if (error instanceof PeerError && error.code === ErrorCode.MethodNotFound) return []
    throw error
  })
