/** Builds the list results of a server from its items, in the order in which the items were added. */
import type { Definition } from './server-definition.ts'

export const describeItems = ({ tools, resources, templates, prompts }: Pick<Definition, 'tools' | 'resources' | 'templates' | 'prompts'>): Definition['lists'] => ({
  tools: descriptionsOf(tools),
  resources: descriptionsOf(resources),
  templates: descriptionsOf(templates),
  prompts: descriptionsOf(prompts),
})

const descriptionsOf = <D>(items: ReadonlyMap<string, { readonly description: D }>): D[] => [...items.values()].map(({ description }) => description)
