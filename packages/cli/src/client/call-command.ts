/** `gangway call`: calls a tool, reads a resource or gets a prompt, and prints the result. */
import { GangwayError, type GangwayErrorCode, type ToolDescription } from '@gangway/core'
import type { Client, RequestOptions } from '@gangway/core/client'
import { reportError } from '../errors.ts'
import { print, printJson, logLine } from '../output.ts'
import { suggestion } from '../suggest.ts'
import { promptArguments, toolArguments } from './convert-arguments.ts'
import { blockText, promptText, resourceText } from './format-content.ts'
import { findTarget, type TargetOptions } from './target.ts'
import { withClient } from './with-client.ts'
import { readWords, type Given } from './parse-arguments.ts'

export interface CallOptions extends TargetOptions {
  readonly prompt?: true
  readonly inputJson?: string
  readonly json?: true
}

/** Such as urn:isbn:123. A tool name may also match. */
const URI = /^[a-z][a-z\d+.-]*:/i

export async function call(typed: readonly string[], { prompt, inputJson, json, ...options }: CallOptions, rest: readonly string[]): Promise<void> {
  const { target, words } = await findTarget(typed, options, rest)
  const [name, ...more] = words
  if (name === undefined) throw new GangwayError('GANGWAY_E_USAGE', 'Nothing to call. Pass the name of a tool or prompt, or the URI of a resource: gangway list shows them')
  const given = await readWords(more, inputJson)
  await withClient(target, options.timeout, async ({ client, failed }) => {
    for (const [server, reason] of failed) logLine(`${server} is unreachable: ${reason}`)
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
  onProgress: ({ progress, total, message }) => logLine(`[${progress}${total === undefined ? '' : `/${total}`}]${message === undefined ? '' : ` ${message}`}`),
}

async function callTool(client: Client, tool: ToolDescription, given: Given, json: boolean): Promise<void> {
  const result = await client.callTool(tool.name, toolArguments(tool, given), { ...PROGRESS, validate: false }) // Show the result as the server sent it.
  const { content, structuredContent, isError } = result
  const text = content.length > 0 || structuredContent === undefined ? content.map(blockText).join('\n') : JSON.stringify(structuredContent, null, 2)
  if (json) printJson(result)
  else if (isError) logLine(text)
  else print(text)
  if (isError) reportError(new GangwayError('GANGWAY_E_TOOL', `Tool "${tool.name}" returned an error. See its output above`))
}

async function getPrompt(client: Client, name: string, given: Given): ReturnType<Client['getPrompt']> {
  const prompt = byName(client.server.capabilities.prompts ? await client.listPrompts() : [], name, 'prompt')
  return client.getPrompt(prompt.name, promptArguments(prompt, given), PROGRESS)
}

async function readResource(client: Client, uri: string, { values, texts }: Given): ReturnType<Client['readResource']> {
  if (values.size + texts.size > 0) throw new GangwayError('GANGWAY_E_ARGUMENT', `Resources accept no arguments. Put them into the URI: ${uri}`)
  return client.readResource(uri, PROGRESS)
}

function byName<T extends { name: string }>(items: readonly T[], name: string, kind: 'tool' | 'prompt'): T {
  const item = items.find((one) => one.name === name)
  if (item) return item
  const code: GangwayErrorCode = `GANGWAY_E_${kind === 'tool' ? 'TOOL' : 'PROMPT'}_NOT_FOUND`
  throw new GangwayError(code, `Unknown ${kind} "${name}". ${suggestion(name, items.map((one) => one.name), `${kind}s`)}`)
}
