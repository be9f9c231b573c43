/** A server written with the official SDK, served by us on stdio: `node sdk-server.mjs 1|2 instance|factory`. */
import { proxy, sdkServer } from '@gangway/core/proxy'
import { newServer as newFirst } from './official-1.mjs'
import { newServer as newSecond } from './official-2.mjs'

const [, , version, kind] = process.argv
const newServer = version === '1' ? newFirst : newSecond
await proxy(sdkServer(kind === 'instance' ? newServer() : newServer)).run()
