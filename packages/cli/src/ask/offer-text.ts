/** What a server offers, a line each. */
import type { Offer } from './offer.ts'
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

/** The first line of what it says of itself is enough to choose by. */
function line(what: string, { title, description }: Item): string {
  const [first = ''] = (description ?? title ?? '').trim().split('\n')
  return first === '' ? what : `${what}\n      ${first}`
}
