/** The demo of `npm start`: its output, and how it stops. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const pathOf = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

function start(path: string, port: number | string, env: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, [pathOf(path)], { env: { ...process.env, PORT: `${port}`, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = Promise.all([text(child.stderr), once(child, 'exit')]).then(([stderr, [code]]) => ({ stderr, code }))
  return { child, ended }
}

test('shows the notes with an official client of each era, and stops on Ctrl+C', async () => {
  const { child, ended } = start('../src/demo/main.mjs', 0)
  let stdout = ''
  for await (const chunk of child.stdout) {
    stdout += chunk
    if (!stdout.endsWith('Ctrl+C\n')) continue
    child.kill('SIGINT')
    child.kill('SIGINT') // npm forwards a signal that the terminal has already sent.
  }
  expect(await ended).toEqual({ stderr: '', code: 0 })
  const [legacy = '', modern = ''] = stdout.split('@modelcontextprotocol/client').slice(1)
  for (const [visit, revision, title] of [[legacy, '2025-11-25', 'Green tea'], [modern, '2026-07-28', 'Espresso']] as const) {
    expect(visit).toMatch(new RegExp(`revision +${revision}\n`))
    expect(visit).toMatch(/tools +add_note, search_notes, delete_note\n/)
    expect(visit).toMatch(new RegExp(`notes://\\d +# ${title} / `))
    expect(visit).toMatch(/summarize_notes +"Summarize .*", notes:\/\/\d/)
  }
  const [url = ''] = /http:[^"\s]+/.exec(stdout) ?? []
  await expect(fetch(url)).rejects.toThrow('fetch failed')
  const [, directory = 'none named'] = /Notes +in (.+), deleted when/.exec(stdout) ?? []
  expect(directory).toContain('gangway-notes-')
  expect(existsSync(directory)).toBe(false)
})

test('`npm start` on a busy port suggests another before it installs anything', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as AddressInfo
  try {
    expect(await start('../../../scripts/start.mjs', port).ended).toEqual({ stderr: expect.stringMatching(new RegExp(`Port ${port} is in use.*PORT=8001 npm start\n`)), code: 3 })
  } finally {
    other.close()
  }
})

test.each(['eighty', '-1', '65536', '80.5'])('`npm start` rejects PORT=%s', async (port) => {
  const { stderr, code } = await start('../../../scripts/start.mjs', port).ended
  expect({ stderr, code }).toEqual({ stderr: expect.stringMatching(new RegExp(`PORT.*65535.*${port}.*PORT=8001 npm start\n`)), code: 3 })
})

test('`npm start` names the required version on an old Node.js', async () => {
  const older = "data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'18.20.8'}})"
  const { stderr, code } = await start('../../../scripts/start.mjs', 'eighty', { NODE_OPTIONS: `--import=${older}` }).ended
  expect({ stderr, code }).toEqual({ stderr: expect.stringMatching(/20\.19.*18\.20\.8.*nodejs\.org\n$/), code: 6 })
})
