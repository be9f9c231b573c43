/** `gangway call`: one tool, resource or prompt of a server, and its answer. */
import { closest, GangwayError, type GangwayErrorCode, type ToolDescription } from '@gangway/core'
import type { Client, RequestOptions } from '@gangway/core/client'
import { blame } from '../errors.ts'
import { print, printJson, say } from '../output.ts'
import { promptArguments, toolArguments } from './arguments.ts'
import { blockText, promptText, resourceText } from './content.ts'
import { findTarget, type TargetOptions } from './target.ts'
import { withClient } from './with-client.ts'
import { readWords, type Given } from './words.ts'

export interface CallOptions extends TargetOptions {
  readonly prompt?: true
  readonly inputJson?: string
  readonly json?: true
}

/** Such as urn:isbn:123; a tool may have such a name, too. */
const URI = /^[a-z][a-z\d+.-]*:/i

export async function call(typed: readonly string[], { prompt, inputJson, json, ...options }: CallOptions, rest: readonly string[]): Promise<void> {
  const { target, words } = await findTarget(typed, options, rest)
  const [name, ...more] = words
  if (name === undefined) throw new GangwayError('GANGWAY_E_USAGE', 'It is not said what to call: name a tool, a resource or a prompt; see gangway list')
  const given = await readWords(more, inputJson)
  await withClient(target, options.timeout, async ({ client, failed }) => {
    for (const [server, reason] of failed) say(`${server} cannot be reached: ${reason}`)
    const show = <T>(result: T, text: (result: T) => string): void => (json ? printJson(result) : print(text(result)))
    if (prompt) return show(await getPrompt(client, name, given), promptText)
    const mayBeResource = URI.test(name)
    const tools = client.server.capabilities.tools && !name.includes('://') ? await (mayBeResource ? client.listTools().catch((): ToolDescription[] => []) : client.listTools()) : []
    const isResource = mayBeResource && !tools.some((tool) => tool.name === name)
    if (isResource) return show(await readResource(client, name, given), ({ contents }) => contents.map(resourceText).join('\n'))
    await callTool(client, byName(tools, name, 'tool'), given, json ?? false)
  })
}

const PROGRESS: RequestOptions = {
  onProgress: ({ progress, total, message }) => say(`[${progress}${total === undefined ? '' : `/${total}`}]${message === undefined ? '' : ` ${message}`}`),
}

async function callTool(client: Client, tool: ToolDescription, given: Given, json: boolean): Promise<void> {
  const result = await client.callTool(tool.name, toolArguments(tool, given), { ...PROGRESS, validate: false }) // It is shown as it came.
  const { content, structuredContent, isError } = result
  const text = content.length > 0 || structuredContent === undefined ? content.map(blockText).join('\n') : JSON.stringify(structuredContent, null, 2)
  if (json) printJson(result)
  else if (isError) say(text)
  else print(text)
  if (isError) blame(new GangwayError('GANGWAY_E_TOOL', `The tool "${tool.name}" failed: see what it answered`))
}

async function getPrompt(client: Client, name: string, given: Given): ReturnType<Client['getPrompt']> {
  const prompt = byName(client.server.capabilities.prompts ? await client.listPrompts() : [], name, 'prompt')
  return client.getPrompt(prompt.name, promptArguments(prompt, given), PROGRESS)
}

async function readResource(client: Client, uri: string, { values, texts }: Given): ReturnType<Client['readResource']> {
  if (values.size + texts.size > 0) throw new GangwayError('GANGWAY_E_ARGUMENT', `A resource takes no arguments: write them into its address, ${uri}`)
  return client.readResource(uri, PROGRESS)
}

function byName<T extends { name: string }>(items: readonly T[], name: string, kind: 'tool' | 'prompt'): T {
  const item = items.find((one) => one.name === name)
  if (item) return item
  const names = items.map((one) => one.name)
  const near = closest(name, names)
  const code: GangwayErrorCode = `GANGWAY_E_${kind === 'tool' ? 'TOOL' : 'PROMPT'}_NOT_FOUND`
  throw new GangwayError(code, `There is no ${kind} "${name}": ${near === undefined ? '' : `did you mean "${near}"? `}${names.length > 0 ? `there is ${names.join(', ')}` : 'there is none'}`)
}
