/** Uses the notes with an official client, and prints each step. */
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'

/**
 * @typedef {object} Visit
 * @property {string} era
 * @property {import('@modelcontextprotocol/client').VersionNegotiationMode} mode
 * @property {{ title: string, text: string }} note
 * @property {string} topic A word in the note.
 */

/** @type {readonly Visit[]} */
export const VISITS = [
  { era: 'legacy, with a session', mode: 'legacy', note: { title: 'Green tea', text: 'Seventy degrees, two minutes.' }, topic: 'tea' },
  { era: 'modern, without a session', mode: { pin: '2026-07-28' }, note: { title: 'Espresso', text: 'Ninety-three degrees, thirty seconds.' }, topic: 'degrees' },
]

/**
 * @param {string} url
 * @param {Visit} visit
 * @param {(line: string) => void} print
 */
export async function tour(url, { era, mode, note, topic }, print) {
  const client = new Client({ name: 'gangway-demo', version: '1.0.0' }, { versionNegotiation: { mode } })
  const transport = new StreamableHTTPClientTransport(new URL(url))
  /** @param {string} title @param {string} text */
  const say = (title, text) => print(`  ${title.padEnd(16)} ${text.trim().replaceAll(/\s*\n\s*/g, ' / ')}`)
  await client.connect(transport)
  try {
    print(`\n@modelcontextprotocol/client, ${era}`)
    say('revision', client.getNegotiatedProtocolVersion() ?? 'none')

    const { tools } = await client.listTools()
    say('tools', tools.map(({ name }) => name).join(', '))

    const added = await client.callTool({ name: 'add_note', arguments: note })
    const { uri } = /** @type {{ uri: string }} */ (added.structuredContent)
    say('add_note', `"${note.title}" is now ${uri}`)

    const search = await client.callTool({ name: 'search_notes', arguments: { words: topic } })
    const { notes } = /** @type {{ notes: { uri: string, title: string }[] }} */ (search.structuredContent)
    say('search_notes', `"${topic}" finds ${notes.map((found) => `${found.uri} "${found.title}"`).join(', ')}`)

    const { contents } = await client.readResource({ uri })
    say(uri, contents.map((part) => ('text' in part ? part.text : part.mimeType)).join(''))

    const { messages } = await client.getPrompt({ name: 'summarize_notes', arguments: { topic } })
    say('summarize_notes', messages.map(({ content }) => (content.type === 'text' ? `"${content.text}"` : content.type === 'resource' ? content.resource.uri : content.type)).join(', '))

    if (transport.sessionId) await transport.terminateSession()
  } finally {
    await client.close()
  }
}
