/** The plan of a run: its variables are returned, and only the caller that starts the server sets them. */
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { plan } from '../src/run-plan.ts'
import { project } from './gangway.ts'

test('returns the variables of the flags and the config file, and leaves process.env as it was', async () => {
  const cwd = project({
    'server.mjs': '',
    'flag.env': 'FROM_FLAG_FILE=flag file\nFROM_FLAG=flag file\nGANGWAY_HOST=127.0.0.2\n',
    'config.env': 'FROM_FILE=config file\nFROM_CONFIG=config file\n',
    'gangway.config.mjs': "export default { server: './server.mjs', transport: 'http', port: 1, path: '/' + process.env.FROM_FLAG, env: { FROM_CONFIG: '${FROM_FLAG_FILE}', PATH: 'config' }, envFile: 'config.env' }\n",
  })
  const before = { ...process.env }
  const { variables, settings, args } = await plan(undefined, { config: join(cwd, 'gangway.config.mjs'), env: ['FROM_FLAG=flag', 'HOME=flag'], envFile: [join(cwd, 'flag.env')], install: true }, ['--db'])
  expect({ ...process.env }).toEqual(before)
  expect(variables).toEqual({
    HOME: 'flag',
    FROM_FLAG: 'flag',
    FROM_FLAG_FILE: 'flag file',
    FROM_CONFIG: 'flag file',
    FROM_FILE: 'config file',
    GANGWAY_HOST: '127.0.0.2',
    GANGWAY_TRANSPORT: 'http',
    GANGWAY_PORT: '1',
    GANGWAY_PATH: '/flag',
  })
  expect(settings.get('host')?.[0]).toMatchObject({ value: '127.0.0.2', origin: 'GANGWAY_HOST' })
  expect(args).toEqual(['--db'])
})
