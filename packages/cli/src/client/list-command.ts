/** `gangway list`: prints the tools of a server, and its resources and prompts on request. */
import { print, printJson } from '../output.ts'
import { offerText } from './format-lists.ts'
import { offerOf, type ListName } from './fetch-lists.ts'
import { report, reportFailedLists } from './report-failures.ts'
import { findOnly, type TargetOptions } from './target.ts'
import { withClient } from './with-client.ts'

export interface ListOptions extends TargetOptions {
  readonly resources?: true
  readonly prompts?: true
  readonly json?: true
}

export async function list(words: readonly string[], { resources, prompts, json, ...options }: ListOptions, rest: readonly string[]): Promise<void> {
  const target = await findOnly(words, options, rest)
  const lists: ListName[] = ['tools', ...(resources ? (['resources'] as const) : []), ...(prompts ? (['prompts'] as const) : [])]
  await withClient(target, options.timeout, async ({ client, failed }) => {
    const { offer, failedLists } = await offerOf(client, lists)
    if (json) printJson(offer)
    else print(offerText(offer))
    reportFailedLists(failedLists)
    report(failed)
  })
}
