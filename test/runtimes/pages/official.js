/** A page with the official clients in it: that of the legacy revisions, and the one that also speaks 2026-07-28. */
import { Client as Modern, StreamableHTTPClientTransport as ModernTransport } from '@modelcontextprotocol/client'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'

const info = { name: 'page', version: '1.0.0' }

/** @param {string} endpoint */
export default async (endpoint) => {
  const legacy = new Client(info)
  await legacy.connect(/** @type {any} */ (new StreamableHTTPClientTransport(new URL(endpoint))))
  const modern = new Modern(info, { versionNegotiation: { mode: { pin: '2026-07-28' } } })
  await modern.connect(new ModernTransport(new URL(endpoint)))
  const answers = [
    await use(legacy, (onprogress) => legacy.callTool({ name: 'count', arguments: {} }, undefined, { onprogress })),
    await use(modern, (onprogress) => modern.callTool({ name: 'count', arguments: {} }, { onprogress })),
  ]
  await legacy.close()
  await modern.close()
  return answers
}

/**
 * @param {{ listTools(): Promise<{ tools: { name: string }[] }> }} client
 * @param {(onprogress: (told: { progress: number }) => void) => Promise<Record<string, unknown>>} count
 */
async function use(client, count) {
  /** @type {number[]} */
  const steps = []
  const { tools } = await client.listTools()
  const { content } = await count(({ progress }) => steps.push(progress))
  return { tools: tools.map(({ name }) => name), content, steps }
}
