/** The lists of a server, the methods that fetch them, and the notifications that report a change. */
export const LIST_NAMES = ['tools', 'resources', 'prompts'] as const
export type ListName = (typeof LIST_NAMES)[number]

/** The list that each method fetches. Resource templates belong to the resources, because they change together. */
export const LIST_OF_METHOD: ReadonlyMap<string, ListName> = new Map([
  ['tools/list', 'tools'],
  ['resources/list', 'resources'],
  ['resources/templates/list', 'resources'],
  ['prompts/list', 'prompts'],
])

export const listChangedMethod = (list: ListName): string => `notifications/${list}/list_changed`
