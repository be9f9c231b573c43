/** The ways to serve apps/everything over HTTP, all of which have to conform. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import everything from '@gangway/app-everything'
import { http, mcpHttp } from '@gangway/transport-http'
import Fastify from 'fastify'

export interface Host {
  readonly url: string
  close(): Promise<unknown>
}

const COMMAND = fileURLToPath(new URL('../../packages/cli/dist/bin.js', import.meta.url))
const SERVER = fileURLToPath(new URL('../../apps/everything/src/server.ts', import.meta.url))

export const HOSTS: Readonly<Record<string, () => Promise<Host>>> = {
  'run()': async () => {
    const { url, close } = await everything.run(http({ port: 0 }), { process: 'host' })
    return { url: url ?? '', close }
  },

  'the plugin in an application with routes of its own': async () => {
    const app = Fastify({ forceCloseConnections: true })
    app.get('/', () => ({ hello: 'world' }))
    app.addHook('onSend', async (_request, reply) => void reply.header('x-application', 'gateway'))
    await app.register(mcpHttp, { server: everything, prefix: '/api', path: '/mcp' })
    return { url: `${await app.listen({ port: 0, host: '127.0.0.1' })}/api/mcp`, close: () => app.close() }
  },

  'gangway run': async () => {
    const child = spawn(process.execPath, [COMMAND, 'run', SERVER, '--transport', 'http', '--port', '0', '--log-level', 'debug'], { stdio: ['ignore', 'ignore', 'pipe'] })
    const ended = once(child, 'exit')
    const close = async (): Promise<void> => {
      child.kill('SIGTERM')
      await ended
    }
    let log = ''
    for await (const chunk of child.stderr) {
      log += String(chunk)
      const [url] = /http:\/\/127\.0\.0\.1:\d+\/mcp/.exec(log) ?? []
      if (url) {
        child.stderr.resume()
        return { url, close }
      }
    }
    throw new Error(`gangway run did not serve: ${log}`)
  },
}
