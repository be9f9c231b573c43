/** What a started server learns of the environment of who starts it. */
import { expect, test } from 'vitest'
import { defaultEnvironment } from '../src/client/environment.ts'

const SOURCE = { HOME: '/home/ann', PATH: '/bin', SHELL: '/bin/sh', AWS_SECRET_ACCESS_KEY: 'secret', NODE_OPTIONS: '--inspect', USER: '() { evil; }', APPDATA: 'C:\\x' }

test('passes the variables that every program needs, and neither secrets nor exported functions', () => {
  expect(defaultEnvironment(SOURCE, 'linux')).toEqual({ HOME: '/home/ann', PATH: '/bin', SHELL: '/bin/sh' })
  expect(defaultEnvironment(SOURCE, 'win32')).toEqual({ APPDATA: 'C:\\x', PATH: '/bin' })
})
