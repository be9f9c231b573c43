/** Formats the tools, resources and prompts of a server as text. */
import type { Offer } from './fetch-lists.ts'
import { promptSignature, toolSignature } from './signature.ts'

interface Item {
  readonly title?: string
  readonly description?: string
}

export function offerText({ tools, resources, resourceTemplates = [], prompts }: Offer): string {
  return [
    tools && section('Tools', tools.map((tool) => line(toolSignature(tool), tool))),
    resources && section('Resources', [...resources.map((resource) => line(resource.uri, resource)), ...resourceTemplates.map((template) => line(template.uriTemplate, template))]),
    prompts && section('Prompts', prompts.map((prompt) => line(promptSignature(prompt), prompt))),
  ]
    .filter((text) => text !== undefined)
    .join('\n\n')
}

const section = (title: string, lines: readonly string[]): string => [`${title} (${lines.length})`, ...lines.map((text) => `  ${text}`)].join('\n')

/** Only the first line of a description. */
function line(what: string, { title, description }: Item): string {
  const [first = ''] = (description ?? title ?? '').trim().split('\n')
  return first === '' ? what : `${what}\n      ${first}`
}
